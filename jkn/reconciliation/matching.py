"""Statements that say how lines stand: set-based, for one slice of lines of one bank.

The caller holds the bank's lock (`lock_bank`) in its transaction. A line that is not matched is
booked in the house group against the bank's clearing account; nothing is booked twice.
Columns of a slice travel in the binary format (`%b`): psycopg writes an array as text 5 times slower.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jkn.account.directory import whose_many
from jkn.account.queries import Whose
from jkn.contribution.rules import clearing
from jkn.core.db import execute
from jkn.core.ids import new_id
from jkn.reconciliation.rules import ACCOUNTS, SUSPENSE_GROUP, House
from jkn.treasury.queries import REFUNDS_PAID, REFUNDS_RETURNED


@dataclass(frozen=True, slots=True)
class Line:
    """What matching needs of a line."""

    id: int
    reference: str
    number: str


@dataclass(frozen=True, slots=True)
class Counterpart:
    """Movements of our ledger that a bank's line may be: one entry for each kind.

    `rows` is a SELECT of (family_id, id, day, amount signed as the bank's, reference, number) of
    one bank. `keys` gives the (kind, value) under which the directory may know a reference, from
    the bank's name, the ids of its programs and the reference.
    """

    kind: str
    rows: str
    keys: Callable[[str, Sequence[int], str], Sequence[tuple[str, str]]]


def _of_payment(_: str, programs: Sequence[int], reference: str) -> Sequence[tuple[str, str]]:
    return [(kind, f"{one}:{reference}") for one in programs for kind in ("bankref", "payment")]


PAYMENTS = Counterpart(
    "payment",
    "SELECT family_id, id, day, amount, reference, number FROM contribution_payment"
    " WHERE bank = %(bank)s",
    _of_payment,
)


def _of_refund(bank: str, _: Sequence[int], reference: str) -> Sequence[tuple[str, str]]:
    return [("refund", f"{bank}:{reference}")]


REFUNDS = Counterpart("refund", REFUNDS_PAID, _of_refund)
RETURNS = Counterpart("returned", REFUNDS_RETURNED, _of_refund)
COUNTERPARTS = (PAYMENTS, REFUNDS, RETURNS)

_SLICE = """
SELECT id, reference, number FROM reconciliation_statementline l
WHERE bank = %(bank)s AND status = %(status)s AND id > %(after)s
  AND NOT EXISTS (SELECT 1 FROM reconciliation_assignment a
    WHERE a.bank = l.bank AND a.line_id = l.id AND a.state = 'asked')
ORDER BY id LIMIT %(most)s
"""
_MATCH = """
UPDATE reconciliation_statementline l SET status = 'matched', reason = %(reason)s,
  reason_on = %(on)s, matched_kind = %(kind)s, matched_group = x.family_id, matched_id = x.id
FROM ({pairs}) x WHERE l.bank = %(bank)s AND l.id = x.line_id RETURNING l.id
"""
_FREE = """
NOT EXISTS (SELECT 1 FROM reconciliation_statementline taken WHERE taken.bank = %(bank)s
  AND taken.matched_kind = %(kind)s AND taken.matched_id = r.id)
"""
# A payment is whole rupiah, so a line with sen is none.
_KEYS = """
unnest(%(lines)b::bigint[], %(families)b::bigint[], %(owners)b::bigint[])
  AS k (line_id, family_id, owner_id)
JOIN reconciliation_statementline l ON l.bank = %(bank)s AND l.id = k.line_id
  AND l.status IN ('new', 'suspense') AND l.sen = 0
"""
_BY_REFERENCE = """
SELECT DISTINCT ON (r.id) k.line_id, r.family_id, r.id FROM {keys}
JOIN ({rows}) r ON r.family_id = k.family_id AND r.id = k.owner_id AND r.amount = l.amount
WHERE {free} ORDER BY r.id, k.line_id
"""
# One line takes one movement: the n-th line of an account and amount takes the n-th movement.
_BY_NUMBER = """
SELECT line_id, family_id, id FROM (
  SELECT k.line_id, l.number, l.amount, l.day,
    row_number() OVER (PARTITION BY l.number, l.amount ORDER BY l.day, l.id) AS n
  FROM {keys}
) lines JOIN (
  SELECT r.family_id, r.id, r.number, r.amount, r.day,
    row_number() OVER (PARTITION BY r.number, r.amount ORDER BY r.day, r.id) AS n
  FROM (SELECT k.family_id, l.number, l.amount, min(l.day) AS first, max(l.day) AS last
    FROM {keys} GROUP BY k.family_id, l.number, l.amount) w
  JOIN ({rows}) r ON r.family_id = w.family_id AND r.number = w.number AND r.amount = w.amount
    AND r.day BETWEEN w.first - %(days)s::int AND w.last + %(days)s::int
  WHERE {free}
) moves USING (number, amount, n) WHERE abs(moves.day - lines.day) <= %(days)s
"""
# What is less than one rupiah has nothing to book.
_LESS_THAN_A_RUPIAH = """
UPDATE reconciliation_statementline SET status = 'explained', reason_on = %(on)s,
  reason = CASE WHEN sen = 0 THEN 'zero' ELSE 'fraction' END
WHERE bank = %(bank)s AND id = ANY(%(slice)b::bigint[]) AND status = 'new' AND amount = 0
RETURNING id
"""
# What is not matched gets its journal's number with its status: each row is written once.
_BY_RULE = """
UPDATE reconciliation_statementline l SET status = 'explained', reason = r.reason,
  reason_on = %(on)s, journal_id = s.journal_id
FROM unnest(%(left)b::bigint[], %(journals)b::bigint[]) AS s (line_id, journal_id)
JOIN reconciliation_statementline t ON t.bank = %(bank)s AND t.id = s.line_id AND t.status = 'new'
JOIN LATERAL (
  SELECT reason FROM (
    SELECT DISTINCT ON (words) words, reason, at_most FROM reconciliation_linerule
    WHERE is_debit = (t.amount < 0) AND valid_from <= t.day
      AND position(words IN upper(t.description)) > 0
    ORDER BY words, valid_from DESC
  ) said WHERE at_most * 100 >= abs(t.amount * 100 + t.sen) ORDER BY length(words) DESC, words LIMIT 1
) r ON true
WHERE l.bank = %(bank)s AND l.id = s.line_id
"""
# `reference <> ''` is said where it follows already: only so the partial index is used.
_TO_SUSPENSE = """
UPDATE reconciliation_statementline l SET status = 'suspense', reason_on = %(on)s,
  journal_id = s.journal_id, reason = CASE
  WHEN l.sen <> 0 THEN 'fraction'
  WHEN l.reference <> '' AND EXISTS (SELECT 1 FROM reconciliation_statementline o
    WHERE o.bank = l.bank AND o.reference = l.reference AND o.reference <> ''
      AND o.id <> l.id AND o.status = 'matched'
      AND o.amount = abs(l.amount))
    THEN CASE WHEN l.amount < 0 THEN 'taken_back' ELSE 'duplicate' END
  WHEN l.amount < 0 THEN 'unknown_debit'
  WHEN l.id = ANY(%(known)b::bigint[]) THEN 'amount_differs'
  WHEN l.id = ANY(%(lines)b::bigint[]) THEN 'no_payment'
  WHEN l.number <> '' THEN 'unknown_account'
  ELSE 'no_reference' END
FROM unnest(%(left)b::bigint[], %(journals)b::bigint[]) AS s (line_id, journal_id)
WHERE l.bank = %(bank)s AND l.id = s.line_id AND l.status = 'new'
"""
_REVERSED = """
WITH out AS (
  SELECT id, reference, -amount AS amount, -sen AS sen, row_number() OVER w AS n
  FROM reconciliation_statementline
  WHERE bank = %(bank)s AND id = ANY(%(slice)b::bigint[]) AND status = 'suspense'
    AND amount < 0 AND reference <> '' WINDOW w AS (PARTITION BY reference, amount, sen ORDER BY id)
), pairs AS (
  SELECT out.id AS out_id, came.id AS came_id FROM out JOIN LATERAL (
    SELECT l.id, row_number() OVER (ORDER BY l.id) AS n FROM reconciliation_statementline l
    WHERE l.bank = %(bank)s AND l.reference = out.reference AND l.reference <> ''
      AND l.amount = out.amount AND l.sen = out.sen
      AND l.status = 'suspense' AND NOT EXISTS (SELECT 1 FROM reconciliation_assignment a
        WHERE a.bank = l.bank AND a.line_id = l.id AND a.state = 'asked')
  ) came ON came.n = out.n
)
UPDATE reconciliation_statementline l SET status = 'explained', reason = 'reversed',
  reason_on = %(on)s
WHERE l.bank = %(bank)s
  AND l.id IN (SELECT out_id FROM pairs UNION ALL SELECT came_id FROM pairs)
"""
_TO_BOOK = """
SELECT id, reason, journal_id FROM reconciliation_statementline
WHERE bank = %s AND id = ANY(%b::bigint[]) AND journal_id = ANY(%b::bigint[]) ORDER BY id
"""
_TO_UNDO = """
SELECT id, reason FROM reconciliation_statementline
WHERE bank = %s AND id = ANY(%b::bigint[]) AND status = 'matched'
  AND journal_id IS NOT NULL AND undo_id IS NULL ORDER BY id
"""
# `sign` 1 books a line against its account, -1 takes it back. A line is dated as the bank dates
# it, or today where the books of its month are closed.
_ENTER = """
WITH said AS (
  SELECT s.*, l.amount * %(sign)s AS moved, l.day
  FROM unnest(%(ids)b::bigint[], %(journals)b::bigint[], %(postings)b::bigint[],
    %(accounts)b::text[]) AS s (line_id, journal_id, posting_id, account)
  JOIN reconciliation_statementline l ON l.bank = %(bank)s AND l.id = s.line_id
), journals AS (
  INSERT INTO contribution_journal (family_id, id, kind, day, at)
  SELECT %(group)s, journal_id, 'bank',
    CASE WHEN %(is_today)s OR EXISTS (SELECT 1 FROM contribution_closedmonth c
      WHERE c.month >= extract(year FROM day)::int * 12 + extract(month FROM day)::int - 1)
    THEN %(on)s ELSE day END, now() FROM said
), lines AS (
  INSERT INTO contribution_posting (family_id, id, journal_id, debit, credit, amount)
  SELECT %(group)s, posting_id, journal_id,
    CASE WHEN moved > 0 THEN %(clearing)s ELSE account END,
    CASE WHEN moved > 0 THEN account ELSE %(clearing)s END, abs(moved) FROM said
)
"""
_ENTER_ALONE = f"{_ENTER} SELECT count(*) FROM said"  # noqa: S608 (only constants are joined)
_BOOK = """{enter}
UPDATE reconciliation_statementline l SET {column} = said.journal_id FROM said
WHERE l.bank = %(bank)s AND l.id = said.line_id
"""


def lock_bank(bank: str) -> None:
    """Be the only one who changes a bank's lines, until the transaction ends."""
    execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"reconciliation.{bank}"])


