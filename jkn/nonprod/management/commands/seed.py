"""`manage.py seed --seed 1 --families 300 --accounts 300 --json`: demo data of any size."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from jkn.core.clock import today
from jkn.core.errors import Refused
from jkn.nonprod.demo import write_private
from jkn.nonprod.seeding.accounts import DemoAccount
from jkn.nonprod.seeding.run import MOST_FAMILIES, PAID_MONTHS, Wish, seed


class Command(BaseCommand):
    """Fills an empty database with made-up families and accounts."""

    help = "Seed an empty database with made-up families of Kota Bekasi."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the size; the same seed gives the same people."""
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--families", type=int, default=300)
        parser.add_argument("--accounts", type=int, default=300)
        parser.add_argument("--paid-months", type=int, default=PAID_MONTHS)
        parser.add_argument("--without-wait", action="store_true", help="pay on the first day")
        parser.add_argument("--write", type=Path, help="keep the accounts in this file as well")
        parser.add_argument("--json", action="store_true", help="print the accounts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed, and print the accounts; with --json nothing else goes to standard output."""
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
        try:
            accounts = seed(wish, tell=self._tell, keep=partial(_keep, options["write"]))
        except Refused as refused:
            raise CommandError(str(refused)) from None
        if options["json"]:
            self.stdout.write(json.dumps(accounts, ensure_ascii=False))
            return
        for account in accounts:
            self.stdout.write(f"{account['role']:9} {account['nik']}  {account['name']}")

    def _tell(self, text: str) -> None:
        self.stderr.write(text)


def _keep(file: Path | None, accounts: list[DemoAccount]) -> None:
    if file:
        write_private(file, accounts)
