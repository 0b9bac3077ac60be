"""Writes to membership: families are registered, payments are followed, changes become rows."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import msgspec
from django.db import transaction
from django.db.models.functions import Now

from jkn.account.actions.accounts import Entry, attach_family, enter_directory
from jkn.account.queries import family_of as family_by_number
from jkn.audit.actions import record
from jkn.core.actor import Actor, Level
from jkn.core.db import execute, sealer
from jkn.core.errors import Conflict, Unavailable
from jkn.core.ids import new_id
from jkn.core.month import Month
from jkn.core.words import N_
from jkn.facility.actions import take_place
from jkn.gate.jobs import defer
from jkn.membership.models import Draft, Family, Member, StatusChange
from jkn.membership.partner import RegisterAnswer, look_up
from jkn.membership.queries import DraftData
from jkn.membership.rules import (
    NEXT,
    Event,
    PaymentWindow,
    Relation,
    Segment,
    Status,
    next_status,
)
from jkn.membership.slices import Slice

CARD_PREFIX = "000"


def new_card_number() -> str:
    """Return a new card number: 13 digits that start with 000 and say nothing of the person."""
    return CARD_PREFIX + f"{secrets.randbelow(10**10):010}"


@dataclass(frozen=True, slots=True)
class NewMember:
    """A person to be registered, as the population register knows them."""

    nik: str
    name: str
    birth_date: date
    sex: str
    relation: Relation
    status: Status = Status.CANDIDATE  # else covered at once, because somebody else pays


@dataclass(frozen=True, slots=True)
class NewFamily:
    """A family to be registered, with what it chose."""

    kk: str
    segment: Segment
    care_class: str
    village: str
    facility_id: str
    consent: str
    members: Sequence[NewMember]


@transaction.atomic
def register_family(
    *, actor: Actor, new: NewFamily, window: PaymentWindow | None, on: date
) -> tuple[Family, list[Member]]:
    """Write down a family that awaits its first contribution: members, directory, first change.

    `window` is None where somebody else pays: then its people stand as they are given.
    Refuses `facility.full` (Conflict) where the FKTP has no places for all, `directory.taken`
    (Conflict) when one of its people or its KK is registered already. The caller sets the billing
    up in the same transaction.
    """
    take_place(facility_id=new.facility_id, on=on, persons=len(new.members))
    family_id = new_id()
    family = Family.objects.create(
        family_id=family_id,
        kk_sealed=sealer().seal(new.kk, place=f"membership.family.kk.{family_id}"),
        segment=new.segment.value,
        care_class=new.care_class,
        village=new.village,
        registered_on=on,
        pay_from=window.opens if window else None,
        pay_by=window.closes if window else None,
        consent=new.consent,
    )
    cards = [new_card_number() for _ in new.members]
    members = [
        _new_member(family_id, person, card, facility_id=new.facility_id, on=on)
        for person, card in zip(new.members, cards, strict=True)
    ]
    Member.objects.bulk_create(members)
    kk = Entry("kk", new.kk, family_id, members[0].id)
    enter_directory([kk, *_entries_of(members, [person.nik for person in new.members], cards)])
    StatusChange.objects.bulk_create(
        StatusChange(
            family_id=family_id,
            member_id=member.id,
            event="registered",
            status=member.status,
            since=on,
            by_account=actor.account_id,
            by_name=actor.name,
            reason="",
        )
        for member in members
    )
    record(actor=actor, verb="membership.registered", group=family_id, members=len(members))
    return family, members


def _entries_of(
    members: Sequence[Member], niks: Sequence[str], cards: Sequence[str]
) -> Iterator[Entry]:
    for member, nik, card in zip(members, niks, cards, strict=True):
        yield Entry("nik", nik, member.family_id, member.id)
        yield Entry("card", card, member.family_id, member.id)


def _new_member(
    family_id: int, person: NewMember, card: str, *, facility_id: str, on: date
) -> Member:
    member_id = new_id()
    return Member(
        family_id=family_id,
        id=member_id,
        name=person.name,
        nik_sealed=sealer().seal(person.nik, place=f"membership.member.nik.{member_id}"),
        card_sealed=sealer().seal(card, place=f"membership.member.card.{member_id}"),
        birth_date=person.birth_date,
        sex=person.sex,
        relation=person.relation.value,
        status=person.status.value,
        facility_id=facility_id,
        since=on,
    )


# The state table's rows that a payment may take, as the statement below reads them.
ON_PAYMENT = [
    (before, event, after)
    for (before, event), after in NEXT.items()
    if event in (Event.FIRST_PAID, Event.SETTLED) and before is not after
]
_FOLLOW_PAYMENT = """
WITH family AS (
  UPDATE membership_family SET paid_month = %s, pay_from = NULL, pay_by = NULL
  WHERE family_id = %s
), changed AS (
  UPDATE membership_member m SET status = t.after
  FROM unnest(%s::text[], %s::text[], %s::text[]) AS t (before, event, after)
  WHERE m.family_id = %s AND m.status = t.before AND m.ended_on IS NULL
  RETURNING m.id, t.event, t.after
)
INSERT INTO membership_statuschange
  (family_id, id, member_id, event, status, since, by_account, by_name, reason, at)
