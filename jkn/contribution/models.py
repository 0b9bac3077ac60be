"""Tariffs, bills, virtual accounts, payments and the double-entry ledger of each family."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from jkn.contribution.debits import DebitStatus, MandateStatus
from jkn.contribution.rules import BillStatus
from jkn.contribution.rules import Tariff as TariffRule
from jkn.contribution.stages import Plan, PlanStatus
from jkn.contribution.writeoffs import BatchStatus, Ground
from jkn.core.db import DatedFigure, FamilyModel, sealer, within
from jkn.core.ids import new_id
from jkn.core.month import Month


class ContributionFigure(DatedFigure):
    """Figures of contribution: cap of arrears, due day, waiting and lapse days."""


class Tariff(models.Model):
    """What one person pays a month, from a day on, with the legal basis."""

    distribution: ClassVar[str] = "reference"

    id = models.BigIntegerField(primary_key=True, default=new_id)
    segment = models.CharField(max_length=10)
    care_class = models.CharField(max_length=8)
    valid_from = models.DateField()
    monthly = models.BigIntegerField()  # rupiah a person
    government = models.BigIntegerField()  # rupiah a person, paid by the government beside it
    basis = models.CharField(max_length=200)
    verified = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "care_class", "valid_from"], name="tariff_once"
            ),
            models.CheckConstraint(
                condition=Q(monthly__gte=0) & Q(government__gte=0), name="tariff_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.segment} {self.care_class} since {self.valid_from}: {self.monthly}"

    def as_rule(self) -> TariffRule:
        """Return the row as the plain value that rules take."""
        return TariffRule(
            self.segment, self.care_class, self.valid_from, self.monthly, self.government,
            self.basis, self.verified,
        )  # fmt: skip


class Bank(models.Model):
    """A bank that takes payments to virtual accounts, with its prefix of five digits."""

    distribution: ClassVar[str] = "reference"

    code = models.CharField(max_length=10, primary_key=True)
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=5)
    position = models.SmallIntegerField()

    def __str__(self) -> str:
        return self.code


class VirtualAccount(FamilyModel):
    """A family's number at the banks of one prefix; unique through the directory."""

    prefix = models.CharField(max_length=5)
    number = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["family_id", "prefix"], name="va_once_a_prefix")
        ]

    def __str__(self) -> str:
        return f"virtual account {self.id}"


class Bill(FamilyModel):
    """One family's contribution for one month (tagihan), at the tariff it was made with."""

    month = models.IntegerField()  # core.month index
    persons = models.SmallIntegerField()
    care_class = models.CharField(max_length=8)
    per_person = models.BigIntegerField()  # rupiah
    amount = models.BigIntegerField()  # rupiah
    basis = models.CharField(max_length=200)
    due_on = models.DateField()
    status = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in BillStatus], default=BillStatus.OPEN
    )
    payment_id = models.BigIntegerField(null=True)
    # Whom a bill beside the family's own is for: a newborn who joined when the month was billed.
    member_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["family_id", "month", "member_id"],
                name="bill_once_a_month",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="bill_above_zero"),
            models.CheckConstraint(
                condition=Q(amount=F("per_person") * F("persons")), name="bill_adds_up"
            ),
            models.CheckConstraint(
                condition=(Q(status="paid") & Q(payment_id__isnull=False))
                | (~Q(status="paid") & Q(payment_id__isnull=True)),
                name="bill_paid_by_a_payment",
            ),
        ]

    def __str__(self) -> str:
        return f"bill {self.id}"


class Payment(FamilyModel):
    """Money received for a family. Rows are never changed."""

    partner_id = models.BigIntegerField()
    bank = models.CharField(max_length=40)  # the partner's name: its clearing account
    request_id = models.CharField(max_length=128)  # SNAP paymentRequestId
    reference = models.CharField(max_length=64)  # the bank's referenceNo
    number = models.CharField(max_length=16)  # virtual account that was paid
    amount = models.BigIntegerField()  # rupiah
    credited = models.BigIntegerField(default=0)  # rupiah of it that became credit
    months = models.SmallIntegerField(default=0)  # bills that it paid
    day = models.DateField()  # the field's day on which it was posted
    paid_at = models.DateTimeField()  # as the bank says
    received_at = models.DateTimeField(db_default=Now())
    receipt = models.CharField(max_length=24)  # number of the receipt, for people

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["family_id", "partner_id", "request_id"], name="payment_request_once"
            ),
            models.UniqueConstraint(
                fields=["family_id", "partner_id", "reference"], name="payment_reference_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_above_zero"),
            models.CheckConstraint(
                condition=Q(credited__gte=0) & Q(credited__lte=F("amount")),
                name="payment_credit_within",
            ),
        ]

    def __str__(self) -> str:
        return f"payment {self.id}"


