"""`manage.py age_members --on 2026-12-01`: children past their age, and who follows them."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from jkn.core.clock import today
from jkn.core.options import a_day
from jkn.membership.ageing import age_members


class Command(BaseCommand):
    """Ages the members of one day once more; what is done already stays as it is."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the day (the field's today unless given) and `--json`."""
        parser.add_argument("--on", type=a_day, default=None)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run and print what changed."""
        on = options["on"] or today()
        done = asdict(age_members(on=on))
        if options["json"]:
            self.stdout.write(json.dumps({"on": on.isoformat(), **done}))
        else:
            self.stdout.write(f"{on}: " + ", ".join(f"{k} {v}" for k, v in done.items()))
