"""Moves: people leave a family for a new one (another segment, a KK of their own) or join one.

The old rows stay with the old family for its money; the person's id stays the person's. A move
touches two families and the directory in one transaction, like a registration.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from jkn.account.actions.accounts import Entry, enter_directory, leave_directory
from jkn.account.actions.moves import move_person
from jkn.account.queries import family_of as by_number
from jkn.audit.actions import record
from jkn.core.actor import Actor
from jkn.core.db import sealer
from jkn.core.errors import Conflict, NotFound, Refused
from jkn.core.ids import new_id
from jkn.core.words import N_
from jkn.gate.jobs import defer
from jkn.membership.changes import change_status
from jkn.membership.models import Family, Member, StatusChange
from jkn.membership.queries import RELATION_ORDER, figure
from jkn.membership.rules import (
    KEEPS_PLACE,
    Event,
    PaymentWindow,
    Relation,
    Segment,
    Status,
)
from jkn.membership.terms import joining_status

_CLOSED = (Status.DECEASED.value, Status.DUPLICATE.value)


@dataclass(frozen=True, slots=True)
class NewHome:
    """A family to be made for those who move; `window` where it pays for itself."""

    kk: str
    segment: Segment
    care_class: str
    window: PaymentWindow | None


@dataclass(frozen=True, slots=True)
class Move:
    """Who moves from where to where: a new home, or the family that they join.

    `relation` is what all who join are there; without it each keeps the own, a head becomes other.
    """

    from_family_id: int
    member_ids: Sequence[int]
    to: NewHome | int
    relation: Relation | None = None


@transaction.atomic
def move_people(*, actor: Actor, move: Move, on: date, reason: str) -> tuple[Family, list[Member]]:
    """Close the rows in the old family, open them in the new one; return it with its newcomers.

    Refuses `membership.transition` for a status that cannot leave, `move.relation` who joins a
    worker's family without being spouse, child or parent there, `move.was_here` for a return
    to the same family, `directory.taken` for a KK that others have. Then nothing is changed.
    """
    old, joined = _locked(move)
    leaving = _leaving(move)
    if joined is None:
        assert isinstance(move.to, NewHome)  # noqa: S101 (for the type checker)
        target = _new_family(old, move.to, leaving, on=on)
    else:
        target = joined
        _check_relation(target, move.relation)
    _refuse_return(target, leaving)
    newcomers = []
    for place, member in enumerate(leaving):
        is_questioned = member.status == Status.DATA_HOLD
        change_status(old, member, Event.LEFT_SEGMENT, actor=actor, on=on, reason=reason)
        Member.objects.filter(family_id=old.family_id, id=member.id).update(
            ended_on=on, next_facility_id="", next_facility_from=None
        )  # the place at the FKTP, and one held for later, go with the person
        relation = _relation_at_home(member, place) if joined is None else _joining(member, move)
        newcomers.append(
            _open(
                target, member, relation, is_questioned=is_questioned,
                actor=actor, on=on, reason=reason,
            )
        )  # fmt: skip
    if joined is None:
        _enter_kk(old, target, newcomers[0])
    record(actor=actor, verb="membership.moved_out", group=old.family_id, members=len(leaving))
    record(actor=actor, verb="membership.moved_in", group=target.family_id, members=len(leaving))
    return target, newcomers


def _locked(move: Move) -> tuple[Family, Family | None]:
    """Lock both families, the lower id first: two moves meet in one order."""
    ids = {move.from_family_id, move.to} if isinstance(move.to, int) else {move.from_family_id}
    found = {}
    for family_id in sorted(ids):
        row = Family.objects.select_for_update().filter(family_id=family_id).first()
        if row is None:
            raise NotFound
        found[family_id] = row
    if isinstance(move.to, int) and move.to == move.from_family_id:
        raise Conflict("move.same", N_("Ini keluarga yang sama. Pilih keluarga lain."))
    return found[move.from_family_id], found[move.to] if isinstance(move.to, int) else None


def _leaving(move: Move) -> list[Member]:
    rows = Member.objects.filter(
        family_id=move.from_family_id, id__in=move.member_ids, ended_on__isnull=True
    )
    leaving = sorted(rows, key=lambda m: (RELATION_ORDER[Relation(m.relation)], m.birth_date, m.id))
    if not leaving or len(leaving) != len(set(move.member_ids)):
        raise NotFound
    return leaving


def _new_family(old: Family, home: NewHome, leaving: list[Member], *, on: date) -> Family:
    family_id = new_id()
    return Family.objects.create(
        family_id=family_id,
        kk_sealed=sealer().seal(home.kk, place=f"membership.family.kk.{family_id}"),
        segment=home.segment.value,
        care_class=home.care_class,
        village=old.village,
        registered_on=on,
        pay_from=home.window.opens if home.window else None,
        pay_by=home.window.closes if home.window else None,
        consent=old.consent,
    )


def _refuse_return(target: Family, leaving: list[Member]) -> None:
    ids = [m.id for m in leaving]
    if Member.objects.filter(family_id=target.family_id, id__in=ids).exists():
        raise Conflict(
            "move.was_here",
            N_("Orang ini pernah di keluarga itu. Buat keluarga baru untuknya."),
        )


def _check_relation(target: Family, relation: Relation | None) -> None:
    """Refuse who joins a worker's family as none of those whom a wage can cover."""
    if target.segment == Segment.WORKER and relation in (None, Relation.OTHER, Relation.HEAD):
        raise Refused(
            "move.relation",
            N_("Pilih hubungan di keluarga pekerja. Kerabat lain mendaftar mandiri."),
        )


