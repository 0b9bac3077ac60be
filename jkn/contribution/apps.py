"""The app of contribution: bills follow what membership records; the branch reads of debts."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ContributionAppConfig(AppConfig):
    """Lets deaths change bills, and the branch read of debts on a family's page."""

    name = "jkn.contribution"

    def ready(self) -> None:
        """Load what listens; models can be loaded only now that every app is known."""
        import_module("jkn.contribution.deaths")
        import_module("jkn.contribution.debt_notes")
