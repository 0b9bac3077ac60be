"""`manage.py run_day`: bills of the month, suspensions and lapsed registrations of one day."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from jkn.contribution.actions import run_day
from jkn.core import commands
from jkn.core import options as typed
from jkn.core.clock import today


class Command(commands.Command):
    """Runs the day once more; what is done already stays as it is."""

    help = (
        "Do all that one day brings for contributions: bills, credit, plans of instalments,"
        " suspensions, registrations that lapse. What is done already stays as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the day."""
        parser.add_argument("--on", type=typed.a_day, default=None, help=typed.DAY_HELP)
        super().add_arguments(parser)

    def act(self, options: Mapping[str, Any]) -> commands.Said:
        """Run the day and say what changed."""
        on = options["on"] or today()
        done = asdict(run_day(on=on))
        return commands.Said(done, f"{on}: " + ", ".join(f"{k} {v}" for k, v in done.items()))
