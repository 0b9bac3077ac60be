"""`manage.py serve`: the service with its database, server and background worker."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from jkn.config import supervisor


class Command(BaseCommand):
    help = "Serve: database where none is given, migrations, server and background worker."
    # The database may not run yet; the server's own processes check the rest.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until SIGTERM or Ctrl-C."""
        supervisor.run(on_ready=self._tell)

    def _tell(self) -> None:
        self.stdout.write(f"Serving at {settings.ORIGIN}")
        self.stdout.flush()
