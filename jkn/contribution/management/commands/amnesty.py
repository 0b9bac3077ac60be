"""`manage.py amnesty FILE`: checks a list of debts to be written off, and proposes it.

A CSV with the header `number,reason`. `--dry-run` says what it would do and writes nothing. Without
it the list is proposed by the staff account of `--by`; another person decides on its page.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jkn.account.queries import accounts_for
from jkn.account.rules import Identifier
from jkn.contribution.amnesty import check_list, is_open, propose
from jkn.core.actor import Actor, Role
from jkn.core.clock import today
from jkn.core.errors import Refused
from jkn.core.identifiers import nik


class Command(BaseCommand):
    """Checks or proposes a list; it never writes anything off by itself."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, who proposes, `--dry-run` and `--json`."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", default="", help="NIK of the branch account that proposes")
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the list, propose it unless told not to, and print what was found."""
        on = today()
        try:
            text = options["file"].read_text(encoding="utf-8")
            checked = check_list(text, on=on)
            told: dict[str, Any] = {
                "open": is_open(on=on),
                "debts": len(checked.found),
                "amount": checked.amount,
                "faults": [asdict(fault) for fault in checked.faults],
                "batch": None,
            }
            if not options["dry_run"]:
                told["batch"] = str(propose(actor=_actor(options["by"]), text=text, on=on))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"the file cannot be read: {type(error).__name__}") from None
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(json.dumps(told) if options["json"] else f"{told}")


def _actor(number: str) -> Actor:
    if not number:
        raise CommandError("--by is needed: who proposes?")
    for account in accounts_for(Identifier("nik", nik(number))):
        if account.role == Role.BRANCH:
            return Actor(account_id=account.id, role=Role.BRANCH, name=account.name)
    raise CommandError("there is no branch account with this NIK")
