"""`manage.py bill_month 2026-12`: the bills of one month, for all who pay for themselves."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from jkn.contribution.billing import bill_month, without_tariff
from jkn.contribution.progress import Told
from jkn.contribution.queries import figure
from jkn.contribution.rules import check_month_to_bill
from jkn.core import commands
from jkn.core import options as typed
from jkn.core.clock import today
from jkn.membership.slices import SLICE


class Command(commands.Command):
    """Makes what is missing, range by range."""

    help = (
        "Make the bills of one month for all families that pay for themselves, range by range."
        " What is billed stays: killed or started twice, it makes nothing double."
        " Ends with 1 where the month may not be billed or families have no tariff."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the month and the size of a range."""
        parser.add_argument("month", type=typed.a_month, help="such as 2026-12")
        parser.add_argument("--slice", type=typed.a_count, default=SLICE, help=typed.SLICE_HELP)
        super().add_arguments(parser)

    def act(self, options: Mapping[str, Any]) -> commands.Said:
        """Bill; families without a tariff are a fault."""
        month, size = options["month"], options["slice"]
        cap = figure("arrears_cap_months", on=today()).value
        check_month_to_bill(month, on=today(), cap_months=cap)
        tell = Told(self.stderr.write, "bills", size=size)
        begun = time.monotonic()
        made = bill_month(month, on=today(), size=size, tell=tell)
        seconds = round(time.monotonic() - begun, 1)
        lacking = without_tariff(month)
        without = [{"segment": s, "care_class": c, "families": n} for s, c, n in lacking]
        named = ", ".join(f"{n} of {s} class {c}" for s, c, n in lacking)
        return commands.Said(
            {"month": str(month), "made": made, "seconds": seconds, "without_tariff": without},
            f"{month}: {made} bills made in {seconds} s",
            fault=f"no tariff in force, so no bill, for families: {named}" if lacking else "",
        )
