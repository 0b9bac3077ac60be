"""Reads of the figures that rules take together, and of how a family's cover last came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jkn.contribution.debits import DebitTerms
from jkn.contribution.fines import FineTerms
from jkn.contribution.queries import figure
from jkn.contribution.stages import PlanTerms
from jkn.contribution.wages import WageTerms
from jkn.core.month import Month
from jkn.membership.models import StatusChange
from jkn.membership.rules import Event


def fine_terms(*, on: date) -> FineTerms:
    """Return the figures of the service fine on the day of an admission."""
    percent = figure("fine_percent", on=on)
    return FineTerms(
        percent=percent.value,
        max_months=figure("fine_max_months", on=on).value,
        ceiling=figure("fine_ceiling", on=on).value,
        window_days=figure("fine_window_days", on=on).value,
        basis=percent.basis,
    )


def wage_terms(*, on: date) -> WageTerms:
    """Return the figures of workers' shares on the first day of the month that is billed."""
    return WageTerms(
        employer_percent=figure("wage_employer_percent", on=on).value,
        worker_percent=figure("wage_worker_percent", on=on).value,
        floor=figure("wage_floor", on=on).value,
        ceiling=figure("wage_ceiling", on=on).value,
        extra_percent=figure("wage_extra_percent", on=on).value,
    )


def plan_terms(*, on: date) -> PlanTerms:
    """Return the figures of instalments on the day of registration."""
    over = figure("instalment_over_months", on=on)
    return PlanTerms(
        over_months=over.value,
        max_stages=figure("instalment_max_stages", on=on).value,
        deadline_day=figure("instalment_deadline_day", on=on).value,
        deadline_day_february=figure("instalment_deadline_day_february", on=on).value,
        basis=over.basis,
        verified=over.verified,
    )


def former_terms(*, on: date) -> PlanTerms:
    """Return the figures of instalments for people who have moved to another segment."""
    over = figure("instalment_former_over_months", on=on)
    return PlanTerms(
        over_months=over.value,
        max_stages=figure("instalment_former_max_stages", on=on).value,
        deadline_day=figure("instalment_deadline_day", on=on).value,
        deadline_day_february=figure("instalment_deadline_day_february", on=on).value,
        basis=over.basis,
        verified=over.verified,
        smallest=figure("instalment_former_smallest", on=on).value,
    )


def debit_terms(*, on: date) -> DebitTerms:
    """Return the figures of autodebit on a day."""
    first = figure("autodebit_day_first", on=on)
    return DebitTerms(
        days=tuple(sorted((first.value, figure("autodebit_day_second", on=on).value))),
        notice_days=figure("autodebit_notice_days", on=on).value,
        late_days=figure("autodebit_late_days", on=on).value,
        confirm_days=figure("autodebit_confirm_days", on=on).value,
        basis=first.basis,
        verified=first.verified,
    )


@dataclass(frozen=True, slots=True)
class Return:
    """When a family's cover last came back, and how many months it had owed then."""

    on: date
    months_owed: int


def last_return(family_id: int) -> Return | None:
    """Return how the family's cover last came back from arrears, or None where it never did.

    Cover stops on the 1st after an unpaid month has ended, so that at least one month is owed
    then, and one more for each month until the arrears are paid.
    """
    rows = StatusChange.objects.filter(
        family_id=family_id, event__in=(Event.SETTLED.value, Event.FELL_BEHIND.value)
    )
    changes = list(rows.order_by("-since", "-id").values_list("event", "since")[:100])
    back = next((since for event, since in changes if event == Event.SETTLED), None)
    if back is None:
        return None
    fell = next((s for event, s in changes if event == Event.FELL_BEHIND and s <= back), back)
    return Return(back, Month.of(back).index - Month.of(fell).index + 1)
