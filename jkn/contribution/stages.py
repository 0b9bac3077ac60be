"""Rules of paying arrears in stages (New REHAB, rencana pembayaran bertahap). Pure.

Who pays for the own family (PBPU, BP) and owes more than three months may split the arrears over at
most twelve months. A stage is due by the end of its month, with that month's own contribution.
Cover comes back only when all is paid; a stage that is missed ends the plan, and what was paid
stays with the oldest months. No article was seen: docs/reference/instalments.md says what is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from jkn.contribution.rules import OpenBill, Owed, Settlement, owed, settle
from jkn.core.errors import Conflict, Refused
from jkn.core.money import rupiah
from jkn.core.month import Month
from jkn.core.words import N_

SELF_PAYING = frozenset({"pbpu", "bp"})
_FEWEST_STAGES = 2


class PlanStatus(StrEnum):
    """How a plan stands."""

    ACTIVE = "active"
    COMPLETED = "completed"  # all is paid
    MISSED = "missed"  # a stage was not paid by the end of its month
    STOPPED = "stopped"  # by the family, who pays everything at once instead


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """The figures in force on the day of registration."""

    over_months: int  # more months than these must be owed
    max_stages: int
    deadline_day: int  # last day of a month on which one may register
    deadline_day_february: int
    basis: str
    verified: bool
    smallest: int = 0  # rupiah of arrears that a stage has at least


@dataclass(frozen=True, slots=True)
class Plan:
    """A family's plan: rupiah of arrears in `stages` months, the first in `first_month`.

    `oldest_month` is the oldest month of arrears that it covers: older ones are above the cap.
    """

    arrears: int
    stages: int
    first_month: Month
    oldest_month: Month

    @property
    def last_month(self) -> Month:
        """The month of the last stage."""
        return self.first_month.plus(self.stages - 1)


def shares(total: int, stages: int) -> tuple[int, ...]:
    """Return how `total` rupiah are split: equal parts, the first ones a rupiah more where odd."""
    each, more = divmod(total, stages)
    return tuple(each + (1 if n < more else 0) for n in range(stages))


def deadline(month: Month, terms: PlanTerms) -> date:
    """Return the last day of a month on which a plan may be registered."""
    day = terms.deadline_day_february if month.number == 2 else terms.deadline_day
    return date(month.year, month.number, day)


def may_register(
    debt: Owed, *, segment: str, is_suspended: bool, on: date, terms: PlanTerms
) -> None:
    """Refuse who may not pay in stages, and say why.

    `instalments.segment`, `instalments.too_few` (not more than the months of the terms owed, or
    cover still in force), `instalments.deadline` (too late in the month).
    """
    if segment not in SELF_PAYING:
        raise Refused(
            "instalments.segment", N_("Cicilan hanya untuk keluarga yang membayar sendiri.")
        )
    behind = len({b.month for b in (*debt.beyond_cap, *arrears_of(debt, on=on))})
    if not is_suspended or behind <= terms.over_months:
        raise _too_few(terms)
    _in_time(on, terms)


def may_register_former(debt: Owed, *, on: date, terms: PlanTerms) -> None:
    """Refuse a plan for what people owe from a time when they paid for themselves.

    They have moved to another segment; so cover says nothing here. `instalments.too_few` and
    `instalments.deadline`.
    """
    behind = len({b.month for b in (*debt.beyond_cap, *arrears_of(debt, on=on))})
    if behind <= terms.over_months:
        raise _too_few(terms)
    _in_time(on, terms)


def runs_already() -> Conflict:
    """Return the refusal of a second plan, `instalments.running`."""
    return Conflict("instalments.running", N_("Cicilan Anda sudah berjalan."))


def _too_few(terms: PlanTerms) -> Refused:
    return Refused(
        "instalments.too_few", N_("Cicilan hanya untuk tunggakan lebih dari {months} bulan."),
        months=terms.over_months,
    )  # fmt: skip


def _in_time(on: date, terms: PlanTerms) -> None:
    if on > deadline(Month.of(on), terms):
        raise Refused(
            "instalments.deadline", N_("Pendaftaran cicilan bulan ini sudah tutup. Coba tanggal 1."),
        )  # fmt: skip


def arrears_of(debt: Owed, *, on: date) -> Sequence[OpenBill]:
    """Return the billed months before the current one."""
    return [b for b in debt.bills if b.month < Month.of(on)]


def make_plan(debt: Owed, *, stages: int, on: date, terms: PlanTerms) -> Plan:
    """Return the plan for what is owed on a day; refuses `instalments.stages`.

    The arrears up to the cap are split, credit taken off first; the current month stands beside
    the first stage and every later month beside its own.
    """
    if not _FEWEST_STAGES <= stages <= terms.max_stages:
        raise Refused(
            "instalments.stages", N_("Pilih {fewest} sampai {most} tahap."),
            fewest=_FEWEST_STAGES, most=terms.max_stages,
        )  # fmt: skip
    behind = arrears_of(debt, on=on)
    arrears = sum(b.amount for b in behind) - debt.credit
    if arrears < stages:  # the credit pays them: no stage would be without its part
        raise _too_few(terms)
    if arrears // stages < terms.smallest:
        raise Refused(
            "instalments.smallest", N_("Satu tahap paling sedikit {amount}. Pilih lebih sedikit."),
            amount=rupiah(terms.smallest),
        )  # fmt: skip
    return Plan(
        arrears=arrears,
        stages=stages,
        first_month=Month.of(on),
        oldest_month=behind[0].month,
    )


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage as a page shows it: its month, its part of the arrears, the month's own bill."""

    number: int
    month: Month
    share: int
    monthly: int

    @property
    def amount(self) -> int:
        """What is to be paid in that month, in rupiah."""
        return self.share + self.monthly


