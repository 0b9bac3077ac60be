"""Checking a card: staff scan or type, see today's status by the rule, and leave a trace.

Between `queries` and `actions` in the module's chain of files: a read that always writes audit.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.conf import settings

from jkn.account.queries import family_of as family_by_number
from jkn.audit.actions import record, record_read
from jkn.core.actor import Actor
from jkn.core.clock import today
from jkn.core.errors import NotFound, Refused
from jkn.core.identifiers import card_number, nik, plain_digits
from jkn.core.sealing import derived_key
from jkn.core.words import N_
from jkn.gate import limits
from jkn.membership.choosing import Ground, check_change, check_in_app, possible_from
from jkn.membership.queries import FamilyView, MemberView, family_of, figure, stood_on
from jkn.membership.token import LENGTH, CardToken, read_token, write_token

PURPOSES = ("registration", "emergency", "referral", "counter")
STALE = N_("Salinan luring, cocokkan KTP.")


@lru_cache(maxsize=1)
def _key() -> bytes:
    return derived_key(settings.SECRET_KEY, "card.token")


def token_for(family_id: int, member_id: int) -> str:
    """Return a fresh token for one member's card (real clock)."""
    return write_token(CardToken(family_id, member_id, int(time.time())), key=_key())


@dataclass(frozen=True, slots=True)
class Checked:
    """What staff may see of a card today."""

    family: FamilyView
    member: MemberView
    how: str  # qr, nik, card
    is_fresh: bool | None  # None where nothing was scanned
    on: date

    @property
    def notice(self) -> str:
        """What staff must do besides (a msgid), empty where nothing."""
        return STALE if self.is_fresh is False else ""


def check_card(*, actor: Actor, asked: str, purpose: str, on: date) -> Checked:
    """Return how a card stands today for a QR's text, a NIK or a card number.

    Counts against the person's limit of 300 an hour; every check is in the audit, with its
    purpose, and is shown to the member. Refuses `purpose.missing` and `card.token`; raises
    `NotFound` for a number that nobody has.
    """
    if purpose not in PURPOSES:
        raise Refused("purpose.missing", N_("Pilih keperluan. Peserta dapat melihatnya."))
    limits.spend("card.check", str(actor.account_id))
    how, family_id, member_id, is_fresh = _located(actor, asked.strip())
    family = family_of(family_id, on=on)
    member = family.member(member_id)
    record_read(
        actor=actor, verb="membership.card_checked", group=family_id, subject=member_id,
        purpose=purpose, how=how,
    )  # fmt: skip
    return Checked(family, member, how, is_fresh, on)


def find_family(*, actor: Actor, kind: str, number: str) -> int:
    """Return the family of a NIK, card or family card for staff of the branch.

    Counts against the person's limit; raises `NotFound` for a number that nobody has. What is
    then read of the family leaves its own audit row.
    """
    limits.spend("card.check", str(actor.account_id))
    whose = family_by_number(kind, number)
    if whose is None:
        record(actor=actor, verb="membership.card_unknown", group=actor.account_id, how=kind)
        raise NotFound
    return whose.family_id


def _located(actor: Actor, asked: str) -> tuple[str, int, int, bool | None]:
    digits = plain_digits(asked)
    if len(asked) == LENGTH and not digits.isdigit():
        token = read_token(asked, key=_key())
        return "qr", token.family_id, token.member_id, token.is_fresh(at=int(time.time()))
    how = "card" if len(digits) == 13 else "nik"
    value = card_number(asked) if how == "card" else nik(asked)
    whose = family_by_number(how, value)
    if whose is None:
        record(actor=actor, verb="membership.card_unknown", group=actor.account_id, how=how)
        raise NotFound
    return how, whose.family_id, whose.member_id, None


def check_eligibility(*, actor: Actor, kind: str, number: str, on: date) -> Checked:
    """Return how a member stands on a day, for a facility's program; `kind` is card or nik.

    Every look is in the audit and shown to the member. Raises `NotFound` for a number that nobody
    has; that is written down too.
    """
    whose = family_by_number(kind, number)
    if whose is None:
        record(actor=actor, verb="membership.card_unknown", group=actor.account_id, how=kind)
        raise NotFound
    family = family_of(whose.family_id, on=on)
    member = family.member(whose.member_id)
    if on < today():
        member = stood_on(family, member, on=on)
    record_read(
        actor=actor, verb="membership.eligibility_checked", group=whose.family_id,
        subject=whose.member_id, how=kind, on=on.isoformat(),
    )  # fmt: skip
    return Checked(family, member, kind, None, on)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a member may choose another FKTP in the app today; else why not, and from when."""

    refusal: Refused | None
    possible_from: date
    wait_months: int
    basis: str


def standing_at(family: FamilyView, member: MemberView, *, on: date) -> Standing:
    """Return what the rules say of a member's choice of an FKTP, before it is made."""
    wait = figure("primary_wait_months", on=on)
    refusal = None
    try:
        check_in_app(segment=family.segment, corps=family.corps)
        check_change(
            member.registered_at, status=member.status, ground=Ground.ORDINARY, on=on,
            wait_months=wait.value,
        )  # fmt: skip
    except Refused as refused:
        refusal = refused
    first = possible_from(member.registered_at, wait_months=wait.value)
    return Standing(refusal, first, wait.value, wait.basis)
