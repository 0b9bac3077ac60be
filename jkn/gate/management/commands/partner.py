"""`manage.py partner add|list|revoke`: programs of banks and facilities that may connect."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from jkn.core import commands
from jkn.core.errors import NotFound
from jkn.gate.actions import add_partner, revoke_partner
from jkn.gate.queries import partners


class Command(commands.Command):
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
        revoke = acts.add_parser("revoke")
        revoke.add_argument("kind", choices=["snap", "bpjs"])
        revoke.add_argument("client_id")
        for one in (snap, bpjs, listed, revoke):
            commands.take_json(one)

    def act(self, options: Mapping[str, Any]) -> commands.Said:
        """Carry out the act; say in one line what is now true."""
        return {"add": _add, "list": _list, "revoke": _revoke}[options["act"]](options)


def _add(options: Mapping[str, Any]) -> commands.Said:
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
    return commands.Said(
        {"kind": partner.kind, "client_id": partner.client_id, "name": partner.name},
        f"{partner.kind} {partner.client_id} may connect as {partner.name}",
    )


def _list(_: Mapping[str, Any]) -> commands.Said:
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
    lines = [
        f"{row['kind']:<5} {row['client_id']:<24} {row['name']:<20}"
        f" {'revoked' if row['revoked'] else 'open'}"
        for row in rows
    ]
    return commands.Said(rows, "\n".join(lines))


def _revoke(options: Mapping[str, Any]) -> commands.Said:
    kind, client_id = options["kind"], options["client_id"]
    try:
        revoke_partner(kind=kind, client_id=client_id)
    except NotFound:
        raise CommandError(f"{kind} {client_id} is not known") from None
    return commands.Said({"kind": kind, "client_id": client_id}, f"{kind} {client_id} is revoked")