SELECT %s, new_id(), changed.id, event, after, %s, %s, %s, %s, now() FROM changed
"""


def follow_payment(
    *, family_id: int, paid_until: Month, actor: Actor, on: date, reason: str
) -> None:
    """Let cover follow the money: the paid month, and every status that the table changes.

    One statement, in the transaction of the payment, whose lock on the family is held. Statuses
    that wait for an event of their own (deceased, abroad, …) are not touched.
    """
    befores, events, afters = (list(column) for column in zip(*ON_PAYMENT, strict=True))
    execute(
        _FOLLOW_PAYMENT,
        [
            paid_until.index, family_id, befores, events, afters, family_id,
            family_id, on, actor.account_id, actor.name, reason,
        ],
    )  # fmt: skip


def advance_paid_month(
    *, family_id: int, paid_until: Month, actor: Actor, on: date, reason: str
) -> None:
    """Note a later paid month of a family that is still behind: no status changes."""
    execute(
        "UPDATE membership_family SET paid_month = %s WHERE family_id = %s",
        [paid_until.index, family_id],
    )


# The family's lock first: a payment that holds it is waited for, and then its month counts.
_BEHIND = """
f.family_id > %(after)s AND f.family_id <= %(through)s AND f.paid_month < %(month)s - 1
  AND (f.segment IN ('pbpu', 'bp') OR f.segment = 'ppu' AND f.guarantee_until IS NULL)
"""
_STILL_ACTIVE = """
m.family_id > %(after)s AND m.family_id <= %(through)s AND m.status = 'active'
  AND m.ended_on IS NULL
"""
# Reasons that the daily run writes; a page says them in its reader's language.
_UNPAID = N_("Iuran bulan lalu belum dibayar.")
_NOT_FIRST_PAID = N_("Pembayaran pertama tidak diterima sampai batasnya.")
_LOCK_BEHIND = f"""
SELECT count(*) FROM (
  SELECT 1 FROM membership_family f WHERE {_BEHIND} AND EXISTS (
    SELECT 1 FROM membership_member m WHERE m.family_id = f.family_id AND {_STILL_ACTIVE})
  ORDER BY f.family_id FOR NO KEY UPDATE OF f
) locked
"""  # noqa: S608 (only constants are joined)
_SUSPEND = f"""
WITH changed AS (
  UPDATE membership_member m SET status = 'suspended_arrears' FROM membership_family f
  WHERE f.family_id = m.family_id AND {_BEHIND} AND {_STILL_ACTIVE}
  RETURNING m.family_id, m.id
), noted AS (
  INSERT INTO membership_statuschange
    (family_id, id, member_id, event, status, since, by_account, by_name, reason, at)
  SELECT family_id, new_id(), id, 'fell_behind', 'suspended_arrears', %(since)s, 0, 'sistem',
    '{_UNPAID}', now() FROM changed
)
SELECT count(DISTINCT family_id) FROM changed
"""  # noqa: S608 (only constants are joined)
_LAPSE = f"""
WITH late AS (
  SELECT m.family_id, m.id FROM membership_member m
  JOIN membership_family f ON f.family_id = m.family_id
  WHERE m.status = 'candidate' AND m.ended_on IS NULL AND f.paid_month IS NULL AND f.pay_by < %s
  FOR UPDATE OF m SKIP LOCKED
), changed AS (
  UPDATE membership_member m SET status = 'registration_lapsed' FROM late
  WHERE m.family_id = late.family_id AND m.id = late.id
  RETURNING m.family_id, m.id
)
INSERT INTO membership_statuschange
  (family_id, id, member_id, event, status, since, by_account, by_name, reason, at)
SELECT family_id, new_id(), id, 'window_passed', 'registration_lapsed', %s, 0, 'sistem',
  '{_NOT_FIRST_PAID}', now() FROM changed
RETURNING family_id
"""  # noqa: S608 (only constants are joined)


_REOPEN = """
WITH family AS (
  UPDATE membership_family SET pay_from = %s, pay_by = %s
  WHERE family_id = %s AND paid_month IS NULL
), changed AS (
  UPDATE membership_member SET status = %s
  WHERE family_id = %s AND status = %s AND ended_on IS NULL RETURNING id
)
INSERT INTO membership_statuschange
  (family_id, id, member_id, event, status, since, by_account, by_name, reason, at)
