"""`manage.py suspend_overdue --on 2026-12-01`: stops cover where a month was not paid."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from jkn.contribution.billing import suspend_overdue
from jkn.contribution.progress import Told
from jkn.core.clock import today
from jkn.core.options import a_day
from jkn.membership.slices import SLICE


class Command(BaseCommand):
    """Suspends range by range; who is suspended already stays so, and is told once."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the day (the field's today unless given), the size of a range, and `--json`."""
        parser.add_argument("--on", type=a_day, default=None)
        parser.add_argument("--slice", type=int, default=SLICE, help="families in a range")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Suspend, and print how many families."""
        on = options["on"] or today()
        size = max(1, options["slice"])
        tell = Told(self.stderr.write, "families suspended", size=size)
        begun = time.monotonic()
        families = suspend_overdue(on=on, size=size, tell=tell)
        seconds = round(time.monotonic() - begun, 1)
        done = {"on": on.isoformat(), "families": families, "seconds": seconds}
        text = f"{on}: {families} families suspended in {seconds} s"
        self.stdout.write(json.dumps(done) if options["json"] else text)
