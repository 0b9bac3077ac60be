"""Families, their members, and every change of status as a dated row."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from jkn.core.db import DatedFigure, FamilyModel, sealer, within
from jkn.core.ids import new_id
from jkn.core.month import Month
from jkn.membership.choosing import Registered
from jkn.membership.rules import Cover, Extra, Relation, Segment, Status
from jkn.membership.terms import class_on


def _choices(values: type[Segment] | type[Status] | type[Relation]) -> list[tuple[str, str]]:
    return [(v.value, v.value) for v in values]


def extra_of(begins: date | None, until: date | None, month: int | None) -> Extra | None:
    """Return the days and paid months as extra family that a row holds, or None."""
    if begins is None or month is None:
        return None
    return Extra(begins, until, Month.at(month))


class MembershipFigure(DatedFigure):
    """Figures of membership: days for a newborn, ages of children, waits and guarantees."""


class Family(models.Model):
    """The people billed together (keluarga). The KK number is an attribute, not the key."""

    distribution: ClassVar[str] = "family_id"

    family_id = models.BigIntegerField(primary_key=True, default=new_id)
    kk_sealed = models.BinaryField()  # place membership.family.kk.<family_id>
    segment = models.CharField(max_length=10, choices=_choices(Segment))
    care_class = models.CharField(max_length=8)  # kelas rawat: 1, 2, 3; KRIS by data alone
    village = models.CharField(max_length=13)  # kelurahan code, 32.75.xx.xxxx
    registered_on = models.DateField()
    pay_from = models.DateField(null=True)  # registration: first day of payment
    pay_by = models.DateField(null=True)  # registration: last day of payment
    paid_month = models.IntegerField(null=True)  # core.month index of the last paid month
    # Index of the first month that is billed again, after a time in which nobody of it was billed.
    billed_from = models.IntegerField(null=True)
    consent = models.CharField(max_length=20, default="")  # version of the text agreed to
    class_since = models.DateField(null=True)  # None: since the registration
    next_class = models.CharField(max_length=8, default="", db_default="")
    next_class_from = models.DateField(null=True)  # first day of the next class
    # Workers: the class by a job of which no employer tells us; "": none; None: nobody has asked.
    unlisted_class = models.CharField(max_length=8, null=True)  # noqa: DJ001
    guarantee_until = models.DateField(null=True)  # last day of the guarantee after a layoff (PHK)
    corps = models.CharField(max_length=5, default="", db_default="")  # tni, polri: FKTP assigned

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(segment__in=[s.value for s in Segment]), name="family_segment"
            ),
        ]
        indexes = [
            models.Index(
                fields=["family_id"], name="family_raised", condition=models.Q(unlisted_class__gt="")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"family {self.family_id}"

    @property
    def kk(self) -> str:
        """The family card number (16 digits)."""
        return sealer().open(self.kk_sealed, place=f"membership.family.kk.{self.family_id}")

    @property
    def paid_until(self) -> Month | None:
        """The last month that is paid."""
        return None if self.paid_month is None else Month.at(self.paid_month)

    def class_on(self, day: date) -> str:
        """Return the class of care on a day."""
        return class_on(
            self.care_class, following=self.next_class, begins=self.next_class_from, on=day
        )


class Member(FamilyModel):
    """One person in one family (peserta).

    `id` is the person's: it stays the same when they move to another family, where they get a
    row of their own under that family's key. Accounts, consent and grants hold it as person_id.
    """

    name = models.CharField(max_length=120)
    nik_sealed = models.BinaryField()  # place membership.member.nik.<id>
    has_nik = models.BooleanField(db_default=True)  # a baby gets one with the family card
    card_sealed = models.BinaryField()  # place membership.member.card.<id>
    birth_date = models.DateField()
    sex = models.CharField(max_length=1)  # f, m
    relation = models.CharField(max_length=8, choices=_choices(Relation))
    status = models.CharField(max_length=20, choices=_choices(Status))  # copy of the last change
    facility_id = models.CharField(max_length=12)  # FKTP
    facility_since = models.DateField(null=True)  # None: since the registration
    next_facility_id = models.CharField(max_length=12, default="", db_default="")
    next_facility_from = models.DateField(null=True)  # first day at the next FKTP
    since = models.DateField()
    student_until = models.DateField(null=True)  # proof of study of a worker's child
    is_disabled = models.BooleanField(db_default=False)  # a worker's child without limit of age
    extra_from = models.DateField(null=True)  # first day as extra family that the worker pays for
    extra_until = models.DateField(null=True)  # last day of it
    extra_month = models.IntegerField(null=True)  # core.month index of the last month paid for it
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=[s.value for s in Status]), name="member_status"
            ),
            models.CheckConstraint(
                condition=models.Q(extra_from__isnull=True, extra_until__isnull=True)
                | models.Q(extra_from__isnull=False, extra_month__isnull=False),
                name="member_extra_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"member {self.id}"

    @property
    def nik(self) -> str:
        """The member's NIK (16 digits)."""
        return sealer().open(self.nik_sealed, place=f"membership.member.nik.{self.id}")

    @property
    def card(self) -> str:
        """The member's card number (13 digits)."""
        return sealer().open(self.card_sealed, place=f"membership.member.card.{self.id}")

    @property
    def registered_at(self) -> Registered:
        """Where the member is registered, and where from a later day on."""
        return Registered(
            self.facility_id, self.facility_since or self.since, self.next_facility_id,
            self.next_facility_from,
        )  # fmt: skip

    def cover_in(self, family: Family) -> Cover:
        """Return what the rule of cover needs."""
        return Cover(
            Segment(family.segment), Status(self.status), family.paid_until, family.pay_by,
            family.guarantee_until, extra=self.extra,
        )  # fmt: skip

    @property
    def extra(self) -> Extra | None:
        """The days and paid months as extra family of a worker."""
        return extra_of(self.extra_from, self.extra_until, self.extra_month)


