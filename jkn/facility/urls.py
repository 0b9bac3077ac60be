"""Addresses of facilities."""

from __future__ import annotations

from django.urls import path

from jkn.facility import api, web

app_name = "facility"

urlpatterns = [
    path("faskes/", web.search, name="search"),
    path("faskes/dekat/", web.places, name="places"),
    path("faskes/<slug:code>/", web.one, name="one"),
    path("api/v1/facilities", api.search, name="api-search"),
    path("api/v1/facilities/<slug:code>", api.one, name="api-one"),
]
