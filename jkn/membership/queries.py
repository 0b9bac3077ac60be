"""Reads of membership, always by the family whose data it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import msgspec
from django.contrib.postgres.aggregates import JSONBAgg
from django.core.cache import caches
from django.db.models import OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, JSONObject

from jkn.core.clock import now
from jkn.core.db import sealer
from jkn.core.errors import NotFound
from jkn.core.figures import Figure, figure_on
from jkn.core.month import Month
from jkn.membership.choosing import Registered, registered_on
from jkn.membership.models import (
    Correction,
    Draft,
    Family,
    FamilyChange,
    Member,
    MembershipFigure,
    PrimaryChange,
    StatusChange,
    extra_of,
)
from jkn.membership.rules import (
    FOLLOWS_PAYMENT,
    Cover,
    Event,
    Extra,
    Relation,
    Segment,
    Status,
    status_on,
)
from jkn.membership.terms import class_on, over_age_from

_REMEMBERED_SECONDS = 60
_AS_EXTRA = (Status.ACTIVE, Status.SUSPENDED_ARREARS)


def figures() -> tuple[Figure, ...]:
    """Return every dated figure of membership, remembered for a minute."""
    cache = caches["memory"]
    rows: tuple[Figure, ...] | None = cache.get("membership.figures")
    if rows is None:
        rows = tuple(f.as_figure() for f in MembershipFigure.objects.order_by("name", "valid_from"))
        cache.set("membership.figures", rows, _REMEMBERED_SECONDS)
    return rows


def figure(name: str, *, on: date) -> Figure:
    """Return one figure in force on a day; raises `MissingFigure`."""
    return figure_on(figures(), name, on=on)


RELATION_ORDER = {r: i for i, r in enumerate(Relation)}


class MemberRow(msgspec.Struct, frozen=True):
    """One member as the database's JSON gives it; sealed values in hexadecimal."""

    id: int
    name: str
    nik: str
    card: str
    birth_date: date
    sex: str
    relation: Relation
    status: Status
    facility_id: str
    since: date
    student_until: date | None = None
    is_disabled: bool = False
    facility_since: date | None = None
    next_facility_id: str = ""
    next_facility_from: date | None = None
    extra_from: date | None = None
    extra_until: date | None = None
    extra_month: int | None = None