class Quote(FamilyModel):
    """What we told a bank that is owed, for one inquiry; good for 24 hours."""

    partner_id = models.BigIntegerField()
    request_id = models.CharField(max_length=128)
    amount = models.BigIntegerField()  # rupiah
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["family_id", "partner_id", "request_id"], name="quote_once"
            )
        ]

    def __str__(self) -> str:
        return f"quote {self.amount}"


class Journal(FamilyModel):
    """One event of money in a ledger group; its lines are postings."""

    kind = models.CharField(max_length=12)  # billed, paid, credit
    day = models.DateField()
    payment_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"


class Posting(FamilyModel):
    """One line: `amount` rupiah from the credited to the debited account. Never changed."""

    journal_id = models.BigIntegerField()
    journal = within(Journal, "journal_id", "postings")
    debit = models.CharField(max_length=60)
    credit = models.CharField(max_length=60)
    amount = models.BigIntegerField()  # rupiah
    bill_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="posting_above_zero"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="posting_two_accounts"),
        ]

    def __str__(self) -> str:
        return f"{self.debit} ← {self.credit}: {self.amount}"


class ClosedMonth(models.Model):
    """A month whose books are closed, with every month before it; a trigger refuses postings.

    Rows are never changed: a closed month is corrected by new journals of an open day.
    """

    distribution: ClassVar[str] = "reference"

    month = models.IntegerField(primary_key=True)  # core.month index
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"closed up to {Month.at(self.month)}"


class InstalmentPlan(FamilyModel):
    """A family's plan to pay its arrears in stages; at most one runs at a time."""

    arrears = models.BigIntegerField()  # rupiah that are split
    stages = models.SmallIntegerField()
    first_month = models.IntegerField()  # core.month index of the first stage
    oldest_month = models.IntegerField()  # core.month index of the oldest month that it covers
    status = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in PlanStatus], default=PlanStatus.ACTIVE
    )
    registered_on = models.DateField()
    ended_on = models.DateField(null=True)
    by_account = models.BigIntegerField()
    basis = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["family_id"], condition=Q(status="active"), name="plan_one_runs"
            ),
            models.CheckConstraint(
                condition=Q(arrears__gte=0) & Q(stages__gte=2), name="plan_in_parts"
            ),
            models.CheckConstraint(
                condition=Q(status="active", ended_on__isnull=True)
                | (~Q(status="active") & Q(ended_on__isnull=False)),
                name="plan_ended_on",
            ),
        ]

    def __str__(self) -> str:
        return f"plan {self.id}: {self.status}"

    def as_rule(self) -> Plan:
        """Return the row as the plain value that rules take."""
        return Plan(
            self.arrears, self.stages, Month.at(self.first_month), Month.at(self.oldest_month)
        )


class AheadChoice(FamilyModel):
    """How many months a family wants to pay ahead with its next payment; one at a time."""

    months = models.SmallIntegerField()
    amount = models.BigIntegerField()  # rupiah, at today's tariff
    until = models.DateField()  # last day on which a bank asks for it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["family_id"], name="ahead_one_choice"),
            models.CheckConstraint(
                condition=Q(months__gt=0) & Q(amount__gt=0), name="ahead_above_zero"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.months} months ahead"


class Reminded(FamilyModel):
    """That one reminder of one bill went out: each kind once."""

    bill_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["family_id", "bill_id", "kind"], name="reminded_once_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of bill {self.bill_id}"


