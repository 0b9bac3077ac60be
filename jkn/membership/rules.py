"""Rules of membership (kepesertaan). Pure: no Django, no clock, no database.

Sources: Perpres 82/2018 as amended by Perpres 64/2020 (art. 42: an unpaid month suspends the
guarantee from the 1st of the next month); domain notes in docs/reference/membership.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from jkn.core.errors import Conflict
from jkn.core.month import Month
from jkn.core.words import N_


class Segment(StrEnum):
    """Who pays for whom (segmen kepesertaan)."""

    PBI_NATIONAL = "pbi_jk"  # PBI JK: poor, paid by the central government
    PBI_REGIONAL = "pbi_apbd"  # PBPU/BP Pemda: paid by the local government
    WORKER = "ppu"  # PPU: worker, employer 4 %, worker 1 %
    SELF_PAYING = "pbpu"  # PBPU: self-employed, pays for the family
    NOT_WORKING = "bp"  # BP: investor, pensioner, veteran …


PAYS_ITSELF = frozenset({Segment.SELF_PAYING, Segment.NOT_WORKING})


class Relation(StrEnum):
    """What a member is to the head of the family (hubungan keluarga)."""

    HEAD = "head"
    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"  # in-laws too
    OTHER = "other"


class Status(StrEnum):
    """How a membership stands; the Indonesian names are in GLOSSARY.md."""

    CANDIDATE = "candidate"  # calon: virtual account issued, first contribution awaited
    WAITING_PLACE = "waiting_place"  # a worker's fourth child, or parent: covered only as an extra
    REGISTRATION_LAPSED = "registration_lapsed"  # VA hangus
    ACTIVE = "active"
    SUSPENDED_ARREARS = "suspended_arrears"
    REMOVED_PBI = "removed_pbi"
    LAYOFF_ENDED = "layoff_ended"  # six months of guarantee after PHK are over
    ABROAD = "abroad"
    OVER_AGE = "over_age"
    DUPLICATE = "duplicate"
    DECEASED = "deceased"
    MOVED_SEGMENT = "moved_segment"
    DATA_HOLD = "data_hold"


class Event(StrEnum):
    """What can happen to a membership."""

    FIRST_PAID = "first_paid"
    SETTLED = "settled"  # arrears and the current month are paid
    FELL_BEHIND = "fell_behind"
    WINDOW_PASSED = "window_passed"  # the registration's virtual account ran out
    REISSUED = "reissued"
    REMOVED_FROM_LIST = "removed_from_list"
    RESTORED_TO_LIST = "restored_to_list"
    GUARANTEE_ENDED = "guarantee_ended"
    WENT_ABROAD = "went_abroad"
    CAME_BACK = "came_back"
    PASSED_AGE = "passed_age"
    STUDY_PROVEN = "study_proven"
    FOUND_DUPLICATE = "found_duplicate"
    DIED = "died"
    LEFT_SEGMENT = "left_segment"
    DATA_QUESTIONED = "data_questioned"
    DATA_CONFIRMED = "data_confirmed"
    PLACE_FREED = "place_freed"
    DISABILITY_PROVEN = "disability_proven"
    AGE_QUESTIONED = "age_questioned"  # above 90: who is still there is asked
    AGE_CONFIRMED = "age_confirmed"
    LAID_OFF = "laid_off"  # PHK: six months of guarantee begin
    EXTRA_JOINED = "extra_joined"  # the worker pays for them as extra family from a day on
    EXTRA_LEFT = "extra_left"


S, E = Status, Event
_ENDED = frozenset({S.DECEASED, S.DUPLICATE, S.MOVED_SEGMENT})
NEXT: dict[tuple[Status, Event], Status] = {
    (S.CANDIDATE, E.FIRST_PAID): S.ACTIVE,
    (S.WAITING_PLACE, E.PLACE_FREED): S.ACTIVE,
    # The place is still waited for: cover as extra family is a matter of days and paid months.
    (S.WAITING_PLACE, E.EXTRA_JOINED): S.WAITING_PLACE,
    (S.WAITING_PLACE, E.EXTRA_LEFT): S.WAITING_PLACE,
    (S.CANDIDATE, E.WINDOW_PASSED): S.REGISTRATION_LAPSED,
    (S.REGISTRATION_LAPSED, E.REISSUED): S.CANDIDATE,
    # Money that we quoted before the last day and that the bank reports after it.
    (S.REGISTRATION_LAPSED, E.FIRST_PAID): S.ACTIVE,
    (S.ACTIVE, E.SETTLED): S.ACTIVE,
    (S.ACTIVE, E.FELL_BEHIND): S.SUSPENDED_ARREARS,
    (S.SUSPENDED_ARREARS, E.SETTLED): S.ACTIVE,
    (S.ACTIVE, E.REMOVED_FROM_LIST): S.REMOVED_PBI,
    (S.REMOVED_PBI, E.RESTORED_TO_LIST): S.ACTIVE,
    (S.ACTIVE, E.LAID_OFF): S.ACTIVE,
    # What an employer did not pay is the employer's debt: the guarantee covers all the same.
    (S.SUSPENDED_ARREARS, E.LAID_OFF): S.ACTIVE,
    (S.ACTIVE, E.GUARANTEE_ENDED): S.LAYOFF_ENDED,
    (S.ACTIVE, E.WENT_ABROAD): S.ABROAD,
    (S.SUSPENDED_ARREARS, E.WENT_ABROAD): S.ABROAD,  # the arrears stay a debt
    (S.ABROAD, E.CAME_BACK): S.ACTIVE,
    (S.ACTIVE, E.PASSED_AGE): S.OVER_AGE,
    (S.OVER_AGE, E.STUDY_PROVEN): S.ACTIVE,
    (S.ACTIVE, E.STUDY_PROVEN): S.ACTIVE,
    (S.OVER_AGE, E.DISABILITY_PROVEN): S.ACTIVE,
    (S.ACTIVE, E.DISABILITY_PROVEN): S.ACTIVE,
    (S.WAITING_PLACE, E.PASSED_AGE): S.OVER_AGE,
    (S.ACTIVE, E.AGE_QUESTIONED): S.OVER_AGE,
    (S.OVER_AGE, E.AGE_CONFIRMED): S.ACTIVE,
    (S.ACTIVE, E.DATA_QUESTIONED): S.DATA_HOLD,
    (S.DATA_HOLD, E.DATA_CONFIRMED): S.ACTIVE,
    **{(s, E.DIED): S.DECEASED for s in S if s is not S.DECEASED},
    **{(s, E.FOUND_DUPLICATE): S.DUPLICATE for s in S if s not in _ENDED},
    # Who lives abroad comes back first: the new family would cover and bill them.
    **{(s, E.LEFT_SEGMENT): S.MOVED_SEGMENT for s in S if s not in {*_ENDED, S.ABROAD}},
}

# Those that a payment of the family touches; the others wait for an event of their own.
FOLLOWS_PAYMENT = frozenset({S.CANDIDATE, S.REGISTRATION_LAPSED, S.ACTIVE, S.SUSPENDED_ARREARS})
_AGES = (S.ACTIVE, S.WAITING_PLACE)
# A worker's child that stands so is still one of the three: arrears or a question about its data
# are no reason for the next one to follow.
KEEPS_PLACE = frozenset({S.ACTIVE, S.SUSPENDED_ARREARS, S.DATA_HOLD})


def next_status(status: Status, event: Event) -> Status:
    """Return the status after an event; refuses `membership.transition` what is not in the table."""
    try:
        return NEXT[status, event]
    except KeyError:
        raise Conflict(
            "membership.transition", N_("Status kepesertaan ini tidak dapat diubah begitu.")
        ) from None


@dataclass(frozen=True, slots=True)
class Extra:
    """Cover of a worker's further family member, for whom 1 % of the wage is paid."""

    begins: date
    until: date | None  # the last day, once it has ended
    paid_until: Month  # the last month that is paid; at first the one before it begins