def schedule(plan: Plan, *, monthly: int) -> tuple[Stage, ...]:
    """Return the stages of a plan; `monthly` is what one month costs the family today."""
    parts = shares(plan.arrears, plan.stages)
    return tuple(
        Stage(n + 1, plan.first_month.plus(n), part, monthly) for n, part in enumerate(parts)
    )


def owed_under(plan: Plan, open_bills: Iterable[OpenBill], *, on: date, credit: int) -> Owed:
    """Return what a family with a plan owes: the plan's months and all that came since.

    The months that the plan covers stay the same while it runs, though the cap would move on.
    What is due now is all of it, less the stages of later months.
    """
    current = Month.of(on)
    billed = sorted((b for b in open_bills if b.month <= current), key=lambda b: (b.month, b.id))
    begun = min(plan.stages, max(1, current.index - plan.first_month.index + 1))
    return Owed(
        bills=tuple(b for b in billed if b.month >= plan.oldest_month),
        beyond_cap=tuple(b for b in billed if b.month < plan.oldest_month),
        credit=credit,
        later=sum(shares(plan.arrears, plan.stages)[begun:]),
    )


def is_missed(plan: Plan, open_bills: Iterable[OpenBill], *, on: date, credit: int) -> bool:
    """Whether a stage of an earlier month was not paid by the end of that month."""
    current = Month.of(on)
    if current <= plan.first_month:
        return False
    earlier = [b for b in open_bills if b.month < current]
    before = current.plus(-1).last_day()
    return owed_under(plan, earlier, on=before, credit=credit).amount > 0


def owed_on(
    open_bills: Iterable[OpenBill], *, on: date, cap_months: int, credit: int, plan: Plan | None
) -> Owed:
    """Return what a family owes on a day: under its plan while no stage is missed, else plainly.

    What was above the cap when a plan began stays above it: paying stages does not bring it back.
    """
    bills = tuple(open_bills)
    if plan is None:
        return owed(bills, on=on, cap_months=cap_months, credit=credit)
    if not is_missed(plan, bills, on=on, credit=credit):
        return owed_under(plan, bills, on=on, credit=credit)
    newer = [b for b in bills if b.month >= plan.oldest_month]
    debt = owed(newer, on=on, cap_months=cap_months, credit=credit)
    older = sorted((b for b in bills if b.month < plan.oldest_month), key=lambda b: (b.month, b.id))
    return replace(debt, beyond_cap=(*older, *debt.beyond_cap))


def with_ahead(debt: Owed, *, amount: int | None, until: date | None, on: date) -> Owed:
    """Return a debt with what the family chose to pay ahead, while the choice holds.

    Not while months are behind: money paid then settles them first and would pay nothing ahead.
    """
    months = {b.month for b in arrears_of(debt, on=on)}
    behind = debt.later or debt.beyond_cap or len(months) > 1
    if amount is None or until is None or on > until or behind:
        return debt
    return replace(debt, ahead=amount)


def settle_in_part(debt: Owed, *, amount: int, on: date) -> Settlement:
    """Return what a payment does that need not pay all: the oldest months, but no cover yet.

    By the rule of cover a family is covered in the month after its last paid one. So the newest
    month of arrears and the current one wait, as credit, until they can be paid together.
    """
    whole = settle(debt, amount=amount)
    if whole.reactivates:
        return whole
    waiting = Month.of(on).plus(-1)
    paid = tuple(b for b in whole.paid if b.month < waiting)
    held = sum(b.amount for b in whole.paid if b.month >= waiting)
    return Settlement(paid, (), whole.credit + held, reactivates=False)
