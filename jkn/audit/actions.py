"""Writes to the audit: acts, reads of others' data, one mark a day for reads of one's own."""

from __future__ import annotations

from collections import OrderedDict

import msgspec
from django.db import connection, transaction

from jkn.audit.models import Seal
from jkn.audit.queries import last_seal, unsealed_rows
from jkn.audit.rules import chain
from jkn.core.actor import Actor
from jkn.core.clock import day_of, now
from jkn.core.db import execute
from jkn.core.ids import new_id

_INSERT = """
INSERT INTO audit_entry (group_id, id, day, actor_id, actor_role, actor_name, facility_id,
  session_id, verb, subject, purpose, details, is_own_read, at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, now())
"""
_INSERT_ONCE = _INSERT + " ON CONFLICT DO NOTHING"

# What this process has already marked, so that a phone that looks at its card all day costs one
# statement a day. Only an optimisation: the unique constraint decides.
_marked: OrderedDict[tuple[int, int, str, int], None] = OrderedDict()
_MARKED_AT_MOST = 50_000


def _write(sql: str, actor: Actor, group: int, verb: str, subject: int, purpose: str,
           details: dict[str, object], own: bool) -> None:  # fmt: skip
    execute(
        sql,
        [
            group, new_id(), day_of(now()), actor.account_id, actor.role.value, actor.name,
            actor.facility_id or "", actor.session_id, verb, subject, purpose,
            msgspec.json.encode(details).decode(), own,
        ],
    )  # fmt: skip


def record(
    *, actor: Actor, verb: str, group: int, subject: int = 0, **details: str | int | bool
) -> None:
    """Write down an act, in the transaction of the act itself.

    `details` never hold a NIK, card number, phone, code or token.
    """
    _write(_INSERT, actor, group, verb, subject, "", dict(details), own=False)


def record_read(
    *, actor: Actor, verb: str, group: int, subject: int = 0, purpose: str = "",
    **details: str | int | bool,
) -> None:  # fmt: skip
    """Write down that somebody read another person's data: every single time, with the purpose."""
    _write(_INSERT, actor, group, verb, subject, purpose, dict(details), own=False)


def mark_own_read(*, actor: Actor, verb: str, group: int) -> None:
    """Write down that a member read their own data: once per device session, kind and day."""
    mark = (group, actor.session_id, verb, day_of(now()).toordinal())
    if mark in _marked:
        return
    _write(_INSERT_ONCE, actor, group, verb, 0, "", {}, own=True)
    if connection.in_atomic_block:  # it may still roll back
        return
    _marked[mark] = None
    if len(_marked) > _MARKED_AT_MOST:
        _marked.popitem(last=False)


def seal(*, at_most: int = 20_000) -> int:
    """Seal the rows that no running transaction can still precede; return how many.

    One advisory lock makes it one sealer at a time. Why: docs/adr/0008.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('audit.seal'))")
        previous = last_seal()
        rows = unsealed_rows(after=(previous.up_to[0], previous.up_to[1]), at_most=at_most)
        if not rows:
            return 0
        Seal.objects.create(
            number=previous.number + 1,
            rows=len(rows),
            up_to=[rows[-1].transaction, rows[-1].id],
            digest=chain(bytes(previous.digest), (r.text for r in rows)),
        )
        return len(rows)
