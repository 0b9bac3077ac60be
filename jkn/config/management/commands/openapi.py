"""`manage.py openapi`: prints the OpenAPI 3.1 document."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from jkn.config.openapi import openapi


class Command(BaseCommand):
    """Prints the document; `docs/reference/openapi.json` is its committed copy."""

    help = __doc__
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the document with stable order."""
        self.stdout.write(json.dumps(openapi(), ensure_ascii=False, indent=1, sort_keys=True))
