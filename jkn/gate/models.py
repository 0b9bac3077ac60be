"""What all doors share in the database: keys that were used, limits, partners' programs."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from jkn.core.ids import new_id


class IdempotencyKey(models.Model):
    """One committed effect and its first answer, kept 30 days (docs/adr/0005)."""

    distribution: ClassVar[str] = "group_id"

    pk = models.CompositePrimaryKey("group_id", "actor_id", "route", "key")
    group_id = models.BigIntegerField()
    actor_id = models.BigIntegerField()
    route = models.CharField(max_length=80)
    key = models.CharField(max_length=64)
    digest = models.BinaryField()
    status = models.SmallIntegerField(default=0)
    location = models.CharField(max_length=300, default="")
    body = models.JSONField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.route} {self.at}"


class Limit(models.Model):
    """A sliding window: the moments at which something was done, per limit and blind key."""

    distribution: ClassVar[str] = "key"

    pk = models.CompositePrimaryKey("key", "name")
    name = models.CharField(max_length=40)
    key = models.BinaryField()
    hits = ArrayField(models.DateTimeField())

    def __str__(self) -> str:
        return self.name


class Rate(models.Model):
    """Requests of one partner in one second; unlogged, a crash may forget it."""

    distribution: ClassVar[str] = "partner_id"

    partner_id = models.BigIntegerField(primary_key=True)
    second = models.BigIntegerField()
    count = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.partner_id}: {self.count}"


class Partner(models.Model):
    """A bank's or a facility's program. Its name is its clearing account."""

    distribution: ClassVar[str] = "reference"

    id = models.BigIntegerField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=8)  # snap, bpjs
    name = models.CharField(max_length=40)
    client_id = models.CharField(max_length=64)
    secret_sealed = models.BinaryField()
    user_key_sealed = models.BinaryField(null=True)
    public_key = models.TextField(default="")
    facility_id = models.CharField(max_length=12, default="")
    created_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "client_id"], name="partner_client")]

    def __str__(self) -> str:
        return f"{self.kind} {self.client_id}"


class ExternalId(models.Model):
    """An X-EXTERNAL-ID that a partner has used on a day in WIB (real clock)."""

    distribution: ClassVar[str] = "partner_id"

    pk = models.CompositePrimaryKey("partner_id", "day", "external_id")
    partner_id = models.BigIntegerField()
    day = models.DateField()
    external_id = models.CharField(max_length=36)

    def __str__(self) -> str:
        return self.external_id
