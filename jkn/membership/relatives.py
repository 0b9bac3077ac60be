"""Extra family of workers (anggota keluarga tambahan): parents, in-laws, the fourth child on.

They wait for a place (`waiting_place`) and are covered by days and paid months of their own, in
the worker's family. Who pays, and how much, is the caller's (employer).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from jkn.account.actions.accounts import Entry, enter_directory
from jkn.account.queries import family_of as by_number
from jkn.audit.actions import record
from jkn.core.actor import Actor
from jkn.core.db import execute, sealer
from jkn.core.errors import Conflict, Refused
from jkn.core.ids import new_id
from jkn.core.month import Month
from jkn.core.words import N_
from jkn.facility.actions import take_place
from jkn.membership.actions import new_card_number
from jkn.membership.changes import change_status, lock_member
from jkn.membership.models import Family, Member, StatusChange
from jkn.membership.partner import RegisterAnswer, RegisterPerson, look_up
from jkn.membership.queries import family_of
from jkn.membership.rules import Event, Relation, Segment, Status

RELATIVES = (Relation.CHILD, Relation.PARENT)
_REASON = "Keluarga tambahan, iurannya dipotong dari upah."


def check_workers(family: Family) -> None:
    """Refuse `extra.not_worker` a family that no employer pays for."""
    if family.segment != Segment.WORKER or family.guarantee_until is not None:
        raise Conflict(
            "extra.not_worker", N_("Hanya keluarga pekerja (PPU) yang punya keluarga tambahan.")
        )


def _not_on_card() -> Refused:
    return Refused(
        "extra.not_on_card",
        N_("NIK dan tanggal lahir ini bukan orang tua di KK Anda. Periksa lagi."),
    )


def parent_on_card(
    family_id: int, *, worker_nik: str, nik: str, birth_date: date
) -> RegisterPerson:
    """Ask the population register for a parent on the family's own card; return the person.

    Runs outside a transaction, as every call to a partner. Refuses `extra.not_on_card`, in one
    sentence for whatever does not fit; raises `Unavailable` where the register does not answer.
    """
    kk = Family.objects.get(family_id=family_id).kk
    answer: RegisterAnswer = look_up(nik=nik, kk=kk, birth_date=birth_date)
    people = {p.nik: p for p in answer.family if p.alive} if answer.match else {}
    found = people.get(nik)
    if found is None or found.relation is not Relation.PARENT or worker_nik not in people:
        raise _not_on_card()
    return found


def parent_by_papers(*, nik: str, kk: str, birth_date: date) -> RegisterPerson:
    """Ask the register for somebody whose papers staff have seen; return the person.

    Refuses `extra.register_differs`; raises `Unavailable` where the register does not answer.
    """
    answer = look_up(nik=nik, kk=kk, birth_date=birth_date)
    found = next((p for p in answer.family if p.nik == nik), None) if answer.match else None
    if found is None:
        raise Refused(
            "extra.register_differs",
            N_("NIK, KK, dan tanggal lahir tidak cocok dengan data kependudukan. Periksa lagi."),
        )
    return found


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A parent who joins a worker's family, at the worker's FKTP."""

    person: RegisterPerson
    worker_id: int


@transaction.atomic
def register_parent(
    *, actor: Actor, family_id: int, new: Newcomer, reason: str, on: date
) -> Member:
    """Write a parent of a worker into the family: not covered until the worker pays for them.

    Refuses `extra.member_elsewhere` who is a member already, and `facility.full`.
    """
    worker = family_of(family_id, on=on).member(new.worker_id)
    take_place(facility_id=worker.facility_id, on=on)
    family, _ = lock_member(family_id, new.worker_id)
    check_workers(family)
    if by_number("nik", new.person.nik) is not None:
        raise Conflict(
            "extra.member_elsewhere",
            N_("Orang ini sudah peserta. Kantor cabang memindahkannya ke keluarga pekerja."),
        )
    member_id, card = new_id(), new_card_number()
    member = Member.objects.create(
        family_id=family_id, id=member_id, name=new.person.name,
        nik_sealed=sealer().seal(new.person.nik, place=f"membership.member.nik.{member_id}"),
        card_sealed=sealer().seal(card, place=f"membership.member.card.{member_id}"),
        birth_date=new.person.birth_date, sex=new.person.sex, relation=Relation.PARENT.value,
        status=Status.WAITING_PLACE.value, facility_id=worker.facility_id, since=on,
    )  # fmt: skip
    enter_directory(
        [
            Entry("nik", new.person.nik, family_id, member_id),
            Entry("card", card, family_id, member_id),
        ]
    )
    StatusChange.objects.create(
        family_id=family_id, member_id=member_id, event="registered", status=member.status,
        since=on, by_account=actor.account_id, by_name=actor.name, reason=reason[:200],
    )  # fmt: skip
    record(actor=actor, verb="membership.relative", group=family_id, subject=member_id)
    return member