class Mandate(FamilyModel):
    """A family's leave to debit a bank account (bayar otomatis); at most one lives at a time."""

    bank = models.CharField(max_length=10)
    day = models.SmallIntegerField()  # of the month
    holder = models.CharField(max_length=60)
    account_sealed = models.BinaryField()  # place contribution.mandate.account.<id>
    status = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in MandateStatus],
        default=MandateStatus.PENDING.value,
    )  # fmt: skip
    reason = models.CharField(max_length=20, default="")  # why it is suspended or ended
    confirm_url = models.CharField(max_length=300, default="")  # the bank's page to agree on
    is_known = models.BooleanField(default=False)  # to the bank
    is_closed = models.BooleanField(default=False)  # the bank knows that it ended
    is_retry = models.BooleanField(default=False)  # the last debit failed: the next dated day
    noticed_for = models.DateField(null=True)  # the last dated day that the family was told of
    by_account = models.BigIntegerField()
    asked_on = models.DateField()
    active_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["family_id"], condition=~Q(status="ended"), name="mandate_one_lives"
            ),
            models.CheckConstraint(
                condition=Q(status="ended", ended_on__isnull=False)
                | (~Q(status="ended") & Q(ended_on__isnull=True)),
                name="mandate_ended_on",
            ),
        ]
        indexes = [
            # What the five-minute job asks the bank about; the daily run reads active ones.
            models.Index(fields=["status", "family_id"], name="mandate_by_status"),
        ]

    def __str__(self) -> str:
        return f"mandate {self.id}: {self.status}"

    def account(self) -> str:
        """Return the account number; only the bank is told it."""
        return sealer().open(self.account_sealed, place=account_place(self.id))


def account_place(mandate_id: int) -> str:
    """Return where a mandate's account number is sealed for."""
    return f"contribution.mandate.account.{mandate_id}"


class Debit(FamilyModel):
    """One attempt to debit on one dated day; its id is the bank's idempotency key."""

    mandate_id = models.BigIntegerField()
    mandate = within(Mandate, "mandate_id", "debits")
    dated_on = models.DateField()
    status = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in DebitStatus],
        default=DebitStatus.PLANNED.value,
    )  # fmt: skip
    amount = models.BigIntegerField(null=True)  # rupiah, from the moment it is sent
    reason = models.CharField(max_length=20, default="")
    payment_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["family_id", "mandate_id", "dated_on"], name="debit_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["family_id"], condition=Q(status__in=["planned", "sent"]),
                name="debit_one_runs",
            ),
            models.CheckConstraint(
                condition=(Q(status="paid") & Q(payment_id__isnull=False))
                | (~Q(status="paid") & Q(payment_id__isnull=True)),
                name="debit_paid_by_a_payment",
            ),
            models.CheckConstraint(
                condition=~Q(status="sent") | Q(amount__gt=0), name="debit_sent_amount"
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["status", "family_id"], name="debit_by_status")]

    def __str__(self) -> str:
        return f"debit {self.id}: {self.status}"


class AmnestyBatch(models.Model):
    """A list of debts to be written off: proposed by one person, decided by another."""

    distribution: ClassVar[str] = "local"

    id = models.BigIntegerField(primary_key=True, default=new_id)
    basis = models.CharField(max_length=200)  # the legal basis, as the figure said that day
    dated_on = models.DateField()
    status = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in BatchStatus],
        default=BatchStatus.PROPOSED.value,
    )  # fmt: skip
    rows = models.IntegerField()
    proposed_by = models.BigIntegerField()
    proposer = models.CharField(max_length=120)
    decided_by = models.BigIntegerField(null=True)
    decider = models.CharField(max_length=120, default="")
    decided_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="amnesty_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(status="proposed", decided_by__isnull=True)
                | (~Q(status="proposed") & Q(decided_by__isnull=False)),
                name="amnesty_decided_by",
            ),
        ]

    def __str__(self) -> str:
        return f"amnesty {self.id}: {self.status}"


class AmnestyLine(FamilyModel):
    """One debt of a batch, with its ground; `done_on` where it was carried out."""

    batch_id = models.BigIntegerField()
    ground = models.CharField(max_length=16, choices=[(g.value, g.value) for g in Ground])
    done_on = models.DateField(null=True)
    months = models.SmallIntegerField(default=0)
    amount = models.BigIntegerField(default=0)  # rupiah that were written off

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["family_id", "batch_id"], name="amnesty_once_a_batch")
        ]
        indexes = [models.Index(fields=["batch_id"], name="amnesty_lines")]

    def __str__(self) -> str:
        return f"{self.ground} of amnesty {self.batch_id}"
