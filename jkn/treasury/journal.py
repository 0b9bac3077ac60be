"""The journal as staff search it: by day, family, receipt, bank reference, amount, kind.

A page goes on after the last row that was seen (day and id), never by counting rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from jkn.account.directory import whose_many
from jkn.core.db import execute
from jkn.core.errors import NotFound
from jkn.gate.queries import partners
from jkn.treasury.queries import refund_of

ROWS_OF_A_PAGE = 50
_ROWS_OF_A_SLICE = 2_000  # of an export


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is searched for; what is empty does not matter."""

    since: date
    until: date
    family_id: int | None = None
    payment_id: int | None = None  # whose receipt it is
    reference: str = ""  # a bank's, of a payment or of a refund
    amount: int | None = None  # rupiah of one line
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One journal: what happened to whose money, and the sum of its lines in rupiah."""

    family_id: int
    id: int
    day: date
    kind: str
    receipt: str
    bank: str
    reference: str
    total: int


@dataclass(frozen=True, slots=True)
class Line:
    """One posting of a journal that was found."""

    journal: Found
    debit: str
    credit: str
    amount: int


_FROM = """
FROM contribution_journal j
LEFT JOIN contribution_payment p ON p.family_id = j.family_id AND p.id = j.payment_id
LEFT JOIN treasury_refund r ON r.family_id = j.family_id
  AND j.id IN (r.paid_journal_id, r.back_journal_id)
"""
_COLUMNS = """
j.family_id, j.id, j.day, j.kind, coalesce(p.receipt, ''), coalesce(p.bank, r.bank, ''),
  coalesce(p.reference, r.bank_reference, '')
"""
_TOTAL = """
JOIN LATERAL (SELECT coalesce(sum(l.amount), 0)::bigint AS total FROM contribution_posting l
  WHERE l.family_id = j.family_id AND l.journal_id = j.id) t ON true
"""
_CONDITIONS = {
    "family_id": "j.family_id = %(family_id)s",
    "payment_id": "j.payment_id = %(payment_id)s",
    "kind": "j.kind = %(kind)s",
    "amount": "EXISTS (SELECT 1 FROM contribution_posting a WHERE a.family_id = j.family_id"
    " AND a.journal_id = j.id AND a.amount = %(amount)s)",
    "families": "j.family_id = ANY(%(families)s::bigint[])"
    " AND (j.payment_id = ANY(%(things)s::bigint[]) OR j.id = ANY(%(things)s::bigint[]))",
    "after_id": "(j.day, j.id) < (%(after_day)s, %(after_id)s)",
}


def _where(values: dict[str, Any]) -> str:
    chosen = [
        sql for name, sql in _CONDITIONS.items() if values.get(name) not in (None, "")
    ]  # fmt: skip
    return " AND ".join(["j.day BETWEEN %(since)s AND %(until)s", *chosen])


def _values(criteria: Criteria, after: tuple[date, int] | None) -> dict[str, Any]:
    values: dict[str, Any] = {
        "since": criteria.since, "until": criteria.until, "family_id": criteria.family_id,
        "payment_id": criteria.payment_id, "kind": criteria.kind, "amount": criteria.amount,
    }  # fmt: skip
    if criteria.reference:
        values["families"], values["things"] = _of_reference(criteria.reference)
    if after:
        values["after_day"], values["after_id"] = after
    return values


def _of_reference(reference: str) -> tuple[list[int], list[int]]:
    """Return the families, and the payments and journals, that a bank's reference is of."""
    banks = [p for p in partners() if p.kind == "snap"]
    keys = [("bankref", f"{p.id}:{reference}") for p in banks]
    keys += [("refund", f"{name}:{reference}") for name in sorted({p.name for p in banks})]
    families, things = [], []
    for (kind, _), whose in whose_many(keys).items():
        families.append(whose.family_id)
        if kind == "bankref":
            things.append(whose.member_id)
            continue
        row = refund_of(whose.family_id, whose.member_id)
        things += [i for i in (row.paid_journal_id, row.back_journal_id) if i]
    return families, things


def found(
    criteria: Criteria, *, after: tuple[date, int] | None = None, at_most: int = ROWS_OF_A_PAGE
) -> list[Found]:
    """Return the journals that fit, newest first, those after a day and id that were seen."""
    values = _values(criteria, after)
    sql = (
        f"SELECT {_COLUMNS}, t.total {_FROM} {_TOTAL} WHERE {_where(values)}"
        " ORDER BY j.day DESC, j.id DESC LIMIT %(at_most)s"
    )
    return [Found(*row) for row in execute(sql, {**values, "at_most": at_most})]


def lines(criteria: Criteria) -> Iterator[Line]:
    """Yield every posting of the journals that fit, newest first, read in slices."""
    after: tuple[date, int] | None = None
    while slice_ := found(criteria, after=after, at_most=_ROWS_OF_A_SLICE):
        values = {
            "families": sorted({j.family_id for j in slice_}), "journals": [j.id for j in slice_],
        }  # fmt: skip
        rows = execute(
            "SELECT journal_id, debit, credit, amount FROM contribution_posting"
            " WHERE family_id = ANY(%(families)s::bigint[])"
            " AND journal_id = ANY(%(journals)s::bigint[]) ORDER BY journal_id, id",
            values,
        )
        by_journal: dict[int, list[tuple[str, str, int]]] = {}
        for journal_id, *rest in rows:
            by_journal.setdefault(journal_id, []).append(tuple(rest))
        for journal in slice_:
            yield from (Line(journal, *rest) for rest in by_journal.get(journal.id, ()))
        after = (slice_[-1].day, slice_[-1].id)


def journal_of(family_id: int, journal_id: int) -> list[Line]:
    """Return one journal of a group line by line; raises `NotFound` for any other id."""
    rows = execute(
        "SELECT day FROM contribution_journal WHERE family_id = %s AND id = %s",
        [family_id, journal_id],
    )
    if not rows:
        raise NotFound
    only = Criteria(rows[0][0], rows[0][0], family_id)
    return [line for line in lines(only) if line.journal.id == journal_id]
