"""`manage.py invariants --json`: recomputes every promise; exits 1 where one is broken."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from jkn.audit import promises as audit
from jkn.contribution import promises as contribution
from jkn.membership import promises as membership

PROMISES = (*audit.PROMISES, *membership.PROMISES, *contribution.PROMISES)


class Command(BaseCommand):
    """Prints each promise with whether it holds and how many things break it."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--json` for machines."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Recompute all; end with 1 where one does not hold."""
        rows = []
        for promise in PROMISES:
            broken = promise.broken()
            rows.append(
                {"name": promise.name, "says": promise.says, "ok": broken == 0, "broken": broken}
            )
        if options["json"]:
            verdict = {"ok": all(r["ok"] for r in rows), "invariants": rows}
            self.stdout.write(json.dumps(verdict, indent=1))
        else:
            for row in rows:
                self.stdout.write(f"{'ok ' if row['ok'] else 'BAD'} {row['name']}: {row['says']}")
        if not all(r["ok"] for r in rows):
            sys.exit(1)
