"""The inbox of an account, and the messages that go out."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from jkn.core.ids import new_id


class Notice(models.Model):
    """One notice in a person's inbox. Title and body are gettext msgids with `{name}` places."""

    distribution: ClassVar[str] = "account_id"

    pk = models.CompositePrimaryKey("account_id", "id")
    account_id = models.BigIntegerField()
    id = models.BigIntegerField(default=new_id)
    kind = models.CharField(max_length=30)
    title = models.CharField(max_length=200)
    body = models.CharField(max_length=500)
    values = models.JSONField(default=dict)
    link = models.CharField(max_length=200, default="")
    once = models.CharField(max_length=60, default="")  # what makes a repeated telling the same
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["account_id"], condition=models.Q(read_at__isnull=True),
                name="notice_unread",
            )
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "kind", "once"], condition=~models.Q(once=""),
                name="notice_once",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Outbound(models.Model):
    """One message on its way out. Addresses are sealed; they are tried in their order."""

    distribution: ClassVar[str] = "account_id"

    pk = models.CompositePrimaryKey("account_id", "id")
    account_id = models.BigIntegerField()
    id = models.BigIntegerField(default=new_id)
    title = models.CharField(max_length=200)
    body = models.CharField(max_length=500)
    values = models.JSONField(default=dict)
    addresses_sealed = models.BinaryField()
    present = models.SmallIntegerField(default=0)  # place of the address that is being tried
    channel = models.CharField(max_length=8)
    state = models.CharField(max_length=8, default="queued")  # queued, sent, failed
    attempts = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.channel} {self.id}: {self.state}"
