"""Registering babies in the family of their mother. Money is the caller's (contribution)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from jkn.account.actions.accounts import Entry, enter_directory
from jkn.audit.actions import record
from jkn.core.actor import Actor
from jkn.core.db import sealer
from jkn.core.errors import Conflict
from jkn.core.ids import new_id
from jkn.core.words import N_
from jkn.membership.actions import new_card_number
from jkn.membership.models import Family, Member, StatusChange
from jkn.membership.place_notes import note_places
from jkn.membership.queries import FamilyView, family_of, figure
from jkn.membership.rules import KEEPS_PLACE, PAYS_ITSELF, Relation, Status
from jkn.membership.terms import (
    check_newborn,
    check_parent,
    is_registered_in_time,
    newborn_status,
)


@dataclass(frozen=True, slots=True)
class Baby:
    """One newborn, as the birth letter says; `nik` is empty until the KK has it."""

    name: str
    sex: str
    nik: str = ""


@dataclass(frozen=True, slots=True)
class Birth:
    """One birth: the mother, the day, and one baby or more."""

    parent_id: int
    born: date
    babies: Sequence[Baby]


@transaction.atomic
def enter_newborns(*, actor: Actor, family_id: int, birth: Birth, on: date) -> list[Member]:
    """Write down the babies of one birth: members, directory, first change; return them.

    They get a place at their mother's FKTP even where it is full: no newborn is refused for that.

    Refuses `newborn.…` by the rules, `newborn.known` where a baby of that name and day is there
    already, `directory.taken` for a NIK that somebody has. Nothing is written then.
    """
    Family.objects.select_for_update().get(family_id=family_id)
    family = family_of(family_id, on=on)
    _check(family, birth, on=on)
    members: list[Member] = []
    entries: list[Entry] = []
    changes: list[StatusChange] = []
    for baby in birth.babies:
        status = _status_of(family, on=on, besides=members)
        member, card = _member(family, birth, baby, status, on=on)
        members.append(member)
        entries.append(Entry("card", card, family_id, member.id))
        entries += [Entry("nik", baby.nik, family_id, member.id)] if baby.nik else []
        changes.append(_first_change(member, actor))
    Member.objects.bulk_create(members)
    enter_directory(entries)
    StatusChange.objects.bulk_create(changes)
    note_places(family_id, [(member.facility_id, 1) for member in members])
    record(
        actor=actor, verb="membership.newborn", group=family_id, subject=birth.parent_id,
        babies=len(members),
    )  # fmt: skip
    return members


def _check(family: FamilyView, birth: Birth, *, on: date) -> None:
    check_parent(family.member(birth.parent_id).status)
    known = {(m.name.casefold(), m.birth_date) for m in family.members}
    for baby in birth.babies:
        check_newborn(
            born=birth.born, on=on, has_nik=bool(baby.nik),
            nik_months=figure("newborn_nik_months", on=on).value,
        )  # fmt: skip
        key = (baby.name.casefold(), birth.born)
        if key in known:
            raise Conflict(
                "newborn.known", N_("{name} sudah terdaftar di keluarga ini."), name=baby.name
            )
        known.add(key)


def _status_of(family: FamilyView, *, on: date, besides: Sequence[Member]) -> Status:
    covered = sum(
        m.relation is Relation.CHILD and m.status in KEEPS_PLACE and not m.is_extra
        for m in family.members
    )
    return newborn_status(
        family.segment,
        covered_children=covered + sum(m.status == Status.ACTIVE for m in besides),
        most_children=figure("worker_children", on=on).value,
    )


def _member(
    family: FamilyView, birth: Birth, baby: Baby, status: Status, *, on: date
) -> tuple[Member, str]:
    member_id, card = new_id(), new_card_number()
    in_time = is_registered_in_time(
        born=birth.born, on=on, days=figure("newborn_days", on=on).value
    )
    member = Member(
        family_id=family.family_id,
        id=member_id,
        name=baby.name,
        nik_sealed=sealer().seal(baby.nik, place=f"membership.member.nik.{member_id}"),
        has_nik=bool(baby.nik),
        card_sealed=sealer().seal(card, place=f"membership.member.card.{member_id}"),
        birth_date=birth.born,
        sex=baby.sex,
        relation=Relation.CHILD.value,
        status=status.value,
        facility_id=family.member(birth.parent_id).facility_id,
        since=birth.born if in_time and family.segment not in PAYS_ITSELF else on,
    )
    return member, card


def _first_change(member: Member, actor: Actor) -> StatusChange:
    return StatusChange(
        family_id=member.family_id, member_id=member.id, event="registered", status=member.status,
        since=member.since, by_account=actor.account_id, by_name=actor.name,
        reason=N_("Bayi baru lahir."),
    )  # fmt: skip
