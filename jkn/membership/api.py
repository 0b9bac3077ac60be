"""Membership for programs: checking a card at a counter."""

from __future__ import annotations

from datetime import date

import msgspec
from django.http import HttpRequest

from jkn.core.clock import today
from jkn.core.errors import Refused
from jkn.core.identifiers import masked
from jkn.core.words import N_
from jkn.facility.queries import facility_name
from jkn.gate.callers import caller
from jkn.gate.doors import api
from jkn.gate.policy import STAFF
from jkn.membership.checks import check_card
from jkn.membership.rules import Status


class CheckBody(msgspec.Struct):
    """Exactly one of token (the QR's text), nik or card; and why."""

    purpose: str
    token: str = ""
    nik: str = ""
    card: str = ""


class PrimaryFacility(msgspec.Struct):
    """Where the member is registered (FKTP)."""

    code: str
    name: str


class CardCheck(msgspec.Struct):
    """Today's status by the rule. `fresh` is null where nothing was scanned."""

    status: Status
    is_active: bool
    on: date
    name: str
    nik: str
    card: str
    birth_date: date
    segment: str
    care_class: str
    primary_facility: PrimaryFacility
    fresh: bool | None
    notice: str


@api(who=STAFF, method="POST", body=CheckBody, answer=CardCheck)
def card_checks(request: HttpRequest, *, body: CheckBody) -> CardCheck:
    """Check a card for staff; each check is audited and shown to the member."""
    given = [value for value in (body.token, body.nik, body.card) if value]
    if len(given) != 1:
        raise Refused("card.one_of", N_("Isi satu saja: token, nik, atau card."))
    checked = check_card(
        actor=caller(request),
        asked=given[0],
        purpose=body.purpose,
        on=today(),
    )
    member = checked.member
    return CardCheck(
        status=member.status,
        is_active=member.is_active,
        on=checked.on,
        name=member.name,
        nik=masked(member.nik),
        card=member.card,
        birth_date=member.birth_date,
        segment=checked.family.segment.value,
        care_class=checked.family.care_class,
        primary_facility=PrimaryFacility(member.facility_id, facility_name(member.facility_id)),
        fresh=checked.is_fresh,
        notice=checked.notice,
    )
