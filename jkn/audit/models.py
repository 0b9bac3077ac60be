"""Who did and who read what: append-only rows, sealed in order by a hash chain."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from jkn.core.ids import new_id


class Entry(models.Model):
    """One act or one read. `group_id` is the family (or house group) that it concerns.

    A database trigger refuses UPDATE and DELETE. The column `tx` (the writing transaction, made
    by the migration) orders the rows for the seals.
    """

    distribution: ClassVar[str] = "group_id"

    pk = models.CompositePrimaryKey("group_id", "id")
    group_id = models.BigIntegerField()
    id = models.BigIntegerField(default=new_id)
    at = models.DateTimeField(db_default=Now())
    day = models.DateField()
    actor_id = models.BigIntegerField()
    actor_role = models.CharField(max_length=12)
    actor_name = models.CharField(max_length=120)
    facility_id = models.CharField(max_length=12, default="")
    session_id = models.BigIntegerField(default=0)
    verb = models.CharField(max_length=60)
    subject = models.BigIntegerField(default=0)
    purpose = models.CharField(max_length=200, default="")
    details = models.JSONField(default=dict)
    is_own_read = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "session_id", "verb", "day"],
                condition=models.Q(is_own_read=True),
                name="own_read_once_a_day",
            ),
        ]
        indexes = [models.Index(fields=["group_id", "subject", "-id"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.at:%Y-%m-%d %H:%M}"


class Seal(models.Model):
    """The hash over the rows of a span of transactions and the seal before it."""

    distribution: ClassVar[str] = "local"

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    rows = models.IntegerField()
    up_to = ArrayField(models.BigIntegerField(), size=2)  # (transaction, id) of the last row
    digest = models.BinaryField()

    def __str__(self) -> str:
        return f"seal {self.number}: {self.rows} rows"