class StatusChange(FamilyModel):
    """One transition: from which day, by whom and why. Rows are never changed."""

    member_id = models.BigIntegerField()
    member = within(Member, "member_id", "changes")
    event = models.CharField(max_length=20)
    status = models.CharField(max_length=20)
    since = models.DateField()
    by_account = models.BigIntegerField()
    by_name = models.CharField(max_length=120)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["family_id", "member_id", "-id"])]

    def __str__(self) -> str:
        return f"{self.event} → {self.status}"


class FamilyChange(FamilyModel):
    """One change of the whole family, such as its class: from which day, by whom and why."""

    kind = models.CharField(max_length=12)  # care_class, wage_class, layoff
    before = models.CharField(max_length=20)
    after = models.CharField(max_length=20)
    since = models.DateField()
    by_account = models.BigIntegerField()
    by_name = models.CharField(max_length=120)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.kind}: {self.before} → {self.after}"


class PrimaryChange(FamilyModel):
    """One change of a member's FKTP: from which day, by whom, on which ground and why."""

    member_id = models.BigIntegerField()
    member = within(Member, "member_id", "primary_changes")
    before = models.CharField(max_length=12)
    after = models.CharField(max_length=12)
    ground = models.CharField(max_length=14)  # choosing.Ground
    since = models.DateField()
    by_account = models.BigIntegerField()
    by_name = models.CharField(max_length=120)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class PlaceNote(FamilyModel):
    """People who came to an FKTP (above 0) or left it, not yet counted at the FKTP.

    Written with the family's change, counted once and deleted by a job (membership/place_notes.py).
    """

    facility_id = models.CharField(max_length=12)
    persons = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.persons:+} at {self.facility_id}"


class Correction(FamilyModel):
    """A family's request to correct one field of one member, and what the branch decided."""

    member_id = models.BigIntegerField()
    member = within(Member, "member_id", "corrections")
    field = models.CharField(max_length=10)  # name, birth_date, sex, nik
    sealed = models.BinaryField()  # JSON of before and after; place membership.correction.<id>
    state = models.CharField(max_length=8)  # asked, accepted, refused
    register = models.CharField(max_length=8)  # what the register said: match, differs, silent
    asked_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField()
    by_account = models.BigIntegerField()
    by_name = models.CharField(max_length=120)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=120, default="")
    reason = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["family_id", "member_id", "field"], name="correction_once",
                condition=models.Q(state="asked"),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["due_at"], name="correction_waiting", condition=models.Q(state="asked")
            )
        ]

    def __str__(self) -> str:
        return f"correction of {self.field}: {self.state}"


class Draft(models.Model):
    """A registration that is not sent yet: nothing typed is lost. Keyed by its account."""

    distribution: ClassVar[str] = "account_id"

    account_id = models.BigIntegerField(primary_key=True)
    state = models.CharField(max_length=10)  # waiting, differs, matched
    sealed = models.BinaryField()  # JSON; place membership.draft.<account_id>
    tries = models.IntegerField(default=0)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"draft {self.state}"