def distinct_ids(count: int) -> list[int]:
    """Return that many new ids in rising order: one group gets them all, so none may be equal."""
    made: set[int] = set()
    while len(made) < count:
        made.add(new_id())
    return sorted(made)


def next_slice(bank: str, *, status: str, after: int, at_most: int) -> list[Line]:
    """Return the next lines of a status after an id; those that wait for a decision stay out."""
    values = {"bank": bank, "status": status, "after": after, "most": at_most}
    return [Line(*row) for row in execute(_SLICE, values)]


def match_slice(
    bank: str, lines: Sequence[Line], *, programs: Sequence[int], days: int, on: date
) -> None:
    """Say of each line how it stands, and book what is not matched. Twice is as once."""
    values: dict[str, Any] = {
        "bank": bank, "on": on, "slice": [line.id for line in lines], "days": days
    }  # fmt: skip
    directory, left = _Directory(), {line.id: line for line in lines}
    for (line_id,) in execute(_LESS_THAN_A_RUPIAH, values):
        left.pop(line_id, None)
    known: set[int] = set()
    by_account: dict[str, list[int]] = {}
    for counterpart in COUNTERPARTS:  # what one kind has matched is not looked up for the next
        kind = {"kind": counterpart.kind, **values}
        by_reference = directory.owners(
            (line.id, key)
            for line in left.values() if line.reference
            for key in counterpart.keys(bank, programs, line.reference)
        )  # fmt: skip
        known.update(by_reference["lines"])
        _match(_BY_REFERENCE, counterpart, {**kind, **by_reference, "reason": "reference"}, left)
        by_account = directory.owners(
            (line.id, ("va", line.number)) for line in left.values() if line.number
        )
        _match(_BY_NUMBER, counterpart, {**kind, **by_account, "reason": "account"}, left)
    values |= {"left": list(left), "journals": distinct_ids(len(left))}
    execute(_BY_RULE, values)
    execute(_TO_SUSPENSE, {**values, "known": list(known), "lines": by_account["lines"]})
    execute(_REVERSED, values)
    _book_decided(bank, execute(_TO_BOOK, [bank, values["left"], values["journals"]]), on=on)
    undo(bank, [i for i, _ in execute(_TO_UNDO, [bank, values["slice"]])], on=on)


