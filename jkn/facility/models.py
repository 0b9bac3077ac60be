"""Areas, health facilities and what they offer.

Areas, facilities and clinic codes are reference tables, read everywhere. Doctors, their hours and
all else that a facility keeps itself are rows of that facility.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from jkn.core.db import DatedFigure, FacilityModel, within_facility


class FacilityFigure(DatedFigure):
    """Figures of facilities: how many people an FKTP takes, when an average is shown."""


class District(models.Model):
    """A kecamatan, such as 32.75.01 Bekasi Timur."""

    distribution: ClassVar[str] = "reference"

    code = models.CharField(max_length=8, primary_key=True)
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class Village(models.Model):
    """A kelurahan, such as 32.75.01.1001 Bekasijaya."""

    distribution: ClassVar[str] = "reference"

    code = models.CharField(max_length=13, primary_key=True)
    name = models.CharField(max_length=80)
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="villages")

    def __str__(self) -> str:
        return self.name


class Clinic(models.Model):
    """A clinic (poli) by its code in the services of BPJS, such as INT Penyakit Dalam.

    `words` are what people call it ("internis"), for the search.
    """

    distribution: ClassVar[str] = "reference"

    code = models.CharField(max_length=5, primary_key=True)
    name = models.CharField(max_length=80)
    words = models.CharField(max_length=120, default="")
    source = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    """A national holiday: hours and schedules of that day are those for holidays."""

    distribution: ClassVar[str] = "reference"

    day = models.DateField(primary_key=True)
    name = models.CharField(max_length=80)
    basis = models.CharField(max_length=200)
    verified = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class DirectoryVersion(models.Model):
    """One row that counts the changes of the directory, so that each process knows its copy's age.

    Whoever changes a facility takes the next number and writes it into the facility's row; the
    row lock keeps the numbers in the order of their commits.
    """

    distribution: ClassVar[str] = "reference"

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.version)


class Facility(models.Model):
    """A health facility (faskes). `is_primary`: a membership can be registered there (FKTP).

    The code is of our own making: area 3275, a letter for the kind, a number
    (docs/reference/facilities.md). Coordinates are approximate wherever `is_approximate` says so:
    show them as such, never check in by them. `hours` is a text that `hours.parse` reads, empty
    where nobody told us. `clinics` (INT, and INT4 where a doctor is there on a Thursday) and
    `doctors` are copies for the search, kept by the acts that change the rows they come from.
    """

    distribution: ClassVar[str] = "reference"

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    grade = models.CharField(max_length=1, default="")
    district = models.ForeignKey(
        District, on_delete=models.PROTECT, related_name="facilities", null=True
    )
    village = models.ForeignKey(
        Village, on_delete=models.PROTECT, related_name="facilities", null=True
    )
    address = models.CharField(max_length=200, default="")
    phone = models.CharField(max_length=20, default="")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    is_approximate = models.BooleanField(default=True)
    is_primary = models.BooleanField()
    is_fictional = models.BooleanField(default=False)
    hours = models.CharField(max_length=200, default="")
    services = ArrayField(models.CharField(max_length=20), default=list)
    contract_from = models.DateField(null=True)
    contract_to = models.DateField(null=True)
    clinics = ArrayField(models.CharField(max_length=6), default=list)
    doctors = models.TextField(default="")
    origin = models.CharField(max_length=80, default="")  # its id in the file that it came from
    source = models.CharField(max_length=200)
    version = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            # Django's own indexes on the two foreign keys serve the look-up by area.
            models.Index(fields=["is_primary", "district", "name"], name="facility_primary_near"),
            models.Index(fields=["version"], name="facility_changed"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__isnull=False, longitude__isnull=False),
                name="facility_point_whole",
            ),
            models.UniqueConstraint(
                fields=["origin"], condition=~models.Q(origin=""), name="facility_origin_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Departure(models.Model):
    """A facility that left an area (kota or kabupaten), deleted or moved; a trigger keeps them.

    `version` is that of the directory: phones that hold the area's list from before are told.
    """

    distribution: ClassVar[str] = "reference"

    pk = models.CompositePrimaryKey("area", "code")
    area = models.CharField(max_length=4)
    code = models.CharField(max_length=12)
    version = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.code} left {self.area}"


class ClinicOffer(FacilityModel):
    """A clinic that a facility has; `sub_code` and `sub_name` where it is a sub-specialty of it."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    sub_code = models.CharField(max_length=5, default="")
    sub_name = models.CharField(max_length=80, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["facility_id", "clinic", "sub_code"], name="clinic_once_a_facility"
            ),
        ]


class Doctor(FacilityModel):
    """A doctor at one facility; `number` is the code by which the facility's program names them."""

    number = models.IntegerField()
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility_id", "number"], name="doctor_once"),
        ]


class Session(FacilityModel):
    """When a doctor sees patients in a clinic: a weekday (8: national holidays) and a span.

    Holds from `valid_from` until `valid_to`, or until further notice. A change ends rows and adds
    others. `closes` at or before `opens` lies in the next day.
    """

    doctor_id = models.BigIntegerField()
    doctor = within_facility(Doctor, "doctor_id", "sessions")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    sub_code = models.CharField(max_length=5, default="")
    weekday = models.SmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()
    capacity = models.SmallIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "facility_id",
                    "doctor_id",
                    "clinic",
                    "sub_code",
                    "weekday",
                    "opens",
                    "valid_from",
                ],
                name="session_once",
            ),
            models.CheckConstraint(
                condition=models.Q(weekday__range=(1, 8)), name="session_weekday"
            ),
        ]