@dataclass(frozen=True, slots=True)
class Cover:
    """What cover depends on: the segment, the stored status, the months that are paid."""

    segment: Segment
    status: Status
    paid_until: Month | None  # the last month that is paid; None: nothing was ever paid
    pay_by: date | None = None  # last day of a registration's virtual account
    guarantee_until: date | None = None  # last day of the guarantee after a layoff
    over_age_from: date | None = None  # first day on which a worker's child is too old
    extra: Extra | None = None


def status_on(cover: Cover, *, on: date) -> Status:
    """Return how the membership stands on a day: the one rule behind every "active?".

    A self-paying family is covered in the month after its last paid month too: the month is due
    on the 10th, and only when it is unpaid at its end does cover stop, from the 1st of the next
    month (Perpres 82/2018 art. 42 (1) as amended by Perpres 64/2020). Whoever never paid waits
    as a candidate until the virtual account of the registration lapses. Who joins a family that
    has paid (a newborn) stays a candidate until what is billed for them is paid, too. A worker's
    child is covered until the day on which it is too old; a family after a layoff for six months.
    A worker's family whose employer pays through us has a last paid month: cover stops after an
    unpaid month as for those who pay themselves, but for the six months after a layoff. Who waits
    for a place is covered meanwhile where the worker pays for them (`Extra`).
    """
    is_over_age = cover.over_age_from is not None and on >= cover.over_age_from
    if is_over_age and cover.segment is Segment.WORKER and cover.status in _AGES:
        return Status.OVER_AGE
    if cover.status is Status.WAITING_PLACE and cover.extra is not None:
        household = cover.paid_until if follows_months(cover) else None
        return extra_status(cover.extra, household=household, on=on)
    is_ended = cover.guarantee_until is not None and on > cover.guarantee_until
    if is_ended and cover.segment is Segment.WORKER and cover.status is Status.ACTIVE:
        return Status.LAYOFF_ENDED
    if cover.status not in FOLLOWS_PAYMENT or not follows_months(cover):
        return cover.status
    if cover.segment is Segment.WORKER and cover.status is not Status.ACTIVE:
        return cover.status  # comes back by the employer's payment, which writes it
    if cover.paid_until is None:
        lapsed = cover.pay_by is not None and on > cover.pay_by
        return Status.REGISTRATION_LAPSED if lapsed else Status.CANDIDATE
    if cover.status is Status.CANDIDATE:
        return cover.status
    unpaid_month_ended = Month.of(on) > cover.paid_until.plus(1)
    return Status.SUSPENDED_ARREARS if unpaid_month_ended else Status.ACTIVE


