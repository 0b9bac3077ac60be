"""Reads of the audit: who saw a family's data, and whether the chain is whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from jkn.audit.models import Entry, Seal
from jkn.audit.rules import FIRST_DIGEST, chain

# Every column but the two that the database makes is in the text that is hashed.
_TEXT = """
jsonb_build_array(group_id, id, extract(epoch FROM at), day, actor_id, actor_role, actor_name,
  facility_id, session_id, verb, subject, purpose, details, is_own_read)::text
"""


@dataclass(frozen=True, slots=True)
class SealedRow:
    """One row as the chain sees it."""

    transaction: int
    id: int
    text: str


def last_seal() -> Seal:
    """Return the newest seal, or an unsaved zeroth one."""
    return Seal.objects.order_by("-number").first() or Seal(
        number=0, rows=0, up_to=[0, 0], digest=FIRST_DIGEST
    )


def unsealed_rows(*, after: tuple[int, int], at_most: int) -> list[SealedRow]:
    """Return the rows after a (transaction, id) whose transactions have all ended, in order."""
    sql = f"""
    SELECT tx::text::bigint, id, {_TEXT} FROM audit_entry
    WHERE (tx, id) > ((%s::text)::xid8, %s) AND tx < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY tx, id LIMIT %s
    """  # noqa: S608 (only constants are joined)
    with connection.cursor() as cursor:
        cursor.execute(sql, [str(after[0]), after[1], at_most])
        return [SealedRow(*row) for row in cursor.fetchall()]


def broken_seals() -> list[int]:
    """Return the numbers of the seals that do not match their rows; empty when all is whole."""
    broken, previous, digest = [], (0, 0), FIRST_DIGEST
    sql = f"""
    SELECT tx::text::bigint, id, {_TEXT} FROM audit_entry
    WHERE (tx, id) > ((%s::text)::xid8, %s) AND (tx, id) <= ((%s::text)::xid8, %s)
    ORDER BY tx, id
    """  # noqa: S608 (only constants are joined)
    for seal in Seal.objects.order_by("number"):
        with connection.cursor() as cursor:
            cursor.execute(sql, [str(previous[0]), previous[1], str(seal.up_to[0]), seal.up_to[1]])
            rows = [SealedRow(*row) for row in cursor.fetchall()]
        digest = chain(digest, (row.text for row in rows))
        if len(rows) != seal.rows or digest != bytes(seal.digest):
            broken.append(seal.number)
        digest, previous = bytes(seal.digest), (seal.up_to[0], seal.up_to[1])
    return broken


def oldest_unsealed() -> datetime | None:
    """Return when the oldest row without a seal was written, or None where all are sealed."""
    seal = last_seal()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(at) FROM audit_entry WHERE (tx, id) > ((%s::text)::xid8, %s)",
            [str(seal.up_to[0]), seal.up_to[1]],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def reads_of_family(family_id: int, *, at_most: int = 100) -> list[Entry]:
    """Return who else read or changed the family's data, newest first (own reads left out)."""
    rows = Entry.objects.filter(group_id=family_id, is_own_read=False).order_by("-id")
    return list(rows[:at_most])
