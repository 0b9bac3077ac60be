"""`manage.py staff add|close`: accounts of facility and branch staff, administrators, employers."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from jkn.account.actions import create_account, deactivate
from jkn.account.actions.accounts import NewContact
from jkn.account.queries import accounts_for, family_of
from jkn.account.rules import ContactKind, Identifier, Key
from jkn.core import commands
from jkn.core.actor import SYSTEM, Level, Role
from jkn.core.identifiers import email, nik

ROLES = (Role.FACILITY.value, Role.BRANCH.value, Role.ADMIN.value, Role.EMPLOYER.value)


class Command(commands.Command):
    """Makes or closes a staff account. The first password is shown once; it is to be changed."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the act and who it is for."""
        acts = parser.add_subparsers(dest="act", required=True)
        add = acts.add_parser("add")
        add.add_argument("--role", choices=ROLES, required=True)
        add.add_argument("--name", required=True)
        add.add_argument("--nik", required=True)
        add.add_argument("--email", default="")
        add.add_argument("--facility", default="", help="code; needed for the role facility")
        add.add_argument("--employer", default="", help="number; needed for the role employer")
        close = acts.add_parser("close")
        close.add_argument("--nik", required=True)
        for one in (add, close):
            commands.take_json(one)

    def act(self, options: Mapping[str, Any]) -> commands.Said:
        """Carry out the act; say in one line what is now true."""
        return {"add": _add, "close": _close}[options["act"]](options)


def _add(options: Mapping[str, Any]) -> commands.Said:
    if (options["role"] == Role.FACILITY) != bool(options["facility"]):
        raise CommandError("--facility goes with the role facility, and only with it")
    if (options["role"] == Role.EMPLOYER) != bool(options["employer"]):
        raise CommandError("--employer goes with the role employer, and only with it")
    employer = family_of(Key.EMPLOYER, options["employer"])
    if options["employer"] and employer is None:
        raise CommandError("there is no employer with this number")
    number = nik(options["nik"])
    if _staff_with(number):
        raise CommandError("there is a staff account with this NIK already")
    contacts = [NewContact(ContactKind.NIK, number)]
    if options["email"]:
        contacts.append(NewContact(ContactKind.EMAIL, email(options["email"])))
    password = secrets.token_urlsafe(12)
    create_account(
        role=Role(options["role"]),
        name=options["name"],
        level=Level.SEEN_FACE_TO_FACE,
        facility_id=options["facility"],
        employer_id=employer.family_id if employer else None,
        contacts=contacts,
        password=password,
        actor=SYSTEM,
    )
    return commands.Said(
        {"name": options["name"], "role": options["role"], "password": password},
        f"{options['name']} ({options['role']}) signs in by NIK with {password}",
    )


@transaction.atomic
def _close(options: Mapping[str, Any]) -> commands.Said:
    found = _staff_with(nik(options["nik"]))
    if not found:
        raise CommandError("there is no staff account with this NIK")
    for account_id in found:
        deactivate(account_id=account_id, actor=SYSTEM)
    words = f"{len(found)} account closed; its devices are refused from now on"
    return commands.Said({"closed": len(found)}, words)


def _staff_with(number: str) -> list[int]:
    accounts = accounts_for(Identifier("nik", number))
    return [a.id for a in accounts if a.role != Role.MEMBER]
