"""`manage.py trial_balance 2026-11`: adds the month up, compares it with its postings, prints it.

Ends with 1 where debits are not credits or the rollup is not what the postings say.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand

from jkn.core.errors import Refused
from jkn.core.money import rupiah
from jkn.core.month import Month
from jkn.treasury.rules import month_of
from jkn.treasury.totals import TrialBalance, differences, roll_up, trial_balance


class Command(BaseCommand):
    """Prints the trial balance of one month."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the month and `--json`."""
        parser.add_argument("month", type=_month)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Roll up what is open, compare, print; end with 1 where something differs."""
        month: Month = options["month"]
        roll_up()
        balance, wrong = trial_balance(month), differences(first=month, last=month)
        told = _told(balance) | {
            "differences": [
                {
                    "account": d.account,
                    "rolled": [d.rolled_debit, d.rolled_credit],
                    "posted": [d.posted_debit, d.posted_credit],
                }
                for d in wrong
            ]
        }
        self.stdout.write(json.dumps(told, indent=1) if options["json"] else _table(balance))
        if wrong and not options["json"]:
            self.stdout.write(f"BAD: {len(wrong)} account(s) differ from their postings")
        if wrong or not balance.is_balanced:
            sys.exit(1)


def _month(text: str) -> Month:
    try:
        return month_of(text)
    except Refused as refused:
        raise ArgumentTypeError(refused.message) from None


def _told(balance: TrialBalance) -> dict[str, Any]:
    return {
        "month": str(balance.month),
        "closed": balance.is_closed,
        "balanced": balance.is_balanced,
        "debit": balance.debit,
        "credit": balance.credit,
        "accounts": [
            {
                "account": line.account,
                "opening": line.opening,
                "debit": line.debit,
                "credit": line.credit,
                "closing": line.closing,
            }
            for line in balance.lines
        ],
    }


def _table(balance: TrialBalance) -> str:
    heads = ("account", "opening", "debit", "credit", "closing")
    rows = [
        (x.account, *(rupiah(n) for n in (x.opening, x.debit, x.credit, x.closing)))
        for x in balance.lines
    ]
    rows.append(("total", "", rupiah(balance.debit), rupiah(balance.credit), ""))
    lines = [f"{a:28}{b:>22}{c:>22}{d:>22}{e:>22}" for a, b, c, d, e in (heads, *rows)]
    state = "closed" if balance.is_closed else "open"
    return "\n".join([f"Trial balance of {balance.month} ({state})", *lines])