def _relation_at_home(member: Member, place: int) -> Relation:
    return Relation.HEAD if place == 0 else Relation(member.relation)


def _joining(member: Member, move: Move) -> Relation:
    if move.relation is not None:
        return move.relation
    return Relation.OTHER if member.relation == Relation.HEAD else Relation(member.relation)


def _open(
    target: Family, member: Member, relation: Relation, *, is_questioned: bool, actor: Actor,
    on: date, reason: str,
) -> Member:  # fmt: skip
    children = Member.objects.filter(
        family_id=target.family_id, relation=Relation.CHILD.value, status__in=KEEPS_PLACE,
        ended_on__isnull=True,
    )  # fmt: skip
    status = joining_status(
        Segment(target.segment),
        paid_until=target.paid_until,
        relation=relation,
        covered_children=children.count(),
        most_children=figure("worker_children", on=on).value,
        on=on,
        pay_by=target.pay_by,
    )
    if is_questioned and status is Status.ACTIVE:
        status = Status.DATA_HOLD  # the question about the data goes along
    nik, card = member.nik, member.card
    opened = Member.objects.create(
        family_id=target.family_id, id=member.id, name=member.name, nik_sealed=member.nik_sealed,
        has_nik=member.has_nik, card_sealed=member.card_sealed, birth_date=member.birth_date,
        sex=member.sex, relation=relation.value, status=status.value,
        facility_id=member.facility_id, facility_since=member.facility_since or member.since,
        next_facility_id=member.next_facility_id, next_facility_from=member.next_facility_from,
        since=on, student_until=member.student_until, is_disabled=member.is_disabled,
    )  # fmt: skip
    change = StatusChange.objects.create(
        family_id=target.family_id, member_id=member.id, event="registered", status=status.value,
        since=on, by_account=actor.account_id, by_name=actor.name, reason=reason[:200],
    )  # fmt: skip
    defer("membership.tell_change", family_id=target.family_id, change_id=change.id)
    numbers = [("card", card), *([("nik", nik)] if member.has_nik else [])]
    move_person(person_id=member.id, numbers=numbers, to_family_id=target.family_id)
    return opened


def _enter_kk(old: Family, target: Family, head: Member) -> None:
    """Enter the new family's KK; the old one's where nobody living is left behind."""
    whose = by_number("kk", target.kk)
    left = Member.objects.filter(family_id=old.family_id, ended_on__isnull=True)
    is_empty = not left.exclude(status__in=_CLOSED).exists()
    if whose is not None and whose.family_id == old.family_id and is_empty:
        leave_directory(kind="kk", value=target.kk, family_id=old.family_id)
    enter_directory([Entry("kk", target.kk, target.family_id, head.id)])
