"""`manage.py register_bank`: makes the simulated bank known to us, with the keys in its file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from jkn.core import commands
from jkn.gate.actions import add_partner
from jkn.nonprod.demo import BANK_NAME
from jkn.nonprod.partners.run import credentials_file


class Command(commands.Command):
    """Registers or renews the bank; its secret never stands in a command line."""

    help = "Register the simulated bank with the keys below var/partners/."

    def act(self, options: Mapping[str, Any]) -> commands.Said:
        """Read the bank's file and register what it says."""
        file = credentials_file(settings.VAR)
        try:
            told = json.loads(file.read_text(encoding="utf-8"))
            public_key = (file.parent / told["public_key_file"]).read_text(encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from None
        partner = add_partner(
            kind="snap",
            client_id=told["client_id"],
            name=BANK_NAME,
            secret=told["secret"],
            public_key=public_key,
        )
        return commands.Said({"client_id": partner.client_id, "name": partner.name}, "")
