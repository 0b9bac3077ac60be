"""`manage.py invariants --json`: recomputes every promise; exits 1 where one is broken."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from jkn.config.promises import recompute


class Command(BaseCommand):
    """Prints each promise with whether it holds and how many things break it."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--json` for machines."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Recompute all; end with 1 where one does not hold."""
        kept = recompute()
        is_whole = all(k.ok for k in kept)
        if options["json"]:
            verdict = {"ok": is_whole, "invariants": [asdict(k) for k in kept]}
            self.stdout.write(json.dumps(verdict, indent=1))
        else:
            for k in kept:
                self.stdout.write(f"{'ok ' if k.ok else 'BAD'} {k.name}: {k.says}")
        if not is_whole:
            sys.exit(1)
