"""The ways out of arrears as pages and programs show them: all at once, or in stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from jkn.contribution.presenters import family_status
from jkn.contribution.queries import FamilyBills
from jkn.contribution.stages import (
    Plan,
    PlanTerms,
    Stage,
    make_plan,
    may_register,
    runs_already,
    schedule,
)
from jkn.core.errors import Refused
from jkn.core.month import Month
from jkn.membership.rules import Status

_OFFERED = (2, 3, 4, 6, 9, 12)  # numbers of stages that pages offer; programs may ask any other


@dataclass(frozen=True, slots=True)
class Way:
    """One way to get cover back; amounts in rupiah. One stage means: all at once, today."""

    stages: int
    first: int  # to be paid this month
    later: int  # to be paid in each later month
    total: int  # until cover is back
    active: date  # day, or the first day of the month, in which cover comes back


def monthly_of(bills: FamilyBills) -> int:
    """Return what one month costs the family today: the amount of its own newest bill."""
    return next((b.amount for b in reversed(bills.bills) if b.member_id is None), 0)


def refusal(bills: FamilyBills, *, on: date, terms: PlanTerms) -> Refused | None:
    """Return why the family may not pay in stages, or None where it may."""
    suspended = family_status(bills) in (Status.SUSPENDED_ARREARS, Status.ABROAD)
    try:
        may_register(
            bills.debt, segment=bills.family.segment, is_suspended=suspended, on=on, terms=terms
        )
    except Refused as refused:
        return refused
    return None


def simulated(bills: FamilyBills, *, stages: int, on: date, terms: PlanTerms) -> Sequence[Stage]:
    """Return the stages that a family would pay; refuses what registering would refuse."""
    if bills.plan:
        raise runs_already()
    if why := refusal(bills, on=on, terms=terms):
        raise why
    plan = make_plan(bills.debt, stages=stages, on=on, terms=terms)
    return schedule(plan, monthly=monthly_of(bills))


def way_of(stages: Sequence[Stage]) -> Way:
    """Return a plan's stages as one way out."""
    return Way(
        stages=len(stages),
        first=stages[0].amount,
        later=stages[-1].amount,
        total=sum(s.amount for s in stages),
        active=stages[-1].month.first_day(),
    )


def ways_out(bills: FamilyBills, *, on: date, terms: PlanTerms) -> tuple[Way, ...]:
    """Return the ways out side by side, soonest first; empty where there is only one."""
    if bills.plan or refusal(bills, on=on, terms=terms):
        return ()
    whole = bills.debt.whole
    at_once = Way(stages=1, first=whole, later=0, total=whole, active=on)
    offered = [n for n in _OFFERED if n <= terms.max_stages]
    return (
        at_once,
        *(way_of(simulated(bills, stages=n, on=on, terms=terms)) for n in offered),
    )


@dataclass(frozen=True, slots=True)
class StageLine:
    """One stage of a running plan: `paid`, `due` or `later`."""

    stage: Stage
    state: str
    amount: int


def stage_lines(plan: Plan, bills: FamilyBills, *, on: date) -> tuple[StageLine, ...]:
    """Return how each stage of a running plan stands; no earlier one is missed, else it ended."""
    current = Month.of(on)
    lines = []
    for stage in schedule(plan, monthly=monthly_of(bills)):
        state, amount = "later", stage.amount
        if stage.month < current or (stage.month == current and not bills.debt.amount):
            state = "paid"
        elif stage.month == current:
            state, amount = "due", bills.debt.amount
        lines.append(StageLine(stage, state, amount))
    return tuple(lines)
