"""Addresses of reviews."""

from __future__ import annotations

from django.urls import path

from jkn.facility.reviews import api, staff, web

app_name = "reviews"

urlpatterns = [
    path("faskes/<slug:code>/ulasan/", web.reviews, name="reviews"),
    path("faskes/<slug:code>/ulasan/tulis/", web.write, name="write"),
    path("faskes/<slug:code>/ulasan/<int:review_id>/lapor/", web.report, name="report"),
    path("petugas/ulasan/", staff.reviews, name="staff"),
    path("petugas/ulasan/<int:review_id>/", staff.answer, name="answer"),
    path("petugas/ulasan/<slug:code>/<int:review_id>/", staff.decide, name="decide"),
    path("api/v1/facilities/<slug:code>/reviews", api.reviews, name="api-reviews"),
]
