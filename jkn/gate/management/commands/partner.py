"""`manage.py partner add|list|revoke`: programs of banks and facilities that may connect."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jkn.core.errors import NotFound, Refused
from jkn.gate.actions import add_partner, revoke_partner
from jkn.gate.queries import partners


class Command(BaseCommand):
    """Registers, lists and revokes partners' programs. Secrets are sealed and never printed."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the act and what it needs."""
        acts = parser.add_subparsers(dest="act", required=True)
        add = acts.add_parser("add").add_subparsers(dest="kind", required=True)
        snap = add.add_parser("snap")
        snap.add_argument("--client-id", required=True)
        snap.add_argument("--secret", required=True)
        snap.add_argument("--public-key", required=True, help="a PEM file")
        snap.add_argument("--name", default="")
        bpjs = add.add_parser("bpjs")
        bpjs.add_argument("--cons-id", dest="client_id", required=True)
        bpjs.add_argument("--secret", required=True)
        bpjs.add_argument("--user-key", required=True)
        bpjs.add_argument("--facility", required=True)
        bpjs.add_argument("--name", default="")
        listed = acts.add_parser("list")
        listed.add_argument("--json", action="store_true")
        revoke = acts.add_parser("revoke")
        revoke.add_argument("kind", choices=["snap", "bpjs"])
        revoke.add_argument("client_id")

    def handle(self, *args: Any, **options: Any) -> None:
        """Carry out the act; say in one line what is now true."""
        try:
            {"add": self._add, "list": self._list, "revoke": self._revoke}[options["act"]](options)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        except NotFound:
            raise CommandError(f"{options['kind']} {options['client_id']} is not known") from None

    def _add(self, options: dict[str, Any]) -> None:
        key = options.get("public_key")
        try:
            public_key = Path(key).read_text(encoding="ascii") if key else ""
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{key}: {error}") from None
        partner = add_partner(
            kind=options["kind"],
            client_id=options["client_id"],
            secret=options["secret"],
            name=options["name"],
            public_key=public_key,
            user_key=options.get("user_key", ""),
            facility_id=options.get("facility", ""),
        )
        self.stdout.write(f"{partner.kind} {partner.client_id} may connect as {partner.name}")

    def _list(self, options: dict[str, Any]) -> None:
        rows = [
            {
                "kind": p.kind,
                "client_id": p.client_id,
                "name": p.name,
                "facility": p.facility_id,
                "revoked": p.revoked_at is not None,
            }
            for p in partners()
        ]
        if options["json"]:
            self.stdout.write(json.dumps(rows))
            return
        for row in rows:
            state = "revoked" if row["revoked"] else "open"
            self.stdout.write(f"{row['kind']:<5} {row['client_id']:<24} {row['name']:<20} {state}")

    def _revoke(self, options: dict[str, Any]) -> None:
        revoke_partner(kind=options["kind"], client_id=options["client_id"])
        self.stdout.write(f"{options['kind']} {options['client_id']} is revoked")