SELECT %s, new_id(), id, %s, %s, %s, %s, %s, %s, now() FROM changed
"""


def reopen_registration(*, family_id: int, window: PaymentWindow, actor: Actor, on: date) -> None:
    """Give a lapsed registration new days to pay; its members are candidates again.

    In the transaction of the caller, who holds the family's lock and has asked the rule. Where
    the daily run has not written the lapse yet, they never stopped being candidates.
    """
    event, before = Event.REISSUED, Status.REGISTRATION_LAPSED
    after = next_status(before, event)
    execute(
        _REOPEN,
        [
            window.opens, window.closes, family_id, after.value, family_id, before.value,
            family_id, event.value, after.value, on, actor.account_id, actor.name,
            "Nomor pembayaran diminta lagi.",
        ],
    )  # fmt: skip
    record(actor=actor, verb="membership.reissued", group=family_id)


def suspend_behind(one: Slice, *, on: date) -> int:
    """Copy what the rule of cover says of families behind with a month; return how many families.

    Set-based and idempotent: only rows that are still active are changed.
    """
    month = Month.of(on)
    values = {
        "after": one.after, "through": one.through, "month": month.index,
        "since": month.first_day(),
    }  # fmt: skip
    ((behind,),) = execute(_LOCK_BEHIND, values)
    return int(execute(_SUSPEND, values)[0][0]) if behind else 0


def lapse_registrations(*, on: date) -> list[int]:
    """Copy what the rule says of registrations that were not paid in time; return families."""
    rows = execute(_LAPSE, [on, on])
    return sorted({row[0] for row in rows})


@transaction.atomic
def keep_draft(*, account_id: int, state: str, data: DraftData) -> None:
    """Keep what a person typed for a registration, sealed, one draft for each account."""
    sealed = sealer().seal(
        msgspec.json.encode(data).decode(), place=f"membership.draft.{account_id}"
    )
    row, is_new = Draft.objects.select_for_update().get_or_create(
        account_id=account_id, defaults={"state": state, "sealed": sealed, "tries": 1}
    )
    if not is_new:
        row.state, row.sealed, row.tries = state, sealed, row.tries + 1
        row.at = Now()
        row.save(update_fields=["state", "sealed", "tries", "at"])


def take_register_answer(*, account_id: int, data: DraftData, answer: RegisterAnswer) -> DraftData:
    """Keep the register's answer with the draft: the family where it matches, else what differs."""
    filled = msgspec.structs.replace(
        data,
        differs=answer.differs,
        family=tuple(
            {
                "nik": p.nik,
                "name": p.name,
                "birth_date": p.birth_date.isoformat(),
                "sex": p.sex,
                "relation": p.relation,
            }
            for p in answer.family
            if p.alive
        ),
        village=answer.address.kelurahan if answer.address else "",
    )
    keep_draft(account_id=account_id, state="matched" if answer.match else "differs", data=filled)
    return filled


def drop_draft(*, account_id: int) -> None:
    """Forget a draft once the family is registered or the person begins anew."""
    Draft.objects.filter(account_id=account_id).delete()


def ask_register(*, account_id: int, data: DraftData) -> str:
    """Ask the population register about what was typed, and keep the answer with the draft.

    Returns the draft's state: `matched`, `differs`, or `waiting` where the register does not
    answer; then a job goes on asking. Runs outside a transaction, as every call to a partner.
    """
    try:
        answer = look_up(nik=data.nik, kk=data.kk, birth_date=data.birth_date)
    except Unavailable:
        with transaction.atomic():
            keep_draft(account_id=account_id, state="waiting", data=data)
            # One at a time for each person; what fails waits without holding up others.
            defer("membership.ask_register", lock=f"register.{account_id}", account_id=account_id)
        return "waiting"
    take_register_answer(account_id=account_id, data=data, answer=answer)
    return "matched" if answer.match else "differs"


@transaction.atomic
def join_known_family(*, actor: Actor, nik: str) -> bool:
    """Give the account to the member with this NIK, whom the register just matched; if any.

    Returns whether there is such a member. Refuses `account.exists` where somebody has an
    account for this person already.
    """
    whose = family_by_number("nik", nik)
    if whose is None:
        return False
    _attach(actor, whose.family_id, whose.member_id)
    drop_draft(account_id=actor.account_id)
    return True


def _attach(actor: Actor, family_id: int, member_id: int) -> None:
    member = Member.objects.get(family_id=family_id, id=member_id)
    attach_family(
        account_id=actor.account_id,
        family_id=family_id,
        person_id=member.id,
        level=Level.REGISTER_MATCHED,
        name=member.name,
    )


def _mismatch() -> Conflict:
    return Conflict(
        "claim.mismatch",
        N_("NIK, tanggal lahir, dan nomor ini tidak cocok. Periksa lagi, atau telepon 165."),
    )


@transaction.atomic
def claim_membership(*, actor: Actor, nik: str, birth_date: date, number: str) -> None:
    """Make an existing member's account: NIK and birth date, with card or KK number, give L1.

    Refuses `claim.mismatch` with one sentence for every way in which the three do not belong
    together: a stranger learns nothing. Refuses `account.exists`. The caller spends the limits.
    """
    whose = family_by_number("nik", nik)
    kind = "card" if len(number) == 13 else "kk"
    other = family_by_number(kind, number)
    if whose is None or other is None or whose.family_id != other.family_id:
        raise _mismatch()
    member = Member.objects.get(family_id=whose.family_id, id=whose.member_id)
    if member.birth_date != birth_date or (kind == "card" and other.member_id != member.id):
        raise _mismatch()
    _attach(actor, whose.family_id, whose.member_id)
