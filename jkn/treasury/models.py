"""Refunds of credit with who did what; rollups of the ledger; who closed a month."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from jkn.core.db import DatedFigure, FamilyModel
from jkn.core.month import Month
from jkn.treasury.rules import OPEN, RefundState

_AFTER_TWO = [RefundState.APPROVED.value, RefundState.PAID.value, RefundState.RETURNED.value]


class TreasuryFigure(DatedFigure):
    """Figures of the money office: the days in which a refund is paid out."""


class Refund(FamilyModel):
    """Credit on its way back to a family; its money is set aside while it is open."""

    amount = models.BigIntegerField()  # rupiah
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in RefundState],
        default=RefundState.REQUESTED,
    )
    account_sealed = models.BinaryField()  # JSON of bank, number, holder; place `account_place`
    asked_on = models.DateField()  # the field's day
    asked_at = models.DateTimeField(db_default=Now())
    due_on = models.DateField()  # by when it is to be paid out
    basis = models.CharField(max_length=200)
    asked_by = models.BigIntegerField()
    asked_name = models.CharField(max_length=120)
    proposed_by = models.BigIntegerField(null=True)
    proposed_name = models.CharField(max_length=120, default="")
    proposed_at = models.DateTimeField(null=True)
    proposed_reason = models.CharField(max_length=200, default="")
    decided_by = models.BigIntegerField(null=True)
    decided_name = models.CharField(max_length=120, default="")
    decided_at = models.DateTimeField(null=True)
    decided_reason = models.CharField(max_length=200, default="")
    bank = models.CharField(max_length=40, default="")  # whose clearing account paid
    bank_reference = models.CharField(max_length=64, default="")
    paid_on = models.DateField(null=True)
    paid_at = models.DateTimeField(null=True)
    returned_on = models.DateField(null=True)
    returned_at = models.DateTimeField(null=True)
    returned_reason = models.CharField(max_length=200, default="")
    held_journal_id = models.BigIntegerField()
    paid_journal_id = models.BigIntegerField(null=True)
    back_journal_id = models.BigIntegerField(null=True)  # gave the money back to the credit

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_above_zero"),
            models.CheckConstraint(
                condition=~Q(state__in=_AFTER_TWO)
                | (
                    Q(proposed_by__isnull=False, decided_by__isnull=False)
                    & ~Q(decided_by=F("proposed_by"))
                    & ~Q(decided_by=F("asked_by"))
                ),
                name="refund_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(state="paid")
                | (Q(paid_journal_id__isnull=False) & ~Q(bank="") & ~Q(bank_reference="")),
                name="refund_paid_by_a_bank",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["refused", "returned"], back_journal_id__isnull=False)
                | (~Q(state__in=["refused", "returned"]) & Q(back_journal_id__isnull=True)),
                name="refund_back_is_booked",
            ),
            models.UniqueConstraint(
                fields=["family_id"],
                condition=Q(state__in=[s.value for s in OPEN]),
                name="refund_one_runs",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                name="refund_waiting",
                condition=Q(state__in=[s.value for s in OPEN]),
            )
        ]

    def __str__(self) -> str:
        return f"refund {self.id}: {self.state}"


class MonthTotal(models.Model):
    """What one account was debited and credited in one month: a rollup of all postings."""

    distribution: ClassVar[str] = "local"

    pk = models.CompositePrimaryKey("month", "account")
    month = models.IntegerField()  # core.month index
    account = models.CharField(max_length=60)
    debit = models.BigIntegerField()  # rupiah
    credit = models.BigIntegerField()  # rupiah
    at = models.DateTimeField()  # when it was last added up

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(debit__gte=0) & Q(credit__gte=0), name="month_total_not_negative"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} in {Month.at(self.month)}"


class MonthClose(models.Model):
    """The closing of a month (and of all open ones before it): proposed by one, closed by another."""

    distribution: ClassVar[str] = "local"

    month = models.IntegerField(primary_key=True)  # core.month index
    total = models.BigIntegerField()  # rupiah debited in the month, as it was proposed
    proposed_by = models.BigIntegerField()
    proposed_name = models.CharField(max_length=120)
    proposed_at = models.DateTimeField(db_default=Now())
    closed_by = models.BigIntegerField(null=True)
    closed_name = models.CharField(max_length=120, default="")
    closed_at = models.DateTimeField(null=True)
    rolled_at = models.DateTimeField(null=True)  # added up a last time after the closing

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | (
                    Q(closed_at__isnull=False, closed_by__isnull=False)
                    & ~Q(closed_by=F("proposed_by"))
                ),
                name="month_closed_by_two",
            )
        ]

    def __str__(self) -> str:
        return f"close of {Month.at(self.month)}"
