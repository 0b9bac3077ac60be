"""Reads of the inbox and of what went out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from jkn.core.db import execute
from jkn.notice.models import Notice, Outbound
from jkn.notice.rules import filled
from jkn.notice.values import in_words

PAGE_SIZE = 20
# For a statement that reads an account `a` anyway: what `unread` would ask by one of its own.
UNREAD_OF_A = """(SELECT count(*) FROM notice_notice n
  WHERE n.account_id = a.id AND n.read_at IS NULL)"""


@dataclass(frozen=True, slots=True)
class Read:
    """A notice in the reader's language."""

    id: int
    kind: str
    title: str
    body: str
    link: str
    created_at: datetime
    is_new: bool


def unread(account_id: int) -> int:
    """Return how many notices a person has not opened yet; one statement."""
    ((count,),) = execute(
        "SELECT count(*) FROM notice_notice WHERE account_id = %s AND read_at IS NULL", [account_id]
    )
    return int(count)


def inbox(account_id: int, *, before: int | None = None) -> list[Read]:
    """Return a page of the inbox, newest first: at most `PAGE_SIZE`, older than the id `before`."""
    rows = Notice.objects.filter(account_id=account_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [_read(row) for row in rows.order_by("-id")[:PAGE_SIZE]]


def _read(row: Notice) -> Read:
    values = in_words(row.values)
    return Read(
        row.id, row.kind, filled(gettext(row.title), values), filled(gettext(row.body), values),
        row.link, row.created_at, row.read_at is None,
    )  # fmt: skip


def waiting(*, at_most: int = 1000) -> int:
    """Return how many messages are queued, for the operator; counts at most `at_most`."""
    return Outbound.objects.filter(state="queued")[:at_most].count()
