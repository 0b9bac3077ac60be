"""`manage.py bill_month 2026-12`: the bills of one month, for all who pay for themselves."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jkn.contribution.billing import bill_month, without_tariff
from jkn.contribution.progress import Told
from jkn.contribution.queries import figure
from jkn.contribution.rules import check_month_to_bill
from jkn.core.clock import today
from jkn.core.errors import Refused
from jkn.core.options import a_month
from jkn.membership.slices import SLICE


class Command(BaseCommand):
    """Makes what is missing, range by range; killed or started twice it makes nothing double."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the month, the size of a range, and `--json`."""
        parser.add_argument("month", type=a_month, help="such as 2026-12")
        parser.add_argument("--slice", type=int, default=SLICE, help="families in a range")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Bill, and print what was made; ends with 1 where families have no tariff."""
        month = options["month"]
        try:
            cap = figure("arrears_cap_months", on=today()).value
            check_month_to_bill(month, on=today(), cap_months=cap)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        size = max(1, options["slice"])
        tell = Told(self.stderr.write, "bills", size=size)
        begun = time.monotonic()
        made = bill_month(month, on=today(), size=size, tell=tell)
        lacking = without_tariff(month)
        done = {
            "month": str(month), "made": made, "seconds": round(time.monotonic() - begun, 1),
            "without_tariff": [
                {"segment": s, "care_class": c, "families": n} for s, c, n in lacking
            ],
        }  # fmt: skip
        text = f"{month}: {made} bills made in {done['seconds']} s"
        self.stdout.write(json.dumps(done) if options["json"] else text)
        if lacking:
            told = ", ".join(f"{n} of {s} class {c}" for s, c, n in lacking)
            raise CommandError(f"no tariff in force, so no bill, for families: {told}")
