"""`manage.py employer_day`: bills of employers, and registrations whose first day of work came."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from jkn.core.clock import today
from jkn.employer.actions import run_day


class Command(BaseCommand):
    """Runs the day of employers once more; what is done already stays as it is."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the day (the field's today unless given) and `--json`."""
        parser.add_argument("--on", type=date.fromisoformat, default=None)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the day and print what it did."""
        done = run_day(on=options["on"] or today())
        told = f"{done.billed} employers billed, {done.to_enrol} people to register"
        self.stdout.write(json.dumps(asdict(done)) if options["json"] else told)
