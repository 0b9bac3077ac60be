"""Accounts for the tests of facilities: members without a family's rows, staff, the branch."""

from __future__ import annotations

from django.test import Client

from jkn.account.actions.accounts import create_account
from jkn.account.models import Account
from jkn.core.actor import Level, Role
from jkn.core.ids import new_id


def a_person(name: str = "Siti Rahmawati") -> Account:
    """Return a member's account; the person and the family are ids alone here."""
    return create_account(
        role=Role.MEMBER, name=name, level=Level.REGISTER_MATCHED, person_id=new_id(),
        family_id=new_id(),
    )  # fmt: skip


def a_clerk(facility_id: str) -> Account:
    """Return Rina's account, who works at a facility."""
    return create_account(
        role=Role.FACILITY, name="Rina", facility_id=facility_id, level=Level.SEEN_FACE_TO_FACE
    )


def andi_of_the_branch() -> Account:
    """Return Andi's account, who works at the branch."""
    return create_account(role=Role.BRANCH, name="Andi", level=Level.SEEN_FACE_TO_FACE)


def signed_in(account: Account) -> Client:
    """Return a browser on which the account has signed in."""
    client = Client()
    client.force_login(account)
    return client
