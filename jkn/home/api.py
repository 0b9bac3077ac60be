"""The card for programs of the member: family, status, class, primary facility, open bills."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from django.http import HttpRequest

from jkn.audit.actions import mark_own_read
from jkn.contribution.queries import FamilyBills, family_bills
from jkn.core.clock import JAKARTA, today
from jkn.core.month import Month
from jkn.facility.queries import facility_name
from jkn.gate.callers import caller, family_of
from jkn.gate.doors import api
from jkn.gate.policy import MEMBER
from jkn.membership.queries import MemberView, changes_of_family
from jkn.membership.queries import family_of as family_view
from jkn.membership.rules import Status


class PrimaryFacility(msgspec.Struct):
    """Where the member is registered (FKTP)."""

    code: str
    name: str


class Member(msgspec.Struct):
    """One member of the family, with today's status by the rule of cover."""

    id: str
    name: str
    nik: str
    card: str
    birth_date: date
    sex: str
    relation: str
    status: Status
    is_active: bool
    since: date
    primary_facility: PrimaryFacility
    next_primary_facility: PrimaryFacility | None = None  # from `next_primary_from` on
    next_primary_from: date | None = None
    extra_from: date | None = None  # extra family of a worker: first and last day
    extra_until: date | None = None


class OpenBill(msgspec.Struct):
    """A month that is billed and not paid; amount in whole rupiah."""

    id: str
    month: str
    amount: int
    due_on: date


class Card(msgspec.Struct):
    """The signed-in person's family as of a day."""

    family_id: str
    on: date
    segment: str
    care_class: str
    paid_until: str | None
    amount_due: int
    members: list[Member]
    open_bills: list[OpenBill]


def _member(member: MemberView) -> Member:
    coming = member.next_facility_id
    return Member(
        str(member.id), member.name, member.nik, member.card, member.birth_date, member.sex,
        member.relation, member.status, member.is_active, member.since,
        PrimaryFacility(member.facility_id, facility_name(member.facility_id)),
        PrimaryFacility(coming, facility_name(coming)) if coming else None,
        member.next_facility_from, member.extra.begins if member.extra else None,
        member.extra.until if member.extra else None,
    )  # fmt: skip


def _card(bills: FamilyBills, *, on: date) -> Card:
    family = bills.family
    return Card(
        family_id=str(family.family_id),
        on=on,
        segment=family.segment.value,
        care_class=family.care_class,
        paid_until=str(family.paid_until) if family.paid_until else None,
        amount_due=bills.debt.amount,
        members=[_member(m) for m in family.members],
        open_bills=[
            OpenBill(str(b.id), str(Month.at(b.month)), b.amount, b.due_on) for b in bills.bills
        ],
    )


@api(who=MEMBER, answer=Card)
def card(request: HttpRequest) -> Card:
    """The family's cards: members, status, class, primary facility, open bills."""
    family_id = family_of(request)
    on = today()
    answer = _card(family_bills(family_id, on=on), on=on)
    mark_own_read(actor=caller(request), verb="membership.card", group=family_id)
    return answer


class Change(msgspec.Struct):
    """One change of status of one member: what happened, and how they stand from that day."""

    member_id: str
    event: str
    status: Status
    since: date
    at: datetime
    by: str
    reason: str


class FamilyHistory(msgspec.Struct):
    """The signed-in person's family as of a day, with every change, newest first."""

    family_id: str
    on: date
    segment: str
    care_class: str
    next_class: str | None
    next_class_from: date | None
    members: list[Member]
    changes: list[Change]


@api(who=MEMBER, answer=FamilyHistory)
def family(request: HttpRequest) -> FamilyHistory:
    """The family: its members with today's status, and the history of changes."""
    family_id, on = family_of(request), today()
    shown = family_view(family_id, on=on)
    mark_own_read(actor=caller(request), verb="membership.family", group=family_id)
    return FamilyHistory(
        family_id=str(family_id),
        on=on,
        segment=shown.segment.value,
        care_class=shown.care_class,
        next_class=shown.next_class or None,
        next_class_from=shown.next_class_from,
        members=[_member(m) for m in shown.members],
        changes=[
            Change(
                str(c.member_id), c.event, Status(c.status), c.since, c.at.astimezone(JAKARTA),
                c.by_name, c.reason,
            )
            for c in changes_of_family(family_id)
        ],
    )  # fmt: skip
