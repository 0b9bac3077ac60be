"""Addresses of membership."""

from __future__ import annotations

from django.urls import path

from jkn.gate.bpjs import all_below, any_case
from jkn.gate.doors import methods
from jkn.membership import api, bridging, desk, primary_web, staff, web

app_name = "membership"

urlpatterns = [
    path("daftar/", web.start, name="start"),
    path("daftar/kode/", web.code, name="start-code"),
    path("daftar/akun/", web.claim, name="claim"),
    path("pengaturan/akses/", web.seen_by, name="seen-by"),
    path("petugas/peserta/", staff.check, name="check"),
    path("petugas/kepesertaan/", staff.desk, name="desk"),
    path("petugas/kepesertaan/<int:family_id>/", staff.desk_family, name="desk-family"),
    path("petugas/kepesertaan/<int:family_id>/orang-tua/", staff.desk_parent, name="desk-parent"),
    path("petugas/kepesertaan/<int:family_id>/<int:member_id>/", desk.member, name="desk-member"),
    path(
        "petugas/kepesertaan/<int:family_id>/<int:member_id>/faskes/",
        primary_web.desk,
        name="desk-primary",
    ),
    path(
        "petugas/kepesertaan/<int:family_id>/<int:member_id>/<slug:name>/",
        desk.act,
        name="desk-act",
    ),
    path("petugas/kepesertaan/perbaikan/", desk.corrections, name="corrections"),
    path(
        "petugas/kepesertaan/<int:family_id>/perbaikan/<int:correction_id>/",
        desk.correction,
        name="correction",
    ),
    path("keluarga/data/<int:member_id>/", web.correct, name="correct"),
    path("keluarga/faskes/<int:member_id>/", primary_web.own, name="primary"),
    path(
        "api/v1/primary-facility",
        methods(GET=api.primary_choices_of, POST=api.choose_primary_facility),
        name="api-primary",
    ),
    path("api/v1/card-checks", api.card_checks, name="api-card-checks"),
    any_case(
        "vclaim-rest/Peserta/nokartu/<card>/tglSEP/<day>", bridging.by_card, name="vclaim-by-card"
    ),
    any_case("vclaim-rest/Peserta/nik/<nik>/tglSEP/<day>", bridging.by_nik, name="vclaim-by-nik"),
    # Others that serve VClaim come first in config/urls.py: what none of them serves ends here.
    all_below("vclaim-rest/", bridging.unknown, name="vclaim-unknown"),
]
