"""The one address that is compared."""

from __future__ import annotations

from django.urls import path

from bench.orm import views

urlpatterns = [path("api/v1/card", views.card)]
