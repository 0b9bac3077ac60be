"""Writes to plans of instalments: registered, stopped, missed, completed. Only under the lock.

Between `ledger` and `actions` in the module's chain: payments ask it what is owed and tell it when
everything is paid.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from jkn.audit.actions import record
from jkn.contribution import ledger
from jkn.contribution.figures import former_terms, plan_terms
from jkn.contribution.ledger import Debt, LockedFamily
from jkn.contribution.models import InstalmentPlan
from jkn.contribution.queries import figure
from jkn.contribution.rules import OpenBill, Owed, Settlement, postings_of
from jkn.contribution.stages import (
    Plan,
    PlanStatus,
    PlanTerms,
    is_missed,
    make_plan,
    may_register,
    may_register_former,
    owed_on,
    runs_already,
    with_ahead,
)
from jkn.core.actor import SYSTEM, Actor
from jkn.core.db import execute
from jkn.core.errors import Conflict, NotFound
from jkn.core.month import Month
from jkn.core.words import N_
from jkn.gate.jobs import defer
from jkn.membership.actions import advance_paid_month
from jkn.membership.rules import Cover, Segment, Status, status_on


def owed_of(read: Debt, *, on: date) -> Owed:
    """Return what a family owes on a day, by what was read under its lock."""
    debt = owed_on(
        open_bills(read),
        on=on,
        cap_months=figure("arrears_cap_months", on=on).value,
        credit=read.credit,
        plan=read.plan,
    )
    return with_ahead(debt, amount=read.ahead, until=read.ahead_until, on=on)


def open_bills(read: Debt) -> list[OpenBill]:
    """Return the open bills of what was read under the lock, as rules take them."""
    return [OpenBill(i, Month.at(month), amount) for i, month, amount in read.bills]


def _locked(family_id: int) -> tuple[LockedFamily, Debt]:
    family = ledger.lock_family(family_id)
    if family is None:
        raise NotFound
    return family, ledger.read_debt_only(family_id)


def _has_missed(read: Debt, *, on: date) -> bool:
    bills = open_bills(read)
    return read.plan is not None and is_missed(read.plan, bills, on=on, credit=read.credit)


def is_suspended(family: LockedFamily, *, on: date) -> bool:
    """Whether the rule of cover says that the family's cover has stopped for arrears."""
    paid = None if family.paid_month is None else Month.at(family.paid_month)
    cover = Cover(Segment(family.segment), Status.ACTIVE, paid)
    return status_on(cover, on=on) is Status.SUSPENDED_ARREARS


@transaction.atomic
def register_plan(*, actor: Actor, family_id: int, stages: int, on: date) -> int:
    """Let a family pay its arrears in stages; return the plan's id.

    Refuses `instalments.running` (a Conflict) where a plan runs, and what `may_register` and
    `make_plan` refuse.
    """
    family, debt = _unplanned(family_id, on=on)
    terms = plan_terms(on=on)
    may_register(
        debt, segment=family.segment, is_suspended=is_suspended(family, on=on), on=on, terms=terms
    )
    return _begin(family_id, make_plan(debt, stages=stages, on=on, terms=terms), terms, actor, on)


@transaction.atomic
def register_former_plan(*, actor: Actor, debtor_id: int, stages: int, on: date) -> int:
    """Let people who have left a family pay its arrears in stages; return the plan's id.

    The plan belongs to the old family, whose debt it is. Refuses as `register_plan` does, by the
    rules of `may_register_former`.
    """
    _, debt = _unplanned(debtor_id, on=on)
    terms = former_terms(on=on)
    may_register_former(debt, on=on, terms=terms)
    return _begin(debtor_id, make_plan(debt, stages=stages, on=on, terms=terms), terms, actor, on)


def _unplanned(family_id: int, *, on: date) -> tuple[LockedFamily, Owed]:
    """Lock a family and return it with its plain debt; a plan that was missed ends here."""
    family, read = _locked(family_id)
    if read.plan is not None and not _has_missed(read, on=on):
        raise runs_already()
    if read.plan is not None:
        _end_early(family_id, read, PlanStatus.MISSED, on=on, actor=SYSTEM)
        read = ledger.read_debt_only(family_id)
    debt = owed_on(
        open_bills(read), on=on, cap_months=figure("arrears_cap_months", on=on).value,
        credit=read.credit, plan=None,
    )  # fmt: skip
    return family, debt


def _begin(family_id: int, plan: Plan, terms: PlanTerms, actor: Actor, on: date) -> int:
    row = InstalmentPlan.objects.create(
        family_id=family_id, arrears=plan.arrears, stages=plan.stages,
        first_month=plan.first_month.index, oldest_month=plan.oldest_month.index,
        registered_on=on, by_account=actor.account_id, basis=terms.basis,
    )  # fmt: skip
    record(
        actor=actor, verb="instalments.registered", group=family_id, subject=row.id,
        amount=plan.arrears, stages=plan.stages,
    )  # fmt: skip
    return row.id


@transaction.atomic
def stop_plan(*, actor: Actor, family_id: int, on: date) -> None:
    """End the family's running plan at its own wish; what was paid stays. Refuses `instalments.none`.

    From then on the whole debt is due again.
    """
    _, read = _locked(family_id)
    if read.plan is None:
        raise Conflict("instalments.none", N_("Tidak ada cicilan yang berjalan."))
    _end_early(family_id, read, PlanStatus.STOPPED, on=on, actor=actor)


def _end_early(family_id: int, read: Debt, status: PlanStatus, *, on: date, actor: Actor) -> None:
    """End a plan that is not paid, and close the months above the cap that it left out.

    Else they would move up into the cap as the plan's oldest months are paid, and whoever paid
    stages would owe them again.
    """
    oldest = read.plan.oldest_month if read.plan else Month.of(on)
    bills = open_bills(read)
    older = tuple(b for b in bills if b.month < oldest)
    if older:
        closed = Settlement((), older, read.credit, reactivates=False)
        lines = postings_of(closed, bank="", amount=0, credit_before=0)
        ledger.book_credit(family_id, settlement=closed, lines=lines, on=on)
    first_open = min((b.month for b in bills if b.month >= oldest), default=oldest)
    if first_open > oldest:  # stages were paid: nothing before this month is open any more
        advance_paid_month(
            family_id=family_id, paid_until=first_open.plus(-1), actor=actor, on=on, reason=""
        )
    end_plan(family_id, status, on=on, actor=actor)


def end_plan(family_id: int, status: PlanStatus, *, on: date, actor: Actor) -> bool:
    """End the running plan, if there is one, and return whether there was. Under the lock."""
    rows = InstalmentPlan.objects.filter(family_id=family_id, status=PlanStatus.ACTIVE.value)
    if not rows.update(status=status.value, ended_on=on):
        return False
    record(actor=actor, verb=f"instalments.{status}", group=family_id)
    return True


def running_before(month: Month) -> list[int]:
    """Return the families with a running plan whose first stage lies before a month."""
    rows = execute(
        "SELECT family_id FROM contribution_instalmentplan"
        " WHERE status = 'active' AND first_month < %s ORDER BY family_id",
        [month.index],
    )
    return [row[0] for row in rows]


@transaction.atomic
def end_if_missed(family_id: int, *, on: date) -> bool:
    """End a family's plan where a stage was not paid in its month; return whether it was so."""
    _, read = _locked(family_id)
    if not _has_missed(read, on=on):
        return False
    _end_early(family_id, read, PlanStatus.MISSED, on=on, actor=SYSTEM)
    defer("contribution.tell_missed", family_id=family_id)
    return True
