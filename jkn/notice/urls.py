"""Addresses of the inbox."""

from __future__ import annotations

from django.urls import path

from jkn.notice import web

app_name = "notice"
urlpatterns = [path("pemberitahuan/", web.inbox, name="inbox")]
