"""The app of employers: banks reach them by the doors of contribution, the branch asks who works."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class EmployerAppConfig(AppConfig):
    """Lets employers pay like families do."""

    name = "jkn.employer"

    def ready(self) -> None:
        """Load what joins the payers, and what layoffs ask.

        Models can be loaded only now that every app is known.
        """
        import_module("jkn.employer.paying")
        import_module("jkn.employer.enrolment")
