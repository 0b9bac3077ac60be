"""Makers of membership test data: each makes one valid thing. The cast lives here."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from django.test import Client

from jkn.account.actions.accounts import Entry, NewContact, create_account, enter_directory
from jkn.account.actions.sign_in import issue_token
from jkn.account.models import Account
from jkn.account.rules import ContactKind
from jkn.core.actor import Actor, Level, Role
from jkn.core.db import sealer
from jkn.core.ids import new_id
from jkn.core.month import Month
from jkn.facility.actions import shift_places
from jkn.membership.models import Family, Member, StatusChange
from jkn.membership.rules import Relation, Segment, Status

_serial = itertools.count(1)
FKTP = "3275P001"


def a_nik(n: int = 0) -> str:
    """Return a valid NIK of a woman born on 31 January 1968."""
    return f"327501710168{(n or next(_serial)) % 9999 + 1:04}"


def a_card() -> str:
    """Return a valid card number."""
    return f"000{next(_serial):010}"


def a_member(family: Family, **over: Any) -> Member:
    """Return a member of the family, found by NIK and card, with the row of its status."""
    member_id = new_id()
    nik, card = over.pop("nik", None) or a_nik(), over.pop("card", None) or a_card()
    values = {
        "family_id": family.family_id,
        "id": member_id,
        "name": "Siti Rahmawati",
        "nik_sealed": sealer().seal(nik, place=f"membership.member.nik.{member_id}"),
        "card_sealed": sealer().seal(card, place=f"membership.member.card.{member_id}"),
        "birth_date": date(1968, 1, 31),
        "sex": "f",
        "relation": Relation.HEAD.value,
        "status": Status.ACTIVE.value,
        "facility_id": FKTP,
        "since": date(2021, 3, 1),
        **over,
    }
    member = Member.objects.create(**values)
    if member.ended_on is None and member.status not in ("deceased", "duplicate"):
        shift_places({member.facility_id: 1}, on=member.since)
    StatusChange.objects.create(
        family_id=family.family_id, member_id=member.id, event="registered", status=member.status,
        since=member.since, by_account=0, by_name="sistem", reason="",
    )  # fmt: skip
    enter_directory(
        [
            Entry("nik", nik, family.family_id, member.id),
            Entry("card", card, family.family_id, member.id),
        ]
    )
    return member


def a_family(*, names: tuple[str, ...] = ("Siti Rahmawati",), **over: Any) -> Family:
    """Return a self-paying family of class 3, paid until November 2026 unless said otherwise."""
    family_id = new_id()
    status = over.pop("status", Status.ACTIVE.value)
    kk = over.pop("kk", None) or f"3275010101{next(_serial):06}"
    values = {
        "family_id": family_id,
        "kk_sealed": sealer().seal(kk, place=f"membership.family.kk.{family_id}"),
        "segment": Segment.SELF_PAYING.value,
        "care_class": "3",
        "village": "32.75.01.1001",
        "registered_on": date(2021, 3, 1),
        "paid_month": Month(2026, 11).index,
        **over,
    }
    family = Family.objects.create(**values)
    members = [
        a_member(
            family, name=name, status=status,
            relation=(Relation.HEAD if i == 0 else Relation.CHILD).value,
        )
        for i, name in enumerate(names)
    ]  # fmt: skip
    enter_directory([Entry("kk", kk, family_id, members[0].id)])
    return family


def members_of(family: Family) -> list[Member]:
    """Return the family's members in the order in which they were made."""
    return list(Member.objects.filter(family_id=family.family_id).order_by("id"))


def an_account(member: Member, **over: Any) -> Account:
    """Return the account of a member: level 1, a phone of its own."""
    phone = over.pop("phone", None) or f"62812{next(_serial):08}"
    values: dict[str, Any] = {
        "role": Role.MEMBER,
        "name": member.name,
        "level": Level.REGISTER_MATCHED,
        "person_id": member.id,
        "family_id": member.family_id,
        "contacts": [NewContact(ContactKind.PHONE, phone)],
        **over,
    }
    return create_account(**values)


def a_staff_account(**over: Any) -> Account:
    """Return Rina's account: a clerk at a clinic."""
    values: dict[str, Any] = {
        "role": Role.FACILITY, "name": "Rina", "facility_id": FKTP,
        "level": Level.SEEN_FACE_TO_FACE, **over,
    }  # fmt: skip
    return create_account(**values)


def bearer(account: Account) -> dict[str, str]:
    """Return the header with which the account's program asks."""
    return {"Authorization": f"Bearer {issue_token(account_id=account.id, label='test')}"}


def actor_of(account: Account) -> Actor:
    """Return the account as the one who acts."""
    return account.as_actor()


def signed_in(account: Account) -> Client:
    """Return a browser on which the account has signed in."""
    client = Client()
    client.force_login(account)
    return client
