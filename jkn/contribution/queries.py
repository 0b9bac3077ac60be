"""Reads of contribution: what a family owes, has paid, and where it can pay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from django.contrib.postgres.aggregates import JSONBAgg
from django.core.cache import caches
from django.db.models import (
    BigIntegerField,
    Case,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, JSONObject

from jkn.account.directory import whose_many
from jkn.contribution.models import (
    AheadChoice,
    Bank,
    Bill,
    ContributionFigure,
    InstalmentPlan,
    Payment,
    Posting,
    Tariff,
    VirtualAccount,
)
from jkn.contribution.rules import BillStatus, Chart, OpenBill, Owed, classes_on
from jkn.contribution.rules import Tariff as TariffRule
from jkn.contribution.stages import Plan, PlanStatus, is_missed, owed_on, with_ahead
from jkn.core.db import Prepared
from jkn.core.errors import NotFound
from jkn.core.figures import Figure, figure_on
from jkn.core.month import Month
from jkn.membership.models import Family, Member, StatusChange
from jkn.membership.queries import FAMILY_COLUMNS, FamilyView, family_view_of, members_as_json
from jkn.membership.rules import Event, Status

_REMEMBERED_SECONDS = 60
_BILLED = (Status.ACTIVE, Status.SUSPENDED_ARREARS, Status.CANDIDATE)


def _remembered(key: str, read: Any) -> Any:
    cache = caches["memory"]
    value = cache.get(key)
    if value is None:
        value = read()
        cache.set(key, value, _REMEMBERED_SECONDS)
    return value


def figures() -> tuple[Figure, ...]:
    """Return every dated figure of contribution, remembered for a minute."""
    rows = _remembered(
        "contribution.figures", lambda: [f.as_figure() for f in ContributionFigure.objects.all()]
    )
    return tuple(rows)


def figure(name: str, *, on: date) -> Figure:
    """Return one figure in force on a day; raises `MissingFigure`."""
    return figure_on(figures(), name, on=on)


def tariffs() -> tuple[TariffRule, ...]:
    """Return every tariff, remembered for a minute."""
    rows = _remembered("contribution.tariffs", lambda: [t.as_rule() for t in Tariff.objects.all()])
    return tuple(rows)


def care_classes(*, segment: str, on: date) -> tuple[str, ...]:
    """Return the classes of care that have a price for a segment on a day."""
    return classes_on(tariffs(), segment=segment, on=on)


@dataclass(frozen=True, slots=True)
class BankFacts:
    """A bank at which a family can pay, with its prefix of five digits."""

    code: str
    name: str
    prefix: str


def banks() -> tuple[BankFacts, ...]:
    """Return the banks in the order in which pages show them, remembered for a minute."""
    rows = _remembered(
        "contribution.banks",
        lambda: [BankFacts(b.code, b.name, b.prefix) for b in Bank.objects.order_by("position")],
    )
    return tuple(rows)


class BillRow(msgspec.Struct, frozen=True):
    """One open bill as the database's JSON gives it."""

    id: int
    month: int
    amount: int
    persons: int
    per_person: int
    due_on: date
    basis: str
    member_id: int | None = None


@dataclass(frozen=True, slots=True)
class FamilyBills:
    """A family with what it owes on a day."""

    family: FamilyView
    bills: tuple[BillRow, ...]  # open ones, oldest first
    debt: Owed
    plan: Plan | None  # of instalments, while it runs and no stage is missed
    ahead_months: int  # chosen to be paid ahead with the next payment


class PlanRow(msgspec.Struct, frozen=True):
    """The running plan as the database's JSON gives it."""

    arrears: int
    stages: int
    first_month: int
    oldest_month: int


class AheadRow(msgspec.Struct, frozen=True):
    """What the family chose to pay ahead, as the database's JSON gives it."""

    months: int
    amount: int
    until: date


_ahead_rows = msgspec.json.Decoder(list[AheadRow])
_plan_rows = msgspec.json.Decoder(list[PlanRow])
_bill_rows = msgspec.json.Decoder(list[BillRow])


def _open_bills_json() -> Any:
    fields = ("id", "month", "amount", "persons", "per_person", "due_on", "basis", "member_id")
    rows = (
        Bill.objects.filter(family_id=OuterRef("family_id"), status=BillStatus.OPEN.value)
        .order_by()
        .values("family_id")
        .annotate(all=JSONBAgg(JSONObject(**{f: f for f in fields})))
        .values("all")
    )
    return Cast(Subquery(rows), TextField())