def extra_status(extra: Extra, *, household: Month | None, on: date) -> Status:
    """Return how somebody stands on a day who waits for a place and is extra family.

    Covered from the first day of the first month that is billed to the last day of the last one,
    and like everybody only until a month has ended unpaid: theirs, or the household's.
    """
    if on < extra.begins or (extra.until is not None and on > extra.until):
        return Status.WAITING_PLACE
    paid_until = min(extra.paid_until, household or extra.paid_until)
    unpaid_month_ended = Month.of(on) > paid_until.plus(1)
    return Status.SUSPENDED_ARREARS if unpaid_month_ended else Status.ACTIVE


def follows_months(cover: Cover) -> bool:
    """Whether cover follows paid months: one's own, or those that an employer pays through us."""
    if cover.segment in PAYS_ITSELF:
        return True
    is_paid_for = cover.paid_until is not None and cover.guarantee_until is None
    return cover.segment is Segment.WORKER and is_paid_for


def is_covered(cover: Cover, *, on: date) -> bool:
    """Whether care is guaranteed on a day."""
    return status_on(cover, on=on) is Status.ACTIVE


@dataclass(frozen=True, slots=True)
class PaymentWindow:
    """The days on which a registration's first contribution can be paid, both included."""

    opens: date
    closes: date


def payment_window(*, registered: date, wait_days: int, lapse_days: int) -> PaymentWindow:
    """Return the first and last day for the first payment after a registration.

    14 days of waiting and 30 days until the virtual account lapses are unverified figures
    (Perpres 82/2018 through secondary sources); they come as dated rows.
    """
    return PaymentWindow(
        opens=registered + timedelta(days=wait_days),
        closes=registered + timedelta(days=max(wait_days, lapse_days)),
    )
