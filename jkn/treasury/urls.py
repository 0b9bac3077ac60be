"""Addresses of the money office."""

from __future__ import annotations

from django.urls import path

from jkn.treasury import api, desk, staff, web

app_name = "treasury"

urlpatterns = [
    path("iuran/pengembalian/", web.refunds, name="refunds"),
    path("api/v1/refunds", api.refunds, name="api-refunds"),
    path("petugas/keuangan/", staff.office, name="office"),
    path("petugas/keuangan/jurnal/", desk.journal, name="journal"),
    path("petugas/keuangan/jurnal/unduh.csv", desk.journal_file, name="journal-file"),
    path(
        "petugas/keuangan/jurnal/<int:family_id>/<int:journal_id>/",
        desk.entry,
        name="journal-entry",
    ),
    path("petugas/keuangan/neraca/", desk.balance, name="balance"),
    path("petugas/keuangan/pengembalian/", staff.refunds, name="desk-refunds"),
    path(
        "petugas/keuangan/pengembalian/<int:family_id>/",
        staff.family_refund,
        name="desk-refund-new",
    ),
    path(
        "petugas/keuangan/pengembalian/<int:family_id>/<int:refund_id>/",
        staff.refund,
        name="desk-refund",
    ),
]
