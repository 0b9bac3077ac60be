"""`manage.py reconcile FILE`: a bank's statement, every line matched, explained or in suspense."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from jkn.core import commands
from jkn.core.actor import SYSTEM
from jkn.core.clock import today
from jkn.core.errors import Refused
from jkn.core.money import rupiah, with_sen
from jkn.reconciliation.actions import reconcile
from jkn.reconciliation.queries import balance_of, missing_sum
from jkn.reconciliation.reading import FORMATS
from jkn.reconciliation.rules import Unreadable

_SHOWN = 20  # faults that are printed


class Command(commands.Command):
    """Reads a CSV or MT940 file, matches its lines, and prints what it did. Twice is as once."""

    help = (
        "Reconcile a bank's statement (CSV or MT940): every line ends matched, explained or in"
        " suspense. The same file again changes nothing; a file with a fault loads nothing, and"
        " each bad row is named. Progress goes to standard error."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, and what it does not say itself."""
        parser.add_argument("file", type=Path, help="the statement as the bank gives it")
        parser.add_argument("--bank", default="", help="the bank's program; the only one if empty")
        parser.add_argument("--account", default="", help="the bank account, where CSV has none")
        parser.add_argument("--format", choices=FORMATS, default="", help="seen where not given")
        super().add_arguments(parser)

    def act(self, options: Mapping[str, Any]) -> commands.Said:
        """Reconcile; a file that cannot be taken is refused and changes nothing."""
        try:
            content = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from None
        done = reconcile(
            content, actor=SYSTEM, on=today(), bank=options["bank"],
            form=options["format"], account=options["account"], tell=_tell,
        )  # fmt: skip
        balance = balance_of(done.bank)
        late, amount = missing_sum(done.bank, on=today())
        told: dict[str, Any] = {
            **asdict(done),
            "outstanding": late,
            "outstanding_amount": amount,
            "balance": {**asdict(balance), "difference": balance.difference},
        }
        return commands.Said(told, _said(told))

    def refusal(self, refused: Refused) -> tuple[dict[str, Any], str]:
        """Return a refusal, and of a file with faults each row."""
        told, words = super().refusal(refused)
        if not isinstance(refused, Unreadable):
            return told, words
        faults = [{"row": f.row, "message": f.message.format(**f.values)} for f in refused.faults]
        lines = [
            f"{_place(f.row)}: {f.message.format(**f.values)}" for f in refused.faults[:_SHOWN]
        ]
        more = [f"dan {len(faults) - _SHOWN} lagi"] if len(faults) > _SHOWN else []
        return {**told, "faults": faults}, "\n".join([refused.code, *lines, *more])


def _place(row: int) -> str:
    return f"baris {row}" if row else "berkas"


def _tell(act: str, done: int, of: int) -> None:
    sys.stderr.write(f"{act} {done}/{of}\n")
    sys.stderr.flush()


def _said(told: dict[str, Any]) -> str:
    balance = told["balance"]
    pairs = [
        ("bank", told["bank"]),
        ("statements", told["statements"]),
        *([("without a movement", told["quiet"])] if told["quiet"] else []),
        ("lines", told["lines"]),
        ("already known", told["known"]),
        ("matched", told["matched"]),
        ("explained", told["explained"]),
        ("in suspense", f"{told['suspense']} ({rupiah(told['suspense_amount'])})"),
        *((f"  {reason}", count) for reason, count in told["reasons"].items()),
        ("outstanding", f"{told['outstanding']} ({rupiah(told['outstanding_amount'])})"),
        ("sen that are not booked", rupiah(with_sen(0, told["sen"]))),
        ("clearing account", rupiah(balance["clearing"])),
        ("statement lines", rupiah(balance["lines"])),
        ("  sen beside them", rupiah(with_sen(0, balance["sen"]))),
        ("not on a statement", rupiah(balance["outstanding"])),
        ("before the first statement", rupiah(balance["before"])),
        ("difference", rupiah(balance["difference"])),
    ]
    return "\n".join(f"{name + ':':28}{value}" for name, value in pairs)
