"""Addresses of reconciliation."""

from __future__ import annotations

from django.urls import path

from jkn.reconciliation import staff

app_name = "reconciliation"
_AT = "petugas/keuangan/rekonsiliasi/"

urlpatterns = [
    path(_AT, staff.home, name="home"),
    path(f"{_AT}baris/", staff.lines, name="lines"),
    path(f"{_AT}baris/<int:line_id>/", staff.line, name="line"),
    path(f"{_AT}baris/<int:line_id>/jelaskan/", staff.explain, name="explain"),
    path(f"{_AT}baris/<int:line_id>/berikan/", staff.assign, name="assign"),
    path(f"{_AT}baris/<int:line_id>/putuskan/<int:assignment_id>/", staff.decide, name="decide"),
    path(f"{_AT}belum-ada/", staff.outstanding, name="missing"),
    path(f"{_AT}unduh/", staff.export, name="export"),
]
