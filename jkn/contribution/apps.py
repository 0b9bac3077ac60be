"""The app of contribution: bills follow what membership records."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ContributionAppConfig(AppConfig):
    """Lets deaths change bills."""

    name = "jkn.contribution"

    def ready(self) -> None:
        """Load what listens; models can be loaded only now that every app is known."""
        import_module("jkn.contribution.deaths")
