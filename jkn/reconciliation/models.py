"""Statements of banks, their lines, the dated rules that explain lines, and what staff decide."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from jkn.core.db import DatedFigure, FamilyModel
from jkn.core.ids import new_id
from jkn.core.money import with_sen
from jkn.reconciliation.rules import Status


class ReconciliationFigure(DatedFigure):
    """Days of reconciliation: how far a payment may lie from its line, and when it is missed."""


class LineRule(models.Model):
    """Words by which a line explains itself, such as a bank's fee; a later row ends an earlier."""

    distribution: ClassVar[str] = "reference"

    id = models.BigIntegerField(primary_key=True, default=new_id)
    words = models.CharField(max_length=60)  # in upper case, found in the description
    is_debit = models.BooleanField()  # money out of the account
    reason = models.CharField(max_length=16)
    at_most = models.BigIntegerField()  # rupiah; 0: the rule has ended
    valid_from = models.DateField()
    basis = models.CharField(max_length=200)
    verified = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["words", "is_debit", "valid_from"], name="line_rule_once"
            ),
            models.CheckConstraint(condition=Q(at_most__gte=0), name="line_rule_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.words}: {self.reason} since {self.valid_from}"


class BankModel(models.Model):
    """A row that belongs to one bank, by the name of its program: its clearing account."""

    distribution: ClassVar[str] = "bank"

    pk = models.CompositePrimaryKey("bank", "id")
    bank = models.CharField(max_length=40)
    id = models.BigIntegerField(default=new_id)

    class Meta:
        abstract = True


class Statement(BankModel):
    """One statement of one file. The same file again finds its rows and adds nothing."""

    account = models.CharField(max_length=34)
    number = models.CharField(max_length=20, default="")
    first_day = models.DateField(null=True)  # null: a file without lines that names no day
    last_day = models.DateField(null=True)
    opening = models.BigIntegerField()  # whole rupiah, towards zero
    opening_sen = models.SmallIntegerField(default=0, db_default=0)  # what is left, same sign
    closing = models.BigIntegerField()
    closing_sen = models.SmallIntegerField(default=0, db_default=0)
    lines = models.IntegerField()  # in the file, lines seen before included
    file_digest = models.BinaryField(max_length=32)
    part = models.SmallIntegerField()  # which statement of the file
    is_loaded = models.BooleanField(default=False)  # all its lines are there
    by_account = models.BigIntegerField()
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bank", "file_digest", "part"], name="statement_once")
        ]

    def __str__(self) -> str:
        return f"{self.bank} {self.first_day} to {self.last_day}"

    @property
    def exact_closing(self) -> Decimal:
        """The closing balance as the bank says it, to the sen."""
        return with_sen(self.closing, self.closing_sen)


class StatementLine(BankModel):
    """One line: what the bank says, and how it stands in our books."""

    statement_id = models.BigIntegerField()  # the first statement that had it
    account = models.CharField(max_length=34)
    identity = models.BinaryField(max_length=32)
    day = models.DateField()
    amount = models.BigIntegerField()  # whole rupiah, towards zero; in above zero, out below
    sen = models.SmallIntegerField(default=0, db_default=0)  # what is left, same sign; not booked
    balance = models.BigIntegerField()  # after it, whole rupiah
    balance_sen = models.SmallIntegerField(default=0, db_default=0)
    reference = models.CharField(max_length=64)
    number = models.CharField(max_length=16)  # virtual account, or ""
    description = models.CharField(max_length=500)
    status = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in Status], default=Status.NEW
    )
    reason = models.CharField(max_length=16, default="")
    reason_on = models.DateField(null=True)
    note = models.CharField(max_length=200, default="")  # why, in the words of who explained it
    matched_kind = models.CharField(
        max_length=10, default=""
    )  # payment, refund, returned, transfer
    matched_group = models.BigIntegerField(null=True)
    matched_id = models.BigIntegerField(null=True)
    journal_id = models.BigIntegerField(null=True)  # in the house group: what it was booked as
    undo_id = models.BigIntegerField(null=True)  # in the house group: its money left suspense

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bank", "identity"], name="statement_line_once"),
            models.UniqueConstraint(
                fields=["bank", "matched_kind", "matched_id"], name="statement_line_one_match",
                condition=Q(matched_id__isnull=False),
            ),
            models.CheckConstraint(
                condition=~Q(amount=0) | Q(status__in=["new", "explained"]),
                name="statement_line_moves",
            ),
            models.CheckConstraint(
                condition=Q(sen=0)
                | Q(sen__gt=0, sen__lt=100, amount__gte=0)
                | Q(sen__lt=0, sen__gt=-100, amount__lte=0),
                name="statement_line_sen",
            ),
            models.CheckConstraint(
                condition=Q(sen=0) | ~Q(status="matched"), name="statement_line_whole"
            ),
            models.CheckConstraint(
                condition=Q(status="new", reason="", reason_on__isnull=True)
                | (~Q(status="new") & ~Q(reason="") & Q(reason_on__isnull=False)),
                name="statement_line_reason",
            ),
            models.CheckConstraint(
                condition=(Q(status="matched") & Q(matched_id__isnull=False))
                | (~Q(status="matched") & Q(matched_id__isnull=True)),
                name="statement_line_matched_to",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["bank", "id"], name="line_new", condition=Q(status="new")
            ),
            models.Index(
                fields=["bank", "id"], name="line_suspense", condition=Q(status="suspense")
            ),
            models.Index(
                fields=["bank", "reference"], name="line_reference", condition=~Q(reference="")
            ),
            models.Index(fields=["bank", "statement_id"], name="line_statement"),
            models.Index(fields=["bank", "account", "day", "balance"], name="line_balance"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.bank} {self.day} {self.exact}: {self.status}"

    @property
    def exact(self) -> Decimal:
        """The amount as the bank says it, to the sen."""
        return with_sen(self.amount, self.sen)

    @property
    def exact_balance(self) -> Decimal:
        """The balance after it as the bank says it, to the sen."""
        return with_sen(self.balance, self.balance_sen)


class Assignment(BankModel):
    """That a line in suspense belongs to a family: asked by one, decided by another."""

    line_id = models.BigIntegerField()
    family_id = models.BigIntegerField()
    number = models.CharField(max_length=16)  # the family's virtual account
    note = models.CharField(max_length=200)
    state = models.CharField(max_length=8, default="asked")  # asked, accepted, refused
    asked_by = models.BigIntegerField()
    asked_name = models.CharField(max_length=120)
    asked_at = models.DateTimeField(db_default=Now())
    decided_by = models.BigIntegerField(null=True)
    decided_name = models.CharField(max_length=120, default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bank", "line_id"], name="assignment_one_asked", condition=Q(state="asked")
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="assignment_two_persons",
            ),
        ]

    def __str__(self) -> str:
        return f"assignment of line {self.line_id}: {self.state}"


class Transfer(FamilyModel):
    """Money on its way from the house group to a family: its row of the outbox."""

    to_family = models.BigIntegerField()
    bank = models.CharField(max_length=40)
    line_id = models.BigIntegerField()
    number = models.CharField(max_length=16)
    reference = models.CharField(max_length=64)
    amount = models.BigIntegerField()  # rupiah
    day = models.DateField()  # as the bank says
    journal_id = models.BigIntegerField()
    arrived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["family_id", "bank", "line_id"], name="transfer_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_above_zero"),
        ]
        indexes = [
            models.Index(
                fields=["family_id", "id"], name="transfer_on_its_way",
                condition=Q(arrived_at__isnull=True),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"transfer of line {self.line_id}"
