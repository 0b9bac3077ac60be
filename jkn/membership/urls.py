"""Addresses of membership."""

from __future__ import annotations

from django.urls import path

from jkn.membership import api, staff, web

app_name = "membership"

urlpatterns = [
    path("daftar/", web.start, name="start"),
    path("daftar/kode/", web.code, name="start-code"),
    path("daftar/akun/", web.claim, name="claim"),
    path("pengaturan/akses/", web.seen_by, name="seen-by"),
    path("petugas/peserta/", staff.check, name="check"),
    path("api/v1/card-checks", api.card_checks, name="api-card-checks"),
]
