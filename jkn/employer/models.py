"""Employers, their employees with dated wages, monthly bills with a line for each, uploads."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from jkn.core.db import DatedFigure, sealer
from jkn.core.ids import new_id
from jkn.core.month import Month
from jkn.employer.rules import BillStatus, EmployeeState, EndReason


class EmployerFigure(DatedFigure):
    """Figures of employers: up to which wage the family is in class 2."""


class Employer(models.Model):
    """A business that pays for its workers (badan usaha); its id is its ledger group."""

    distribution: ClassVar[str] = "employer_id"

    employer_id = models.BigIntegerField(primary_key=True, default=new_id)
    number = models.CharField(max_length=8)
    name = models.CharField(max_length=120)
    registered_on = models.DateField()

    def __str__(self) -> str:
        return f"employer {self.number}"


class EmployerModel(models.Model):
    """A row of one employer: its key starts with the employer."""

    distribution: ClassVar[str] = "employer_id"

    pk = models.CompositePrimaryKey("employer_id", "id")
    employer_id = models.BigIntegerField()
    id = models.BigIntegerField(default=new_id)

    class Meta:
        abstract = True


class Employee(EmployerModel):
    """Somebody who works for an employer, as the employer says."""

    nik_digest = models.BinaryField(max_length=32)  # blind index of the directory
    nik_sealed = models.BinaryField()  # place employer.employee.nik.<id>
    kk_sealed = models.BinaryField(null=True)  # place employer.employee.kk.<id>
    name = models.CharField(max_length=120)
    birth_date = models.DateField()
    started_on = models.DateField()
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(
        max_length=10, default="", choices=[(r.value, r.value) for r in EndReason]
    )
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in EmployeeState],
        default=EmployeeState.PENDING,
    )  # fmt: skip
    why = models.CharField(max_length=60, default="")  # code of what the branch has to solve
    bill_from = models.IntegerField(null=True)  # core.month index; None until enrolled
    by_account = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["employer_id", "nik_digest"], condition=Q(ended_on__isnull=True),
                name="employee_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="employee_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(state="enrolled") | Q(bill_from__isnull=False),
                name="employee_billed_once_enrolled",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["nik_digest"]),  # who else works, when a family is looked after
            models.Index(
                fields=["started_on"], condition=Q(state="pending"), name="employee_to_enrol"
            ),
        ]

    def __str__(self) -> str:
        return f"employee {self.id}"

    @property
    def nik(self) -> str:
        """The NIK (16 digits)."""
        return sealer().open(self.nik_sealed, place=f"employer.employee.nik.{self.id}")

    @property
    def kk(self) -> str:
        """The family card number, or an empty text."""
        if self.kk_sealed is None:
            return ""
        return sealer().open(self.kk_sealed, place=f"employer.employee.kk.{self.id}")


class Wage(EmployerModel):
    """What an employee earns a month, from a day on; old bills keep theirs."""

    employee_id = models.BigIntegerField()
    valid_from = models.DateField()
    monthly = models.BigIntegerField()  # rupiah
    by_account = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["employer_id", "employee_id", "valid_from"], name="wage_once_a_day"
            ),
            models.CheckConstraint(condition=Q(monthly__gt=0), name="wage_above_zero"),
        ]

    def __str__(self) -> str:
        return f"wage since {self.valid_from}"


class EmployerBill(EmployerModel):
    """What an employer hands over for one month: its 4 %, the workers' 1 % and their extra 1 %."""

    month = models.IntegerField()  # core.month index
    persons = models.IntegerField()
    employer_part = models.BigIntegerField()  # rupiah
    worker_part = models.BigIntegerField()  # rupiah
    extra_part = models.BigIntegerField(db_default=0)  # rupiah: extra family, paid by workers
    amount = models.BigIntegerField()  # rupiah
    basis = models.CharField(max_length=200)
    due_on = models.DateField()
    status = models.CharField(
        max_length=4, choices=[(s.value, s.value) for s in BillStatus], default=BillStatus.OPEN
    )
    payment_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["employer_id", "month"], name="employer_bill_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0)
                & Q(amount=F("employer_part") + F("worker_part") + F("extra_part")),
                name="employer_bill_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(status="paid", payment_id__isnull=False)
                | Q(status="open", payment_id__isnull=True),
                name="employer_bill_paid_by",
            ),
        ]

    def __str__(self) -> str:
        return f"bill of {self.month}: {self.amount}"

    @property
    def first_day(self) -> date:
        """The first day of its month."""
        return Month.at(self.month).first_day()


class BillLine(EmployerModel):
    """One employee's month on a bill, at the wage and figures that it was made with."""

    bill_id = models.BigIntegerField()
    employee_id = models.BigIntegerField()
    month = models.IntegerField()  # core.month index; a late one may stand on the next bill
    wage = models.BigIntegerField()  # rupiah
    base = models.BigIntegerField()  # rupiah: the wage between floor and ceiling
    employer_part = models.BigIntegerField()  # rupiah
    worker_part = models.BigIntegerField()  # rupiah
    extras = models.IntegerField(db_default=0)  # how many of extra family
    extra_part = models.BigIntegerField(db_default=0)  # rupiah for all of them, paid by the worker

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["employer_id", "employee_id", "month"], name="bill_line_once"
            ),
            models.CheckConstraint(
                condition=Q(base__gt=0) & Q(employer_part__gte=0) & Q(worker_part__gte=0),
                name="bill_line_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(extras=0, extra_part=0) | Q(extras__gt=0, extra_part__gte=0),
                name="bill_line_extras",
            ),
        ]
        indexes = [models.Index(fields=["employer_id", "bill_id", "id"])]

    def __str__(self) -> str:
        return f"line of {self.month}"

    @property
    def first_day(self) -> date:
        """The first day of its month."""
        return Month.at(self.month).first_day()


class Extra(EmployerModel):
    """Somebody of a worker's family for whom the worker pays 1 % more of the wage (tambahan).

    Whom it is for lies with the family; an employer is told how many there are, and since when.
    """

    employee_id = models.BigIntegerField()
    family_id = models.BigIntegerField()
    member_id = models.BigIntegerField()
    worker_id = models.BigIntegerField()  # the person's id of who pays
    from_month = models.IntegerField()  # core.month index: the first month that is billed
    until_month = models.IntegerField(null=True)  # the last one; before `from_month`: never begun
    consent = models.CharField(max_length=20)  # version of the text agreed to
    by_account = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["employer_id", "member_id"], condition=Q(until_month__isnull=True),
                name="extra_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["employer_id", "employee_id"]),  # each line of a bill counts them
            models.Index(fields=["family_id"]),  # the worker's own page
            models.Index(
                fields=["employer_id"], condition=Q(until_month__isnull=True), name="extra_open"
            ),
        ]

    def __str__(self) -> str:
        return f"extra since {self.from_month}"

    @property
    def first_day(self) -> date:
        """The first day of the first month."""
        return Month.at(self.from_month).first_day()

    @property
    def last_day(self) -> date | None:
        """The last day of the last month, once it is known."""
        return None if self.until_month is None else Month.at(self.until_month).last_day()


class Upload(EmployerModel):
    """A file of employees that was read and waits to be confirmed; forgotten after that."""

    sealed = models.BinaryField(null=True)  # compressed rows; place employer.upload.<id>
    rows = models.IntegerField()
    added = models.IntegerField()
    changed = models.IntegerField()
    state = models.CharField(max_length=9, default="preview")  # preview, confirmed
    by_account = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"upload of {self.rows} rows: {self.state}"