def _account(reason: str) -> str:
    return next((a.value for r, a in ACCOUNTS.items() if r == reason), House.SUSPENSE.value)


def _match(
    pairs: str, counterpart: Counterpart, values: dict[str, Any], left: dict[int, Line]
) -> None:
    if values["lines"]:
        sql = pairs.format(keys=_KEYS, rows=counterpart.rows, free=_FREE)
        for (line_id,) in execute(_MATCH.format(pairs=sql), values):
            left.pop(line_id, None)


class _Directory:
    """Whose numbers and references are; each is asked once for a slice."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Whose | None] = {}

    def owners(self, asked: Iterable[tuple[int, tuple[str, str]]]) -> dict[str, list[int]]:
        """Return in columns whose each line's number is; unknown ones are left out."""
        keys = list(asked)
        new = [key for key in {key for _, key in keys} if key not in self._known]
        if new:
            self._known.update(dict.fromkeys(new))
            self._known.update(whose_many(new))
        found = {line: whose for line, key in keys if (whose := self._known[key])}
        return {
            "lines": list(found),
            "families": [whose.family_id for whose in found.values()],
            "owners": [whose.member_id for whose in found.values()],
        }


def _book_decided(bank: str, lines: Sequence[tuple[int, str, int]], *, on: date) -> None:
    """Book lines (id, reason, journal) against their accounts, dated as the bank dates them."""
    if lines:
        booked = [(line, _account(reason)) for line, reason, _ in lines]
        numbers = {"journals": [journal for _, _, journal in lines], "sign": 1, "is_today": False}
        values = {"bank": bank, "clearing": clearing(bank), **_values(booked, on=on), **numbers}
        execute(_ENTER_ALONE, values)


