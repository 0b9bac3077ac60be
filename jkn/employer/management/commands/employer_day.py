"""`manage.py employer_day`: bills of employers, and registrations whose first day of work came."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from jkn.core import commands
from jkn.core import options as typed
from jkn.core.clock import today
from jkn.employer.actions import run_day


class Command(commands.Command):
    """Runs the day of employers once more; what is done already stays as it is."""

    help = (
        "Make the bills of employers for one day's month, register the workers whose first day of"
        " work has come, and let classes follow wages. What is done already stays as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the day."""
        parser.add_argument("--on", type=typed.a_day, default=None, help=typed.DAY_HELP)
        super().add_arguments(parser)

    def act(self, options: Mapping[str, Any]) -> commands.Said:
        """Run the day and say what it did."""
        done = run_day(on=options["on"] or today())
        words = (
            f"{done.billed} employers billed, {done.to_enrol} people to register,"
            f" {done.classes} classes by wages"
        )
        return commands.Said(asdict(done), words)