class Leave(FacilityModel):
    """Days, both included, on which a doctor is away."""

    doctor_id = models.BigIntegerField()
    doctor = within_facility(Doctor, "doctor_id", "leaves")
    first_on = models.DateField()
    last_on = models.DateField()
    reason = models.CharField(max_length=120, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_on__gte=models.F("first_on")), name="leave_in_order"
            ),
        ]


class ScheduleChange(FacilityModel):
    """What a facility's program proposed as a doctor's schedule; it holds from a day on.

    `slots` are lists of weekday, opens, closes and capacity, in order.
    """

    doctor_id = models.BigIntegerField()
    doctor = within_facility(Doctor, "doctor_id", "changes")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    sub_code = models.CharField(max_length=5, default="")
    slots = models.JSONField()
    holds_from = models.DateField()
    state = models.CharField(max_length=8, default="waiting")  # waiting, approved, replaced
    sent_at = models.DateTimeField(db_default=Now())
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["facility_id", "doctor_id", "clinic", "sub_code", "holds_from"],
                condition=models.Q(state="waiting"), name="schedule_waiting_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["holds_from"], name="schedule_due", condition=models.Q(state="waiting")
            ),
        ]


class RoomClass(models.Model):
    """A class of rooms by its code in Aplicares, such as KL1 Kelas I or ICU."""

    distribution: ClassVar[str] = "reference"

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=40)
    source = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class Bed(FacilityModel):
    """The beds of one room as the hospital told them last: how many there are, how many are free.

    Free beds may be told for men, for women, or for both; `updated_at` says how old that is.
    """

    room_class = models.ForeignKey(RoomClass, on_delete=models.PROTECT, related_name="+")
    room = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    capacity = models.SmallIntegerField()
    free = models.SmallIntegerField()
    free_men = models.SmallIntegerField()
    free_women = models.SmallIntegerField()
    free_both = models.SmallIntegerField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["updated_at"], name="bed_fresh")]
        constraints = [
            models.UniqueConstraint(
                fields=["facility_id", "room_class", "room"], name="bed_room_once"
            ),
            models.CheckConstraint(
                condition=models.Q(free__gte=0, free__lte=models.F("capacity")),
                name="bed_free_within",
            ),
        ]


class PrimaryPlaces(models.Model):
    """How many people an FKTP takes, and how many places are taken or held for the next month."""

    distribution: ClassVar[str] = "facility_id"

    facility_id = models.CharField(max_length=12, primary_key=True)
    capacity = models.IntegerField()
    taken = models.IntegerField(db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(taken__gte=0), name="places_not_below_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.facility_id}: {self.taken} of {self.capacity}"


class ReviewGrant(FacilityModel):
    """A visit that happened: its person may write one review of it, until a day.

    `source` and `reference` name the visit, so that the same visit grants once.
    """

    person_id = models.BigIntegerField()
    source = models.CharField(max_length=10)  # visit, booking, demo
    reference = models.CharField(max_length=40)
    visited_on = models.DateField()
    until = models.DateField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["facility_id", "source", "reference"], name="review_grant_once"
            ),
        ]
        indexes = [models.Index(fields=["facility_id", "person_id"], name="review_grant_person")]


class Review(FacilityModel):
    """What one person says of one visit: stars by aspect and a text. Their name is not here."""

    grant_id = models.BigIntegerField()
    grant = within_facility(ReviewGrant, "grant_id", "reviews")
    visited = models.IntegerField()  # core.month index: the day would tell who it was
    waiting = models.SmallIntegerField()
    staff = models.SmallIntegerField()
    clarity = models.SmallIntegerField()
    cleanliness = models.SmallIntegerField()
    text = models.CharField(max_length=1000, default="")
    state = models.CharField(max_length=6)  # shown, hidden
    at = models.DateTimeField(db_default=Now())
    answer = models.CharField(max_length=1000, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(default=0)  # account

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility_id", "grant_id"], name="review_once_a_visit"),
            models.CheckConstraint(
                condition=models.Q(
                    waiting__range=(1, 5), staff__range=(1, 5), clarity__range=(1, 5),
                    cleanliness__range=(1, 5),
                ),
                name="review_stars",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["facility_id", "state", "-id"], name="review_shown")]


class ReviewReport(FacilityModel):
    """Somebody says that a review should not be there, and why; once for each account."""

    review_id = models.BigIntegerField()
    review = within_facility(Review, "review_id", "reports")
    account_id = models.BigIntegerField()
    kind = models.CharField(max_length=10)
    reason = models.CharField(max_length=300)
    is_open = models.BooleanField(default=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["facility_id", "review_id", "account_id"], name="review_report_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["review_id"], name="review_report_open", condition=models.Q(is_open=True)
            ),
        ]


class ReviewDecision(FacilityModel):
    """What the branch decided on a review, and why. Rows are never changed."""

    review_id = models.BigIntegerField()
    review = within_facility(Review, "review_id", "decisions")
    verdict = models.CharField(max_length=7)  # hide, restore, keep
    reason = models.CharField(max_length=300)
    by_account = models.BigIntegerField()
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())
