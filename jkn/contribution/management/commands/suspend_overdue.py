"""`manage.py suspend_overdue --on 2026-12-01`: stops cover where a month was not paid."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from jkn.contribution.billing import suspend_overdue
from jkn.contribution.progress import Told
from jkn.core import commands
from jkn.core import options as typed
from jkn.core.clock import today
from jkn.membership.slices import SLICE


class Command(commands.Command):
    """Suspends range by range; who is suspended already stays so, and is told once."""

    help = (
        "Stop the cover of families whose last month was not paid by its end, as the 1st of each"
        " month does by itself. Who is suspended stays so and is told once; it may be repeated."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the day and the size of a range."""
        parser.add_argument("--on", type=typed.a_day, default=None, help=typed.DAY_HELP)
        parser.add_argument("--slice", type=typed.a_count, default=SLICE, help=typed.SLICE_HELP)
        super().add_arguments(parser)

    def act(self, options: Mapping[str, Any]) -> commands.Said:
        """Suspend, and say how many families."""
        on, size = options["on"] or today(), options["slice"]
        tell = Told(self.stderr.write, "families suspended", size=size)
        begun = time.monotonic()
        families = suspend_overdue(on=on, size=size, tell=tell)
        seconds = round(time.monotonic() - begun, 1)
        return commands.Said(
            {"on": on.isoformat(), "families": families, "seconds": seconds},
            f"{on}: {families} families suspended in {seconds} s",
        )
