"""What the whole service checks of itself before it starts."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks

from jkn.core.checks import TAG, check_scale


class ServiceConfig(AppConfig):
    """The app that joins all others."""

    name = "jkn.config"

    def ready(self) -> None:
        """Register the check of keys: `manage.py check --tag scale`, and with every `check`."""
        checks.register(check_scale, TAG)
