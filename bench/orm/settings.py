"""The project's settings with the ordinary chain of middleware and the ordinary view."""

from __future__ import annotations

from jkn.config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.orm.urls"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
