"""Statements that move employers' money; only actions call them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from jkn.contribution.wages import WageTerms
from jkn.core.db import execute
from jkn.core.month import Month

_BILL_MONTH = """
WITH terms AS (
  SELECT * FROM unnest(%(months)s::int[], %(floors)s::bigint[], %(ceilings)s::bigint[],
    %(employer_percents)s::int[], %(worker_percents)s::int[])
    AS t (month, floor, ceiling, employer_percent, worker_percent)
), priced AS (
  SELECT e.employer_id, e.id AS employee_id, t.month, w.monthly AS wage, t.employer_percent,
    t.worker_percent, least(greatest(w.monthly, t.floor), t.ceiling) AS base
  FROM employer_employee e
  JOIN terms t ON t.month >= e.bill_from AND (e.ended_on IS NULL
    OR e.ended_on >= make_date(t.month / 12, t.month %% 12 + 1, 1))
  CROSS JOIN LATERAL (
    SELECT monthly FROM employer_wage w
    WHERE w.employer_id = e.employer_id AND w.employee_id = e.id
    ORDER BY w.valid_from <= make_date(t.month / 12, t.month %% 12 + 1, 1) DESC,
      abs(w.valid_from - make_date(t.month / 12, t.month %% 12 + 1, 1)) LIMIT 1
  ) w
  WHERE e.state = 'enrolled'
    AND NOT EXISTS (SELECT 1 FROM employer_billline l
      WHERE l.employer_id = e.employer_id AND l.employee_id = e.id AND l.month = t.month)
    AND NOT EXISTS (SELECT 1 FROM employer_employerbill b
      WHERE b.employer_id = e.employer_id AND b.month = %(month)s)
), shared AS (  -- each part rounded half up to the rupiah, as core.money.share does
  SELECT *, (base * employer_percent + 50) / 100 AS employer_part,
    (base * worker_percent + 50) / 100 AS worker_part
  FROM priced
), totals AS (
  SELECT employer_id, count(DISTINCT employee_id) AS persons, sum(employer_part) AS employer_part,
    sum(worker_part) AS worker_part
  FROM shared GROUP BY employer_id HAVING sum(employer_part + worker_part) > 0
), made AS (
  INSERT INTO employer_employerbill (employer_id, id, month, persons, employer_part, worker_part,
    amount, basis, due_on, status)
  SELECT employer_id, new_id(), %(month)s, persons, employer_part, worker_part,
    employer_part + worker_part, %(basis)s, %(due)s, 'open'
  FROM totals ORDER BY employer_id  -- two runs at once meet in one order, never in a deadlock
  ON CONFLICT (employer_id, month) DO NOTHING
  RETURNING employer_id, id, amount
), lines AS (
  INSERT INTO employer_billline (employer_id, id, bill_id, employee_id, month, wage, base,
    employer_part, worker_part)
  -- Each line takes a millisecond of its own: thousands made within one would meet by chance.
  SELECT s.employer_id, new_id()
      + (row_number() OVER (PARTITION BY s.employer_id ORDER BY s.employee_id, s.month) << 22),
    made.id, s.employee_id, s.month, s.wage, s.base,
    s.employer_part, s.worker_part
  FROM shared s JOIN made ON made.employer_id = s.employer_id
), journal AS (
  INSERT INTO contribution_journal (family_id, id, kind, day, at)
  SELECT employer_id, new_id(), 'billed', %(posted)s, now() FROM made RETURNING family_id, id
), posted AS (
  INSERT INTO contribution_posting (family_id, id, journal_id, debit, credit, amount)
  SELECT made.employer_id, new_id(), journal.id, 'receivable.employer', 'income.employer',
    made.amount
  FROM made JOIN journal ON journal.family_id = made.employer_id
)
SELECT employer_id, id FROM made
"""


def bill_employers(
    *, month: Month, terms: Sequence[tuple[Month, WageTerms]], basis: str, due: date, posted: date
) -> list[tuple[int, int]]:
    """Make the bills of one month of all employers; return (employer, bill) of the new ones.

    One set-based statement: a line for each employee and month of `terms` that has none yet, at
    the wage and figures of that month, booked under the day `posted`. An employer that has its
    bill of the month keeps it.
    """
    rows = execute(
        _BILL_MONTH,
        {
            "month": month.index, "first": month.first_day(), "due": due, "basis": basis,
            "posted": posted,
            "months": [m.index for m, _ in terms], "floors": [t.floor for _, t in terms],
            "ceilings": [t.ceiling for _, t in terms],
            "employer_percents": [t.employer_percent for _, t in terms],
            "worker_percents": [t.worker_percent for _, t in terms],
        },
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]


_LOCK = "SELECT name FROM employer_employer WHERE employer_id = %s FOR NO KEY UPDATE"
_OPEN = """
SELECT id, month, amount FROM employer_employerbill
WHERE employer_id = %s AND status = 'open' ORDER BY month
"""
_PAID = """
UPDATE employer_employerbill SET status = 'paid', payment_id = %s
WHERE employer_id = %s AND id = ANY(%s::bigint[]) AND status = 'open' RETURNING id
"""


def lock_employer(employer_id: int) -> str | None:
    """Lock an employer's row and return its name; every writer of its money begins here."""
    rows = execute(_LOCK, [employer_id])
    return rows[0][0] if rows else None


def open_bills(employer_id: int) -> list[tuple[int, int, int]]:
    """Return the open bills (id, month index, rupiah), oldest first."""
    return [(row[0], row[1], row[2]) for row in execute(_OPEN, [employer_id])]


def mark_paid(employer_id: int, *, payment_id: int, bill_ids: Sequence[int]) -> None:
    """Note which bills a payment paid.

    Raises `RuntimeError` where one was not open any more, which the lock makes impossible.
    """
    touched = execute(_PAID, [payment_id, employer_id, list(bill_ids)])
    if len(touched) != len(bill_ids):
        raise RuntimeError("a bill changed under the employer's lock")