@dataclass(frozen=True, slots=True)
class MemberView:
    """One member as pages and programs show them; `status` is today's by the rule of cover."""

    id: int
    name: str
    nik: str
    card: str
    birth_date: date
    sex: str
    relation: Relation
    status: Status
    stored_status: Status
    facility_id: str
    since: date
    over_age_from: date | None = None
    facility_since: date | None = None
    next_facility_id: str = ""  # from a later day on
    next_facility_from: date | None = None
    extra: Extra | None = None  # as extra family of a worker: past days too, and those to come

    @property
    def first_name(self) -> str:
        """The first word of the name, for tabs and greetings."""
        return self.name.split()[0]

    @property
    def is_active(self) -> bool:
        """Whether care is guaranteed today."""
        return self.status is Status.ACTIVE

    @property
    def is_extra(self) -> bool:
        """Whether what holds today is the cover of extra family, not a place of the household."""
        return self.stored_status is Status.WAITING_PLACE and self.status in _AS_EXTRA

    @property
    def registered_at(self) -> Registered:
        """Where the member is registered, and where from a later day on."""
        return Registered(
            self.facility_id, self.facility_since or self.since, self.next_facility_id,
            self.next_facility_from,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class FamilyView:
    """A family with its members, as of one day."""

    family_id: int
    segment: Segment
    care_class: str
    village: str
    registered_on: date
    pay_from: date | None
    pay_by: date | None
    paid_until: Month | None
    members: tuple[MemberView, ...]
    class_since: date
    next_class: str = ""
    next_class_from: date | None = None
    guarantee_until: date | None = None
    corps: str = ""

    def member(self, member_id: int) -> MemberView:
        """Return one member by id; raises `NotFound` for any id of another family."""
        for member in self.members:
            if member.id == member_id:
                return member
        raise NotFound

    def of_person(self, person_id: int | None) -> MemberView:
        """Return the member who is this person, else the first."""
        return next((m for m in self.members if m.id == person_id), self.members[0])


_members = msgspec.json.Decoder(list[MemberRow])
FAMILY_COLUMNS = (
    "family_id", "segment", "care_class", "village", "registered_on", "pay_from", "pay_by",
    "paid_month", "class_since", "next_class", "next_class_from",
    "guarantee_until", "corps",
)  # fmt: skip


def members_as_json() -> Any:
    """Return the subquery that gives a family's living members as one JSON text."""
    fields = {
        "id": "id", "name": "name", "nik": "nik_sealed",
        "card": "card_sealed", "birth_date": "birth_date", "sex": "sex", "relation": "relation",
        "status": "status", "facility_id": "facility_id", "since": "since",
        "student_until": "student_until", "is_disabled": "is_disabled",
        "facility_since": "facility_since", "next_facility_id": "next_facility_id",
        "next_facility_from": "next_facility_from", "extra_from": "extra_from",
        "extra_until": "extra_until", "extra_month": "extra_month",
    }  # fmt: skip
    rows = (
        Member.objects.filter(family_id=OuterRef("family_id"), ended_on__isnull=True)
        .order_by()
        .values("family_id")
        .annotate(all=JSONBAgg(JSONObject(**fields)))
        .values("all")
    )
    return Cast(Subquery(rows), TextField())


def family_view_of(row: tuple[Any, ...], *, on: date) -> FamilyView:
    """Return the view of one row: `FAMILY_COLUMNS`, then the members as JSON."""
    (
        family_id, segment, care_class, village, registered, pay_from, pay_by, paid, class_since,
        following, begins, guarantee, corps, members,
    ) = row  # fmt: skip
    paid_until = None if paid is None else Month.at(paid)
    facts = (Segment(segment), paid_until, pay_by, guarantee)
    views = [_member_view(m, facts, on=on) for m in _members.decode(members or "[]")]
    views.sort(key=lambda m: (RELATION_ORDER[m.relation], m.birth_date, m.id))
    return FamilyView(
        family_id, facts[0], class_on(care_class, following=following, begins=begins, on=on), village,
        registered, pay_from, pay_by, paid_until, tuple(views),
        class_since=begins if begins and on >= begins else class_since or registered,
        next_class=following if begins and on < begins else "",
        next_class_from=begins if begins and on < begins else None,
        guarantee_until=guarantee,
        corps=corps,
    )  # fmt: skip


def _member_view(
    row: MemberRow, facts: tuple[Segment, Month | None, date | None, date | None], *, on: date
) -> MemberView:
    opened = sealer()
    at = registered_on(
        Registered(
            row.facility_id,
            row.facility_since or row.since,
            row.next_facility_id,
            row.next_facility_from,
        ),
        on=on,
    )
    extra = extra_of(row.extra_from, row.extra_until, row.extra_month)
    cover = Cover(facts[0], row.status, *facts[1:], _over_age_from(row, facts[0], on=on), extra)
    return MemberView(
        id=row.id,
        name=row.name,
        nik=opened.open(bytes.fromhex(row.nik[2:]), place=f"membership.member.nik.{row.id}"),
        card=opened.open(bytes.fromhex(row.card[2:]), place=f"membership.member.card.{row.id}"),
        birth_date=row.birth_date,
        sex=row.sex,
        relation=row.relation,
        status=status_on(cover, on=on),
        stored_status=row.status,
        facility_id=at.facility_id,
        since=row.since,
        over_age_from=cover.over_age_from,
        facility_since=at.since,
        next_facility_id=at.next_id,
        next_facility_from=at.next_from,
        extra=extra,
    )


def _over_age_from(row: MemberRow, segment: Segment, *, on: date) -> date | None:
    if segment is not Segment.WORKER or row.relation is not Relation.CHILD:
        return None
    return over_age_from(
        row.birth_date,
        student_until=row.student_until,
        is_disabled=row.is_disabled,
        limit=figure("child_age", on=on).value,
        student_limit=figure("child_age_student", on=on).value,
    )


def family_rows(family_id: int) -> QuerySet[Family, Any]:
    """Return the queryset of a family with its members as JSON."""
    return (
        Family.objects.filter(family_id=family_id)
        .annotate(members_json=members_as_json())
        .values_list(*FAMILY_COLUMNS, "members_json")
    )


def family_of(family_id: int, *, on: date) -> FamilyView:
    """Return a family as of a day; raises `NotFound`."""
    row = family_rows(family_id).first()
    if row is None:
        raise NotFound
    return family_view_of(row, on=on)


def stood_on(family: FamilyView, member: MemberView, *, on: date) -> MemberView:
    """Return a member of a family as of a day that has passed, by the last change begun by then.

    Who died or went abroad later was covered until then, and who came back was not meanwhile.
    Statuses that follow payment need no history: months that are paid say how a day stands.
    """
    begun = StatusChange.objects.filter(
        family_id=family.family_id, member_id=member.id, since__lte=on
    )
    last = begun.order_by("-id").values_list("status", flat=True).first()
    if last is None or {Status(last), member.stored_status} <= FOLLOWS_PAYMENT:
        return member
    cover = Cover(
        family.segment, Status(last), family.paid_until, family.pay_by, family.guarantee_until,
        member.over_age_from, member.extra,
    )  # fmt: skip
    return replace(member, status=status_on(cover, on=on))


def changes_of(family_id: int, member_id: int) -> list[StatusChange]:
    """Return a member's changes of status, newest first."""
    rows = StatusChange.objects.filter(family_id=family_id, member_id=member_id)
    return list(rows.order_by("-id")[:50])


def change_of(family_id: int, change_id: int) -> tuple[StatusChange, str]:
    """Return one change and the name of whose it is; raises `NotFound`."""
    change = StatusChange.objects.filter(family_id=family_id, id=change_id).first()
    if change is None:
        raise NotFound
    return change, names_in(family_id)[change.member_id]


def family_changes_of(family_id: int) -> list[FamilyChange]:
    """Return the changes of a whole family, newest first."""
    return list(FamilyChange.objects.filter(family_id=family_id).order_by("-id")[:HISTORY_AT_MOST])


def family_change_of(family_id: int, change_id: int) -> FamilyChange:
    """Return one change of a whole family; raises `NotFound`."""
    change = FamilyChange.objects.filter(family_id=family_id, id=change_id).first()
    if change is None:
        raise NotFound
    return change


def primary_change_of(family_id: int, change_id: int) -> PrimaryChange:
    """Return one change of an FKTP; raises `NotFound`."""
    change = PrimaryChange.objects.filter(family_id=family_id, id=change_id).first()
    if change is None:
        raise NotFound
    return change


def primary_changes_of(family_id: int) -> list[PrimaryChange]:
    """Return the changes of FKTP of all who are or were in a family, newest first."""
    return list(PrimaryChange.objects.filter(family_id=family_id).order_by("-id")[:HISTORY_AT_MOST])


HISTORY_AT_MOST = 200


def names_in(family_id: int) -> dict[int, str]:
    """Return the names of all who are or were in a family, by member id."""
    return dict(Member.objects.filter(family_id=family_id).values_list("id", "name"))


def changes_of_family(family_id: int) -> list[StatusChange]:
    """Return the changes of status of all who are or were in a family, newest first."""
    rows = StatusChange.objects.filter(family_id=family_id)
    return list(rows.order_by("-id")[:HISTORY_AT_MOST])


def suspended_between(after: int, through: int, *, since: date) -> list[int]:
    """Return the families in a range of ids of which somebody was suspended from a day on."""
    rows = StatusChange.objects.filter(
        family_id__gt=after, family_id__lte=through, event=Event.FELL_BEHIND.value, since=since
    )
    return list(rows.order_by("family_id").values_list("family_id", flat=True).distinct())


def correction_place(correction_id: int) -> str:
    """Return the place to which a correction's values are sealed."""
    return f"membership.correction.{correction_id}"


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """A request for a correction, opened: what we hold and what the family says is right."""

    row: Correction
    name: str
    before: str
    after: str
    is_late: bool


def _opened(row: Correction, name: str) -> CorrectionView:
    values = msgspec.json.decode(sealer().open(row.sealed, place=correction_place(row.id)))
    late = row.state == "asked" and row.due_at < now()
    return CorrectionView(row, name, values["before"], values["after"], late)


def corrections_of(family_id: int) -> list[CorrectionView]:
    """Return a family's requests for corrections, newest first."""
    names = names_in(family_id)
    rows = Correction.objects.filter(family_id=family_id).order_by("-id")[:50]
    return [_opened(row, names[row.member_id]) for row in rows]


def correction_of(family_id: int, correction_id: int) -> CorrectionView:
    """Return one request of a family; raises `NotFound`."""
    row = Correction.objects.filter(family_id=family_id, id=correction_id).first()
    if row is None:
        raise NotFound
    return _opened(row, names_in(family_id)[row.member_id])


def corrections_waiting() -> list[Correction]:
    """Return the requests of all families that wait for the branch, the most urgent first.

    A queue of staff, served by a partial index over what is open; it tells no names or values.
    """
    return list(Correction.objects.filter(state="asked").order_by("due_at")[:50])


class DraftData(msgspec.Struct):
    """What a person typed and what the register answered, kept until the form is sent."""

    nik: str
    kk: str
    birth_date: date
    differs: tuple[str, ...] = ()
    family: tuple[dict[str, str], ...] = ()
    village: str = ""


@dataclass(frozen=True, slots=True)
class DraftView:
    """A registration in progress: waiting for the register, differing, or matched."""

    state: str
    data: DraftData
    tries: int


_draft = msgspec.json.Decoder(DraftData)


def draft_of(account_id: int) -> DraftView | None:
    """Return the account's registration in progress, or None."""
    row = Draft.objects.filter(account_id=account_id).first()
    if row is None:
        return None
    text = sealer().open(row.sealed, place=f"membership.draft.{account_id}")
    return DraftView(row.state, _draft.decode(text), row.tries)
