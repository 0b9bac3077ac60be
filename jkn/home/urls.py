"""Addresses that join modules."""

from __future__ import annotations

from django.urls import path

from jkn.home import api, health, web

app_name = "home"

urlpatterns = [
    path("", web.home, name="home"),
    path("kartu/", web.card, name="card"),
    path("kartu/<int:id>/", web.card, name="card-of"),
    path("keluarga/", web.family, name="family"),
    path("pengaturan/", web.settings, name="settings"),
    path("petugas/", web.staff, name="staff"),
    path("petugas/angka/", web.figures, name="figures"),
    path("api/v1/card", api.card, name="api-card"),
    path("api/v1/family", api.family, name="api-family"),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
]