def undo(bank: str, lines: Sequence[int], *, on: date) -> None:
    """Take lines out of suspense that were found in the ledger after all, dated today."""
    if lines:
        _book(bank, "undo_id", _out_of_suspense(lines, on=on))


def move_out(bank: str, line_id: int, account: str, *, on: date) -> int:
    """Move one line's money from suspense to an account of the house; return the journal's id."""
    values = _out_of_suspense([line_id], on=on)
    _book(bank, "undo_id", {**values, "clearing": account})
    return int(values["journals"][0])


def _book(bank: str, column: str, values: dict[str, Any]) -> None:
    execute(
        _BOOK.format(enter=_ENTER, column=column),
        {"clearing": clearing(bank), **values, "bank": bank},
    )


def _out_of_suspense(lines: Sequence[int], *, on: date) -> dict[str, Any]:
    booked = [(line, House.SUSPENSE.value) for line in lines]
    return {**_values(booked, on=on), "sign": -1, "is_today": True}


def _values(lines: Sequence[tuple[int, str]], *, on: date) -> dict[str, Any]:
    return {
        "group": SUSPENSE_GROUP, "on": on,
        "ids": [line for line, _ in lines], "accounts": [account for _, account in lines],
        "journals": distinct_ids(len(lines)), "postings": distinct_ids(len(lines)),
    }  # fmt: skip


_OUTSTANDING = """
SELECT r.family_id, r.id, r.day, r.amount, r.reference, r.number FROM ({rows}) r
WHERE r.day BETWEEN %(first)s AND %(last)s AND {free}
"""


def outstanding_sql(counterpart: Counterpart) -> str:
    """Return the SELECT of a kind's movements without a bank's line, between `first`, `last`."""
    return _OUTSTANDING.format(rows=counterpart.rows, free=_FREE)
