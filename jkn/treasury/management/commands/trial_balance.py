"""`manage.py trial_balance 2026-11`: adds the month up, compares it with its postings, prints it.

Ends with 1 where debits are not credits or the rollup is not what the postings say.
"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping
from typing import Any

from jkn.core import commands
from jkn.core.errors import Refused
from jkn.core.money import rupiah
from jkn.core.month import Month
from jkn.treasury.rules import month_of
from jkn.treasury.totals import TrialBalance, differences, roll_up, trial_balance


class Command(commands.Command):
    """Adds up, compares and prints; it changes nothing but the sums."""

    help = (
        "Print the trial balance of one month, in rupiah: opening, debit, credit and closing of"
        " each account. Ends with 1 where debits are not credits or postings say otherwise."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the month."""
        parser.add_argument("month", type=_month, help="such as 2026-11")
        super().add_arguments(parser)

    def act(self, options: Mapping[str, Any]) -> commands.Said:
        """Roll up what is open, and compare."""
        month: Month = options["month"]
        roll_up()
        balance, wrong = trial_balance(month), differences(first=month, last=month)
        faults = [f"{len(wrong)} account(s) differ from their postings"] if wrong else []
        faults += [] if balance.is_balanced else ["debits are not credits"]
        compared = [
            {
                "account": d.account,
                "rolled": [d.rolled_debit, d.rolled_credit],
                "posted": [d.posted_debit, d.posted_credit],
            }
            for d in wrong
        ]
        told = {**_told(balance), "differences": compared}
        return commands.Said(told, _table(balance), fault="; ".join(faults))


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
