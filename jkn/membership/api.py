"""Membership for programs: checking a card at a counter."""

from __future__ import annotations

from datetime import date

import msgspec
from django.http import HttpRequest

from jkn.audit.actions import mark_own_read
from jkn.core.clock import today
from jkn.core.errors import NotFound, Refused
from jkn.core.identifiers import masked
from jkn.core.ids import id_in
from jkn.core.words import N_
from jkn.facility.capacity import primary_choices
from jkn.facility.queries import facility_name
from jkn.gate.answers import words
from jkn.gate.callers import caller, family_of
from jkn.gate.doors import api
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import MEMBER, STAFF
from jkn.membership.checks import check_card, standing_at
from jkn.membership.choosing import begins_on
from jkn.membership.primary import Choice, choose_primary
from jkn.membership.queries import family_of as family_view
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


class PrimaryBody(msgspec.Struct):
    """Which member of the family is to be registered at which FKTP."""

    member_id: str
    facility: str


class PrimaryChosen(msgspec.Struct):
    """What was chosen, and its first day; until the day before, the old FKTP holds."""

    member_id: str
    facility: PrimaryFacility
    begins: date


class PrimaryOption(msgspec.Struct):
    """An FKTP near the kelurahan; `left` is how many people it still takes."""

    code: str
    name: str
    kind: str
    district: str
    left: int


class PrimaryState(msgspec.Struct):
    """Where a member is registered, what is to come, and what can be chosen from when.

    `refusal` is the code of the reason why nothing can be chosen today, `why` its words.
    """

    member_id: str
    facility: PrimaryFacility
    since: date
    next_facility: PrimaryFacility | None
    next_from: date | None
    possible_from: date
    begins: date
    refusal: str | None
    why: str | None
    options: list[PrimaryOption]


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
        primary_facility=_facility(member.facility_id),
        fresh=checked.is_fresh,
        notice=checked.notice,
    )


_NEAR = {"member_id": "whose; else your own", "village": "near which kelurahan; else your own"}


@api(who=MEMBER, answer=PrimaryState, query=_NEAR)
def primary_choices_of(request: HttpRequest) -> PrimaryState:
    """Where a member (`?member_id=`) is registered, and the FKTPs near `?village=` with places."""
    family, on = family_view(family_of(request), on=today()), today()
    asked = request.GET.get("member_id", "")
    member = family.member(_id(asked)) if asked else family.of_person(caller(request).person_id)
    standing = standing_at(family, member, on=on)
    coming = member.next_facility_id
    choices = primary_choices(request.GET.get("village") or family.village, on=on)
    mark_own_read(actor=caller(request), verb="membership.primary", group=family.family_id)
    return PrimaryState(
        member_id=str(member.id),
        facility=_facility(member.facility_id),
        since=member.registered_at.since,
        next_facility=_facility(coming) if coming else None,
        next_from=member.next_facility_from,
        possible_from=standing.possible_from,
        begins=begins_on(on=on),
        refusal=standing.refusal.code if standing.refusal else None,
        why=words(standing.refusal) if standing.refusal else None,
        options=[
            PrimaryOption(c.facts.code, c.facts.name, c.facts.kind, c.facts.district_name, c.left)
            for c in choices
        ],
    )


@api(who=MEMBER, method="POST", body=PrimaryBody, answer=PrimaryChosen, takes_key=True)
def choose_primary_facility(request: HttpRequest, *, body: PrimaryBody) -> PrimaryChosen:
    """Register a member of the family at another FKTP from the 1st of the next month."""
    family_id = family_of(request)
    choice = Choice(_id(body.member_id), body.facility)

    def act() -> Answer:
        begins = choose_primary(
            actor=caller(request), family_id=family_id, choice=choice, on=today()
        )
        return Answer(body={"begins": begins.isoformat()})

    answer = once(request, group=family_id, act=act)
    begins = date.fromisoformat((answer.body or {})["begins"])
    return PrimaryChosen(body.member_id, _facility(body.facility), begins)


def _facility(code: str) -> PrimaryFacility:
    return PrimaryFacility(code, facility_name(code))


def _id(text: str) -> int:
    """Return the number of an id; any other text is nobody's."""
    found = id_in(text)
    if found is None:
        raise NotFound
    return found
