"""Acts of the branch on a membership: deaths, abroad and back, duplicates, PBI lists, layoffs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from django.db import transaction

from jkn.account.queries import family_of as by_number
from jkn.core.actor import Actor
from jkn.core.errors import Conflict, Refused
from jkn.core.identifiers import age_on
from jkn.core.month import Month
from jkn.core.words import N_
from jkn.membership.changes import change_status, lock_member
from jkn.membership.models import Family, FamilyChange, Member, StatusChange
from jkn.membership.queries import figure
from jkn.membership.rules import NEXT, PAYS_ITSELF, Event, Segment, Status, next_status
from jkn.membership.terms import check_past, months_after

_PBI = (Segment.PBI_NATIONAL, Segment.PBI_REGIONAL)
_BILLED = (Status.ACTIVE, Status.SUSPENDED_ARREARS, Status.CANDIDATE)


class DeathListener(Protocol):
    """What is done for a death by a module above, in its transaction, under the family's lock."""

    def __call__(self, family: Family, member: Member, *, day: date, on: date) -> None:
        """Follow a death of a day that is recorded on another."""


_on_death: list[DeathListener] = []


class WorkCheck(Protocol):
    """What a module above knows of who works."""

    def __call__(self, niks: Sequence[str]) -> bool:
        """Whether one of these people works for an employer that tells us."""


_works: list[WorkCheck] = []


def ask_who_works(check: WorkCheck) -> None:
    """Let a check be asked before every layoff from now on."""
    _works.append(check)


def when_somebody_dies(listener: DeathListener) -> None:
    """Let a listener follow every death from now on."""
    _on_death.append(listener)


@transaction.atomic
def record_death(
    *, actor: Actor, family_id: int, member_id: int, day: date, reason: str, on: date
) -> Status:
    """Note a death; the person is not billed for any month after that of the day."""
    family, member = lock_member(family_id, member_id)
    check_past(day, since=member.birth_date, on=on)
    status = change_status(family, member, Event.DIED, actor=actor, on=day, reason=reason)
    for listener in _on_death:
        listener(family, member, day=day, on=on)
    return status


@transaction.atomic
def go_abroad(*, actor: Actor, family_id: int, member_id: int, reason: str, on: date) -> Status:
    """Note that a member lives abroad for more than six months: neither covered nor billed."""
    family, member = lock_member(family_id, member_id)
    return change_status(family, member, Event.WENT_ABROAD, actor=actor, on=on, reason=reason)


@transaction.atomic
def come_back(*, actor: Actor, family_id: int, member_id: int, reason: str, on: date) -> Status:
    """Note that a member is back: covered as the family is.

    Where nobody of a family was billed meanwhile, the months abroad are not owed: bills begin again
    with the month of the return. If the family was not behind when the last of them left,
    paid-until moves to the month before it; arrears stay a debt, and cover waits for them.
    """
    family, member = lock_member(family_id, member_id)
    next_status(Status(member.status), Event.CAME_BACK)  # refuses who is not abroad
    if _is_nobody_billed(family):
        _begin_again(family, month=Month.of(on))
    return change_status(family, member, Event.CAME_BACK, actor=actor, on=on, reason=reason)


def _is_nobody_billed(family: Family) -> bool:
    if Segment(family.segment) not in PAYS_ITSELF or family.paid_month is None:
        return False
    billed = Member.objects.filter(
        family_id=family.family_id, status__in=[s.value for s in _BILLED], ended_on__isnull=True
    )
    return not billed.exists()


def _begin_again(family: Family, *, month: Month) -> None:
    """Let bills begin again with a month; a debt of earlier ones stays where it is."""
    family.billed_from = month.index
    paid, needed = family.paid_month or 0, _month_to_be_paid(family.family_id)
    if needed is not None and paid >= needed:
        family.paid_month = max(paid, month.index - 1)
    Family.objects.filter(family_id=family.family_id).update(
        paid_month=family.paid_month, billed_from=family.billed_from
    )


def _month_to_be_paid(family_id: int) -> int | None:
    """Return the month up to which a family owes, of which nobody is billed any more.

    The one before the last of them ceased to be billed; of who was suspended then, that month too:
    all that was ever billed. None where nobody ever was.
    """
    standing: dict[int, str] = {}
    needed: int | None = None
    for change in StatusChange.objects.filter(family_id=family_id).order_by("id"):
        before = standing.get(change.member_id)
        if before in _BILLED and change.status not in _BILLED:
            covered = 0 if before == Status.SUSPENDED_ARREARS else 1
            needed = max(needed or 0, Month.of(change.since).index - covered)
        standing[change.member_id] = change.status
    return needed


def is_elder(birth_date: date, *, on: date) -> bool:
    """Whether somebody is of the age at which the branch may ask whether they are still there."""
    return age_on(birth_date, on=on) >= figure("elder_age", on=on).value


@transaction.atomic
def question_age(*, actor: Actor, family_id: int, member_id: int, reason: str, on: date) -> Status:
    """Note that nobody could find an elder member: not covered until the branch has seen them.

    Refuses `age.not_elder` below the figure's age.
    """
    family, member = _elder(family_id, member_id, on=on)
    return change_status(family, member, Event.AGE_QUESTIONED, actor=actor, on=on, reason=reason)


