"""`manage.py routes --json`: every route with its name, methods and who may use it."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from jkn.config.openapi import routes


class Command(BaseCommand):
    """Prints the routes; a route without a door is closed and says so."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--json` for machines."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line, or one object, for each route."""
        rows = [
            {
                "path": path,
                "name": name,
                "methods": sorted({m for d in doors for m in d.methods}),
                "who": sorted({d.who.name for d in doors}) or ["closed"],
                "kind": sorted({d.kind for d in doors}),
            }
            for path, name, doors in routes()
        ]
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for row in rows:
            self.stdout.write(
                f"{'|'.join(row['methods']):<14} {row['path']:<48} {','.join(row['who'])}"
            )
