"""What happened to a made-up family before the demo begins. Pure: the day is given.

The rules that judge these histories are those of membership and contribution; a test asks them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from jkn.core.month import Month, months_between
from jkn.membership.rules import Event, Segment, Status, payment_window
from jkn.nonprod.people import DemoFamily, Story

_REGISTERED_BEFORE = timedelta(days=14)  # that long before the first month that was paid
_LISTED_ON = date(2019, 3, 1)  # when those whom others pay for came on their list
_CANDIDATE_SINCE = timedelta(days=15)
_LAPSED_SINCE = timedelta(days=60)
_SEGMENTS = {
    Story.PBI: Segment.PBI_NATIONAL,
    Story.PBI_REGIONAL: Segment.PBI_REGIONAL,
    Story.REMOVED_PBI: Segment.PBI_NATIONAL,
    Story.WORKER: Segment.WORKER,
}


@dataclass(frozen=True, slots=True)
class Change:
    """One row of a member's status history."""

    event: str
    status: Status
    since: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is the same for all families of one seeding."""

    today: date
    paid_months: int  # how many paid months a self-paying family has behind it
    wait_days: int
    lapse_days: int


@dataclass(frozen=True, slots=True)
class History:
    """A family's past: months that were billed, and how the living and the dead members stand."""

    segment: Segment
    registered_on: date
    paid: tuple[Month, ...]
    open: tuple[Month, ...]
    pay_from: date | None
    pay_by: date | None
    changes: tuple[Change, ...]

    @property
    def status(self) -> Status:
        """How the living members stand."""
        return self.changes[-1].status

    @property
    def paid_until(self) -> Month | None:
        """The last paid month."""
        return self.paid[-1] if self.paid else None

    def death(self) -> tuple[Change, ...]:
        """Return the changes of a member who died before anything was billed."""
        died = Change(
            Event.DIED, Status.DECEASED, self.registered_on + timedelta(days=3), "Meninggal dunia."
        )
        return (self.changes[0], died)

    def waiting(self) -> tuple[Change, ...]:
        """Return the changes of somebody whom a worker's wage does not cover of itself."""
        return (Change("registered", Status.WAITING_PLACE, self.registered_on),)


def history_of(family: DemoFamily, at: Circumstances) -> History:
    """Return the past that leads to the family's story today."""
    if family.story in (Story.PAID, Story.OPEN_BILL, Story.SUSPENDED):
        return _self_paying(family, at)
    if family.story in (Story.CANDIDATE, Story.LAPSED):
        return _registering(family.story, at)
    return _paid_by_others(family.story, at)


def paid_day(family: DemoFamily, month: Month, *, today: date) -> date:
    """Return the day on which the family paid a month: from the 1st to the 10th, not to come."""
    return min(date(month.year, month.number, 1 + family.number % 10), today)


def _self_paying(family: DemoFamily, at: Circumstances) -> History:
    current = Month.of(at.today)
    behind = {Story.PAID: 0, Story.OPEN_BILL: 1}.get(family.story, family.months_owed + 1)
    last = current.plus(-behind)
    paid = tuple(months_between(last.plus(1 - at.paid_months), last))
    registered_on = paid[0].first_day() - _REGISTERED_BEFORE
    changes = [
        Change("registered", Status.CANDIDATE, registered_on),
        Change(
            Event.FIRST_PAID, Status.ACTIVE, paid_day(family, paid[0], today=at.today),
            "Iuran diterima.",
        ),
    ]  # fmt: skip
    if family.story is Story.SUSPENDED:
        since = last.plus(2).first_day()
        reason = "Iuran bulan lalu belum dibayar."
        changes.append(Change(Event.FELL_BEHIND, Status.SUSPENDED_ARREARS, since, reason))
    return History(
        segment=Segment.SELF_PAYING,
        registered_on=registered_on,
        paid=paid,
        open=tuple(months_between(last.plus(1), current)),
        pay_from=None,
        pay_by=None,
        changes=tuple(changes),
    )


def _registering(story: Story, at: Circumstances) -> History:
    is_lapsed = story is Story.LAPSED
    registered_on = at.today - (_LAPSED_SINCE if is_lapsed else _CANDIDATE_SINCE)
    window = payment_window(
        registered=registered_on, wait_days=at.wait_days, lapse_days=at.lapse_days
    )
    changes = [Change("registered", Status.CANDIDATE, registered_on)]
    if is_lapsed:
        since = window.closes + timedelta(days=1)
        reason = "Pembayaran pertama tidak diterima sampai batasnya."
        changes.append(Change(Event.WINDOW_PASSED, Status.REGISTRATION_LAPSED, since, reason))
    return History(
        segment=Segment.SELF_PAYING,
        registered_on=registered_on,
        paid=(),
        open=(Month.of(window.opens),),
        pay_from=window.opens,
        pay_by=window.closes,
        changes=tuple(changes),
    )


def _paid_by_others(story: Story, at: Circumstances) -> History:
    changes = [Change("registered", Status.ACTIVE, _LISTED_ON)]
    if story is Story.REMOVED_PBI:
        since = Month.of(at.today).first_day()
        reason = "Tidak lagi ada dalam daftar penerima bantuan iuran."
        changes.append(Change(Event.REMOVED_FROM_LIST, Status.REMOVED_PBI, since, reason))
    return History(
        segment=_SEGMENTS[story],
        registered_on=_LISTED_ON,
        paid=(),
        open=(),
        pay_from=None,
        pay_by=None,
        changes=tuple(changes),
    )
