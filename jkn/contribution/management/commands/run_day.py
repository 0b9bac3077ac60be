"""`manage.py run_day`: bills of the month, suspensions and lapsed registrations of one day."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from jkn.contribution.actions import run_day
from jkn.core.clock import today


class Command(BaseCommand):
    """Runs the day once more; what is done already stays as it is."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the day (the field's today unless given) and `--json`."""
        parser.add_argument("--on", type=date.fromisoformat, default=None)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the day and print what changed."""
        done = asdict(run_day(on=options["on"] or today()))
        self.stdout.write(json.dumps(done) if options["json"] else f"{done}")
