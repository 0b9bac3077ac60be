"""Areas and health facilities: small reference tables, read everywhere."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


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


class Facility(models.Model):
    """A health facility (faskes). `is_primary`: a membership can be registered there (FKTP).

    The code is of our own making: area 3275, a letter for the kind, a number
    (docs/reference/facilities.md). Coordinates have three decimals, some 110 m, and are
    approximate wherever `is_approximate` says so: show them as such, never check in by them.
    """

    distribution: ClassVar[str] = "reference"

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12)
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="facilities")
    village = models.ForeignKey(
        Village, on_delete=models.PROTECT, related_name="facilities", null=True
    )
    address = models.CharField(max_length=200, default="")
    latitude = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    longitude = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    is_approximate = models.BooleanField(default=True)
    is_primary = models.BooleanField()
    is_fictional = models.BooleanField(default=False)
    source = models.CharField(max_length=200)

    class Meta:
        indexes = [
            # Django's own indexes on the two foreign keys serve the look-up by area.
            models.Index(fields=["is_primary", "district", "name"], name="facility_primary_near"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__isnull=False, longitude__isnull=False),
                name="facility_point_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name