def _plan_json() -> Any:
    fields = ("arrears", "stages", "first_month", "oldest_month")
    rows = (
        InstalmentPlan.objects.filter(
            family_id=OuterRef("family_id"), status=PlanStatus.ACTIVE.value
        )
        .order_by()
        .values("family_id")
        .annotate(all=JSONBAgg(JSONObject(**{f: f for f in fields})))
        .values("all")
    )
    return Cast(Subquery(rows), TextField())


def _ahead_json() -> Any:
    rows = (
        AheadChoice.objects.filter(family_id=OuterRef("family_id"))
        .order_by()
        .values("family_id")
        .annotate(all=JSONBAgg(JSONObject(months="months", amount="amount", until="until")))
        .values("all")
    )
    return Cast(Subquery(rows), TextField())


def _credit() -> Any:
    sign = Case(
        When(credit=Chart.CREDIT.value, then=F("amount")),
        default=-F("amount"),
        output_field=BigIntegerField(),
    )
    rows = (
        Posting.objects.filter(family_id=OuterRef("family_id"))
        .filter(Q(debit=Chart.CREDIT.value) | Q(credit=Chart.CREDIT.value))
        .order_by()
        .values("family_id")
        .annotate(sum=Sum(sign))
        .values("sum")
    )
    return Coalesce(Subquery(rows), Value(0), output_field=BigIntegerField())


def family_rows(family_id: int) -> QuerySet[Family, Any]:
    """Return the queryset behind `family_bills`: one family, one statement."""
    return (
        Family.objects.filter(family_id=family_id)
        .annotate(
            members_json=members_as_json(),
            bills_json=_open_bills_json(),
            credit=_credit(),
            plan_json=_plan_json(),
            ahead_json=_ahead_json(),
        )
        .values_list(
            *FAMILY_COLUMNS, "members_json", "bills_json", "credit", "plan_json", "ahead_json"
        )
    )


_prepared = Prepared(family_rows, {"family_id": 2**62 + 4711})


def family_bills(family_id: int, *, on: date) -> FamilyBills:
    """Return a family with its members and what it owes on a day: one statement.

    Raises `NotFound`.
    """
    rows = _prepared.rows(family_id=family_id)
    if not rows:
        raise NotFound
    *family, bills_json, credit, plan_json, ahead_json = rows[0]
    bills = sorted(_bill_rows.decode(bills_json or "[]"), key=lambda b: (b.month, b.id))
    still_open = [OpenBill(b.id, Month.at(b.month), b.amount) for b in bills]
    plan = _plan_of_json(plan_json)
    missed = plan is not None and is_missed(plan, still_open, on=on, credit=int(credit))
    debt = owed_on(
        still_open, on=on, cap_months=figure("arrears_cap_months", on=on).value,
        credit=int(credit), plan=plan,
    )  # fmt: skip
    chosen = _ahead_rows.decode(ahead_json or "[]")
    for choice in chosen:
        debt = with_ahead(debt, amount=choice.amount, until=choice.until, on=on)
    return FamilyBills(
        family=family_view_of(tuple(family), on=on),
        bills=tuple(bills),
        debt=debt,
        plan=None if missed else plan,
        ahead_months=chosen[0].months if debt.ahead else 0,
    )


def _plan_of_json(text: str | None) -> Plan | None:
    for row in _plan_rows.decode(text or "[]"):
        return Plan(row.arrears, row.stages, Month.at(row.first_month), Month.at(row.oldest_month))
    return None


def plan_of(family_id: int) -> InstalmentPlan | None:
    """Return the family's newest plan of instalments, running or ended, or None."""
    return InstalmentPlan.objects.filter(family_id=family_id).order_by("-id").first()


def plan_by_id(family_id: int, plan_id: int) -> InstalmentPlan:
    """Return one plan of the family; raises `NotFound` for any other id."""
    plan = InstalmentPlan.objects.filter(family_id=family_id, id=plan_id).first()
    if plan is None:
        raise NotFound
    return plan


def bill_of(family_id: int, bill_id: int) -> Bill:
    """Return one bill of the family; raises `NotFound` for any other id."""
    bill = Bill.objects.filter(family_id=family_id, id=bill_id).first()
    if bill is None:
        raise NotFound
    return bill