@transaction.atomic
def begin_extra(*, actor: Actor, family_id: int, member_id: int, first: Month, on: date) -> None:
    """Cover somebody of a worker's family as extra family from a month on.

    Refuses `extra.not_waiting` who has a place of the household or may be none, `extra.known` who
    is extra family already, `extra.too_old` a child that is too old by then.
    """
    family, member = lock_member(family_id, member_id)
    check_workers(family)
    begins = first.first_day()
    view = family_of(family_id, on=on).member(member_id)
    if member.status != Status.WAITING_PLACE or view.relation not in RELATIVES:
        raise Conflict(
            "extra.not_waiting", N_("{name} tidak dapat menjadi keluarga tambahan."), name=view.name
        )
    if member.extra_from is not None and member.extra_until is None:
        raise Conflict("extra.known", N_("{name} sudah keluarga tambahan."), name=view.name)
    if view.over_age_from is not None and view.over_age_from <= begins:
        raise Conflict(
            "extra.too_old",
            N_("{name} melewati batas usia anak. Daftarkan sendiri."),
            name=view.name,
        )
    goes_on = member.extra_until is not None and member.extra_until + timedelta(days=1) == begins
    if not goes_on:
        member.extra_from, member.extra_month = begins, first.plus(-1).index
    member.extra_until = None
    _keep_days(member)
    change_status(family, member, Event.EXTRA_JOINED, actor=actor, on=begins, reason=_REASON)


@transaction.atomic
def end_extra(
    *, actor: Actor, family_id: int, member_id: int, last: Month, on: date, reason: str
) -> None:
    """End cover as extra family with a month; where it has not begun by then, it never begins.

    Somebody who left the family, or has another status by now, is told by that change.
    """
    Family.objects.select_for_update(no_key=True).filter(family_id=family_id).first()
    member = Member.objects.filter(family_id=family_id, id=member_id).first()
    if member is None or member.extra_from is None or member.extra_until is not None:
        return
    ends = last.last_day()
    if ends < member.extra_from:
        member.extra_from, member.extra_until, member.extra_month = None, None, None
    else:
        member.extra_until = ends
    _keep_days(member)
    if member.ended_on is None and member.status == Status.WAITING_PLACE:
        family = Family.objects.get(family_id=family_id)
        day = on if member.extra_until is None else ends + timedelta(days=1)
        change_status(family, member, Event.EXTRA_LEFT, actor=actor, on=day, reason=reason)


def _keep_days(member: Member) -> None:
    Member.objects.filter(family_id=member.family_id, id=member.id).update(
        extra_from=member.extra_from, extra_until=member.extra_until, extra_month=member.extra_month
    )


_PAID = """
UPDATE membership_member m SET extra_month = greatest(m.extra_month, p.month)
FROM unnest(%s::bigint[], %s::bigint[], %s::int[]) AS p (family_id, member_id, month)
WHERE m.family_id = p.family_id AND m.id = p.member_id AND m.extra_from IS NOT NULL
"""


def pay_extras(paid: Sequence[tuple[int, int, Month]]) -> None:
    """Note until which month extra family is paid: (family, member, month). Twice is as once."""
    rows = sorted(paid, key=lambda row: row[:2])
    execute(_PAID, [[f for f, _, _ in rows], [m for _, m, _ in rows], [p.index for *_, p in rows]])