@transaction.atomic
def confirm_age(*, actor: Actor, family_id: int, member_id: int, reason: str, on: date) -> Status:
    """Note that an elder member was seen: covered again as the family is. Refuses `age.not_elder`."""
    family, member = _elder(family_id, member_id, on=on)
    return change_status(family, member, Event.AGE_CONFIRMED, actor=actor, on=on, reason=reason)


def _elder(family_id: int, member_id: int, *, on: date) -> tuple[Family, Member]:
    family, member = lock_member(family_id, member_id)
    if not is_elder(member.birth_date, on=on):
        raise Refused(
            "age.not_elder", N_("Hanya untuk usia {age} tahun ke atas."),
            age=figure("elder_age", on=on).value,
        )  # fmt: skip
    return family, member


@transaction.atomic
def mark_duplicate(
    *, actor: Actor, family_id: int, member_id: int, number: str, reason: str, on: date
) -> Status:
    """Close the second card of one person; `number` is the NIK or card that stays valid.

    Refuses `duplicate.unknown` and `duplicate.same`.
    """
    family, member = lock_member(family_id, member_id)
    stays = by_number("card" if len(number) == 13 else "nik", number)
    if stays is None:
        raise Refused("duplicate.unknown", N_("Nomor yang tetap berlaku ini tidak terdaftar."))
    if stays.member_id == member.id:
        raise Refused("duplicate.same", N_("Ini nomor kartu yang sama. Isi nomor yang lain."))
    return change_status(family, member, Event.FOUND_DUPLICATE, actor=actor, on=on, reason=reason)


@transaction.atomic
def remove_from_list(
    *, actor: Actor, family_id: int, member_id: int, reason: str, on: date
) -> Status:
    """Note that a member is no longer on the government's list (PBI)."""
    family, member = _on_list(family_id, member_id)
    return change_status(family, member, Event.REMOVED_FROM_LIST, actor=actor, on=on, reason=reason)


@transaction.atomic
def restore_to_list(
    *, actor: Actor, family_id: int, member_id: int, reason: str, on: date
) -> Status:
    """Note that a member is on the government's list again."""
    family, member = _on_list(family_id, member_id)
    return change_status(family, member, Event.RESTORED_TO_LIST, actor=actor, on=on, reason=reason)


def _on_list(family_id: int, member_id: int) -> tuple[Family, Member]:
    family, member = lock_member(family_id, member_id)
    if Segment(family.segment) not in _PBI:
        raise Refused("list.not_pbi", N_("Keluarga ini bukan peserta PBI."))
    return family, member


@transaction.atomic
def lay_off(
    *, actor: Actor, family_id: int, member_id: int, day: date, reason: str, on: date
) -> None:
    """Note that a worker was laid off (PHK): the family keeps cover in class 3 for six months.

    So does one that is suspended because the employer is behind: nothing is paid during the
    guarantee (Perpres 82/2018 art. 27), and what the employer owes stays the employer's debt. A
    class that was to come later falls away.

    Refuses `layoff.not_worker`, `layoff.known` twice, `layoff.over` where six months have passed,
    and `layoff.others_work` where the family is covered by the wage of another one of it.
    """
    family, _ = lock_member(family_id, member_id)
    if family.segment != Segment.WORKER:
        raise Refused("layoff.not_worker", N_("PHK hanya berlaku untuk peserta pekerja (PPU)."))
    if family.guarantee_until is not None:
        raise Refused("layoff.known", N_("PHK keluarga ini sudah dicatat."))
    living = list(Member.objects.filter(family_id=family_id, ended_on__isnull=True).order_by("id"))
    others = [m.nik for m in living if m.id != member_id and m.has_nik and m.status in _BILLED]
    if any(works(others) for works in _works):
        raise Conflict(
            "layoff.others_work", N_("Anggota lain masih bekerja. Keluarga dijamin lewat upahnya.")
        )
    check_past(day, since=family.registered_on, on=on)
    until = months_after(day, figure("layoff_guarantee_months", on=on).value)
    if until < on:
        raise Refused("layoff.over", N_("Enam bulan sejak PHK sudah lewat."))
    fixed = figure("layoff_care_class", on=on).value
    before = family.class_on(on)
    care_class = str(fixed) if fixed else before  # 0: they keep theirs (KRIS)
    FamilyChange.objects.create(
        family_id=family_id, kind="layoff", before=before, after=care_class,
        since=day, by_account=actor.account_id, by_name=actor.name, reason=reason[:200],
    )  # fmt: skip
    family.guarantee_until, family.care_class = until, care_class
    family.next_class, family.next_class_from = "", None
    family.save(update_fields=["guarantee_until", "care_class", "next_class", "next_class_from"])
    for one in living:
        if (Status(one.status), Event.LAID_OFF) in NEXT:
            change_status(family, one, Event.LAID_OFF, actor=actor, on=day, reason=reason)