def bills_of(family_id: int, *, at_most: int = 120) -> list[Bill]:
    """Return the family's bills, newest month first."""
    return list(Bill.objects.filter(family_id=family_id).order_by("-month")[:at_most])


def payments_of(family_id: int, *, at_most: int = 120) -> list[Payment]:
    """Return the family's payments, newest first."""
    return list(Payment.objects.filter(family_id=family_id).order_by("-id")[:at_most])


def payment_of(family_id: int, payment_id: int) -> Payment:
    """Return one payment of the family; raises `NotFound` for any other id."""
    payment = Payment.objects.filter(family_id=family_id, id=payment_id).first()
    if payment is None:
        raise NotFound
    return payment


def payment_by_request(partner_id: int, request_id: str) -> Payment | None:
    """Return the payment that a bank's request made, or None."""
    key = ("payment", f"{partner_id}:{request_id}")
    whose = whose_many([key]).get(key)
    return payment_of(whose.family_id, whose.member_id) if whose else None


def bill_of_month(family_id: int, month: Month) -> tuple[Bill | None, Payment | None]:
    """Return the family's bill of one month and the payment that paid it, where there are any.

    Its own bill before that of a newborn who joined when the month was billed.
    """
    rows = Bill.objects.filter(family_id=family_id, month=month.index)
    bill = rows.order_by(F("member_id").asc(nulls_first=True), "id").first()
    if bill is None or bill.payment_id is None:
        return bill, None
    return bill, Payment.objects.filter(family_id=family_id, id=bill.payment_id).first()


def is_counted(bill: Bill, member: Member) -> bool:
    """Whether a bill counts a member: their own, or by the status that they had when it was made.

    Ids grow with time. Who has no status as old as the bill joined after it was made. A first bill,
    older than any cover, is made anew for who joins before it is paid (`refit_first_bill`).
    """
    if bill.member_id is not None:
        return bill.member_id == member.id
    changes = StatusChange.objects.filter(family_id=bill.family_id).order_by("id")
    first_paid = changes.filter(event=Event.FIRST_PAID.value).first()
    is_first = not changes.filter(id__lt=bill.id, status=Status.ACTIVE.value).exists()
    made = first_paid.id if first_paid and is_first else bill.id
    before = changes.filter(member_id=member.id, id__lt=made).last()
    return before is not None and before.status in _BILLED


def last_billed_month(family_id: int) -> Month | None:
    """Return the newest month for which the family has a bill of its own."""
    rows = Bill.objects.filter(family_id=family_id, member_id__isnull=True)
    newest = rows.order_by("-month").values_list("month", flat=True).first()
    return None if newest is None else Month.at(newest)


def bills_of_year(family_id: int, year: int) -> list[Bill]:
    """Return the family's bills of the months of one year, oldest first."""
    months = (Month(year, 1).index, Month(year, 12).index)
    rows = Bill.objects.filter(family_id=family_id, month__range=months)
    return list(rows.order_by("month", "id"))


def payments_of_year(family_id: int, year: int) -> list[Payment]:
    """Return the family's payments that were posted in one year, oldest first."""
    rows = Payment.objects.filter(family_id=family_id, day__year=year)
    return list(rows.order_by("id"))


def bills_paid_by(family_id: int, payment_id: int) -> list[Bill]:
    """Return the bills that a payment of the family paid, oldest first."""
    rows = Bill.objects.filter(family_id=family_id, payment_id=payment_id)
    return list(rows.order_by("month", "id"))


def virtual_accounts_of(family_id: int) -> dict[str, str]:
    """Return the family's virtual account number at each bank, bank code → 16 digits."""
    rows = VirtualAccount.objects.filter(family_id=family_id)
    numbers = dict(rows.values_list("prefix", "number"))
    return {b.code: numbers[b.prefix] for b in banks() if b.prefix in numbers}


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One posting of a family's journal."""

    journal_id: int
    kind: str
    day: date
    debit: str
    credit: str
    amount: int
    bill_id: int | None
    payment_id: int | None


def statement_of(family_id: int) -> list[StatementLine]:
    """Return the family's whole journal, oldest first: enough to rebuild every balance."""
    rows = (
        Posting.objects.filter(family_id=family_id)
        .order_by("journal_id", "id")
        .values_list(
            "journal_id", "journal__kind", "journal__day", "debit", "credit", "amount",
            "bill_id", "journal__payment_id",
        )
    )  # fmt: skip
    return [StatementLine(*row) for row in rows]
