"""`manage.py amnesty FILE`: checks a list of debts to be written off, and proposes it.

A CSV with the header `number,reason`. `--dry-run` says what it would do and writes nothing. Without
it the list is proposed by the staff account of `--by`; another person decides on its page.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from jkn.account.queries import accounts_for
from jkn.account.rules import Identifier
from jkn.contribution.amnesty import check_list, is_open, propose
from jkn.core import commands
from jkn.core.actor import Actor, Role
from jkn.core.clock import today
from jkn.core.identifiers import nik
from jkn.core.money import rupiah


class Command(commands.Command):
    """Checks or proposes a list; it never writes anything off by itself."""

    help = (
        "Check a list of arrears to be written off (CSV with the header number,reason) and propose"
        " it for --by; another person decides on a page. With --dry-run it only says what the list"
        " would do, also while no amnesty is in force."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file and who proposes."""
        parser.add_argument("file", type=Path, help="the list, CSV in UTF-8")
        parser.add_argument("--by", default="", help="NIK of the branch account that proposes")
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")
        super().add_arguments(parser)

    def act(self, options: Mapping[str, Any]) -> commands.Said:
        """Check the list, and propose it unless told not to."""
        on = today()
        try:
            text = options["file"].read_text(encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise CommandError(f"{options['file']}: the text is not UTF-8") from None
        checked = check_list(text, on=on)
        batch = None
        if not options["dry_run"]:
            batch = str(propose(actor=_actor(options["by"]), text=text, on=on))
        told = {
            "open": is_open(on=on),
            "debts": len(checked.found),
            "amount": checked.amount,
            "faults": [asdict(fault) for fault in checked.faults],
            "batch": batch,
        }
        lines = [f"{len(checked.found)} debts, {rupiah(checked.amount)}"]
        lines += [f"baris {fault.line}: {fault.message}" for fault in checked.faults]
        lines += [f"proposed as {batch}"] if batch else []
        fault = f"{len(checked.faults)} rows of the list are wrong" if checked.faults else ""
        return commands.Said(told, "\n".join(lines), fault=fault)


def _actor(number: str) -> Actor:
    if not number:
        raise CommandError("--by is needed: who proposes?")
    for account in accounts_for(Identifier("nik", nik(number))):
        if account.role == Role.BRANCH:
            return Actor(account_id=account.id, role=Role.BRANCH, name=account.name)
    raise CommandError("there is no branch account with this NIK")
