"""`manage.py seed --seed 1 --families 300 --accounts 300 --json`: demo data of any size."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError

from jkn.core import commands
from jkn.core.clock import today
from jkn.nonprod.demo import write_private
from jkn.nonprod.seeding.accounts import DemoAccount
from jkn.nonprod.seeding.run import MOST_FAMILIES, PAID_MONTHS, Wish, seed


class Command(commands.Command):
    """Fills an empty database with made-up families and accounts."""

    help = "Seed an empty database with made-up families of Kota Bekasi."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the size; the same seed gives the same people."""
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--families", type=int, default=300)
        parser.add_argument("--accounts", type=int, default=300)
        parser.add_argument("--paid-months", type=int, default=PAID_MONTHS)
        parser.add_argument("--without-wait", action="store_true", help="pay on the first day")
        parser.add_argument("--write", type=Path, help="keep the accounts in this file as well")
        super().add_arguments(parser)

    def act(self, options: Mapping[str, Any]) -> commands.Said:
        """Seed, and tell the accounts."""
        if not 1 <= options["families"] <= MOST_FAMILIES:
            raise CommandError(f"--families is from 1 to {MOST_FAMILIES}.")
        if not (options["accounts"] >= 0 and 1 <= options["paid_months"] <= 60):
            raise CommandError("--accounts is from 0, --paid-months from 1 to 60.")
        wish = Wish(
            seed=options["seed"],
            families=options["families"],
            accounts=options["accounts"],
            today=today(),
            paid_months=options["paid_months"],
            has_wait=not options["without_wait"],
        )
        call_command("migrate", interactive=False, verbosity=0)  # a fresh database has no tables
        accounts = seed(wish, tell=self._tell, keep=partial(_keep, options["write"]))
        lines = [f"{one['role']:9} {one['nik']}  {one['name']}" for one in accounts]
        return commands.Said(accounts, "\n".join(lines))

    def _tell(self, text: str) -> None:
        self.stderr.write(text)


def _keep(file: Path | None, accounts: list[DemoAccount]) -> None:
    if file:
        write_private(file, accounts)
