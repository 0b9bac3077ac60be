"""`manage.py reconcile FILE`: a bank's statement, every line matched, explained or in suspense."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jkn.core.actor import SYSTEM
from jkn.core.clock import today
from jkn.core.errors import Refused
from jkn.core.money import rupiah
from jkn.reconciliation.actions import reconcile
from jkn.reconciliation.queries import balance_of, missing_sum
from jkn.reconciliation.reading import FORMATS
from jkn.reconciliation.rules import Unreadable

_SHOWN = 20  # faults that are printed


class Command(BaseCommand):
    """Reads a CSV or MT940 file, matches its lines, and prints what it did. Twice is as once."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, and what it does not say itself."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--bank", default="", help="the bank's program; the only one if empty")
        parser.add_argument("--account", default="", help="the bank account, where CSV has none")
        parser.add_argument("--format", choices=FORMATS, default="")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Reconcile; a file that cannot be taken ends with 1 and changes nothing."""
        try:
            done = reconcile(
                options["file"].read_bytes(), actor=SYSTEM, on=today(), bank=options["bank"],
                form=options["format"], account=options["account"], tell=_tell,
            )  # fmt: skip
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from None
        except Unreadable as unreadable:
            self._refuse(unreadable, is_json=options["json"])
        except Refused as refused:
            raise CommandError(str(refused)) from None
        else:
            balance = balance_of(done.bank)
            late, amount = missing_sum(done.bank, on=today())
            told: dict[str, Any] = {
                **asdict(done),
                "outstanding": late,
                "outstanding_amount": amount,
                "balance": {**asdict(balance), "difference": balance.difference},
            }
            self.stdout.write(json.dumps(told, indent=1) if options["json"] else _said(told))

    def _refuse(self, unreadable: Unreadable, *, is_json: bool) -> None:
        faults = [
            {"row": f.row, "message": f.message.format(**f.values)} for f in unreadable.faults
        ]
        if is_json:
            refused = {"code": unreadable.code, "faults": faults}
            self.stdout.write(json.dumps(refused, ensure_ascii=False, indent=1))
            sys.exit(1)
        lines = [f"baris {f['row']}: {f['message']}" for f in faults[:_SHOWN]]
        more = [f"dan {len(faults) - _SHOWN} lagi"] if len(faults) > _SHOWN else []
        raise CommandError("\n".join([unreadable.code, *lines, *more]))


def _tell(act: str, done: int, of: int) -> None:
    sys.stderr.write(f"{act} {done}/{of}\n")
    sys.stderr.flush()


def _said(told: dict[str, Any]) -> str:
    balance = told["balance"]
    pairs = [
        ("bank", told["bank"]),
        ("statements", told["statements"]),
        ("lines", told["lines"]),
        ("already known", told["known"]),
        ("matched", told["matched"]),
        ("explained", told["explained"]),
        ("in suspense", f"{told['suspense']} ({rupiah(told['suspense_amount'])})"),
        ("outstanding", f"{told['outstanding']} ({rupiah(told['outstanding_amount'])})"),
        ("clearing account", rupiah(balance["clearing"])),
        ("statement lines", rupiah(balance["lines"])),
        ("not on a statement", rupiah(balance["outstanding"])),
        ("before the first statement", rupiah(balance["before"])),
        ("difference", rupiah(balance["difference"])),
    ]
    return "\n".join(f"{name + ':':28}{value}" for name, value in pairs)
