"""`manage.py age_members --on 2026-12-01`: children past their age, and who follows them."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from jkn.core import commands
from jkn.core import options as typed
from jkn.core.clock import today
from jkn.membership.ageing import age_members


class Command(commands.Command):
    """Ages the members of one day once more; what is done already stays as it is."""

    help = (
        "Do what a day brings by age: children at 21 (25 while they study), who takes their place,"
        " babies without NIK, guarantees after a layoff. What is done already stays as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the day."""
        parser.add_argument("--on", type=typed.a_day, default=None, help=typed.DAY_HELP)
        super().add_arguments(parser)

    def act(self, options: Mapping[str, Any]) -> commands.Said:
        """Run and say what changed."""
        on = options["on"] or today()
        done = asdict(age_members(on=on))
        words = ", ".join(f"{name} {count}" for name, count in done.items())
        return commands.Said({"on": on.isoformat(), **done}, f"{on}: {words}")
