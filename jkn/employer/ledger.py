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
    %(employer_percents)s::int[], %(worker_percents)s::int[], %(extra_percents)s::int[])
    AS t (month, floor, ceiling, employer_percent, worker_percent, extra_percent)
), priced AS (
  SELECT e.employer_id, e.id AS employee_id, t.month, w.monthly AS wage, t.employer_percent,
    t.worker_percent, t.extra_percent, x.extras,
    least(greatest(w.monthly, t.floor), t.ceiling) AS base
  FROM employer_employee e
  JOIN terms t ON t.month >= e.bill_from AND (e.ended_on IS NULL
    OR e.ended_on >= make_date(t.month / 12, t.month %% 12 + 1, 1))
  CROSS JOIN LATERAL (
    SELECT monthly FROM employer_wage w
    WHERE w.employer_id = e.employer_id AND w.employee_id = e.id
    ORDER BY w.valid_from <= make_date(t.month / 12, t.month %% 12 + 1, 1) DESC,
      abs(w.valid_from - make_date(t.month / 12, t.month %% 12 + 1, 1)) LIMIT 1
  ) w
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS extras FROM employer_extra x
    WHERE x.employer_id = e.employer_id AND x.employee_id = e.id AND x.from_month <= t.month
      AND (x.until_month IS NULL OR x.until_month >= t.month)
  ) x
  WHERE e.state = 'enrolled'
    AND NOT EXISTS (SELECT 1 FROM employer_billline l
      WHERE l.employer_id = e.employer_id AND l.employee_id = e.id AND l.month = t.month)
    AND NOT EXISTS (SELECT 1 FROM employer_employerbill b
      WHERE b.employer_id = e.employer_id AND b.month = %(month)s)
), shared AS (  -- each part rounded half up to the rupiah, as core.money.share does
  SELECT *, (base * employer_percent + 50) / 100 AS employer_part,
    (base * worker_percent + 50) / 100 AS worker_part,
    extras * ((base * extra_percent + 50) / 100) AS extra_part
  FROM priced
), totals AS (
  SELECT employer_id, count(DISTINCT employee_id) AS persons, sum(employer_part) AS employer_part,
    sum(worker_part) AS worker_part, sum(extra_part) AS extra_part
  FROM shared GROUP BY employer_id
  HAVING sum(employer_part + worker_part + extra_part) > 0
), made AS (
  INSERT INTO employer_employerbill (employer_id, id, month, persons, employer_part, worker_part,
    extra_part, amount, basis, due_on, status)
  SELECT employer_id, new_id(), %(month)s, persons, employer_part, worker_part, extra_part,
    employer_part + worker_part + extra_part, %(basis)s, %(due)s, 'open'
  FROM totals ORDER BY employer_id  -- two runs at once meet in one order, never in a deadlock
  ON CONFLICT (employer_id, month) DO NOTHING
  RETURNING employer_id, id, amount
), lines AS (
  INSERT INTO employer_billline (employer_id, id, bill_id, employee_id, month, wage, base,
    employer_part, worker_part, extras, extra_part)
  -- Each line takes a millisecond of its own: thousands made within one would meet by chance.
  SELECT s.employer_id, new_id()
      + (row_number() OVER (PARTITION BY s.employer_id ORDER BY s.employee_id, s.month) << 22),
    made.id, s.employee_id, s.month, s.wage, s.base,
    s.employer_part, s.worker_part, s.extras, s.extra_part
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

# Who ends extra family holds its employer's lock: a line counts either before or after that.
_LOCK_WITH_EXTRAS = """
SELECT count(*) FROM (
  SELECT 1 FROM employer_employer e
  WHERE EXISTS (SELECT 1 FROM employer_extra x WHERE x.employer_id = e.employer_id)
    AND NOT EXISTS (SELECT 1 FROM employer_employerbill b
      WHERE b.employer_id = e.employer_id AND b.month = %s)
  ORDER BY employer_id FOR NO KEY UPDATE OF e
) locked
"""


def bill_employers(
    *, month: Month, terms: Sequence[tuple[Month, WageTerms]], basis: str, due: date, posted: date
) -> list[tuple[int, int]]:
    """Make the bills of one month of all employers; return (employer, bill) of the new ones.

    One set-based statement: a line for each employee and month of `terms` that has none yet, at
    the wage and figures of that month, booked under the day `posted`. An employer that has its
    bill of the month keeps it.
    """
    execute(_LOCK_WITH_EXTRAS, [month.index])
    rows = execute(
        _BILL_MONTH,
        {
            "month": month.index, "first": month.first_day(), "due": due, "basis": basis,
            "posted": posted,
            "months": [m.index for m, _ in terms], "floors": [t.floor for _, t in terms],
            "ceilings": [t.ceiling for _, t in terms],
            "employer_percents": [t.employer_percent for _, t in terms],
            "worker_percents": [t.worker_percent for _, t in terms],
            "extra_percents": [t.extra_percent for _, t in terms],
        },
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]


# Who is extra family no more: has a place now, is too old, died, left; or the worker did.
_LOST = """
SELECT x.employer_id, x.id FROM employer_extra x
LEFT JOIN membership_family f ON f.family_id = x.family_id
  AND f.segment = 'ppu' AND f.guarantee_until IS NULL
LEFT JOIN membership_member m ON m.family_id = x.family_id AND m.id = x.member_id
  AND m.ended_on IS NULL AND m.status = 'waiting_place'
LEFT JOIN membership_member w ON w.family_id = x.family_id AND w.id = x.worker_id
  AND w.ended_on IS NULL AND w.status NOT IN ('deceased', 'duplicate')
WHERE x.until_month IS NULL AND (f.family_id IS NULL OR m.id IS NULL OR w.id IS NULL)
ORDER BY x.employer_id, x.id
"""
_PAID_EXTRAS = """
SELECT x.family_id, x.member_id, max(l.month) FROM employer_employerbill b
JOIN employer_billline l ON l.employer_id = b.employer_id AND l.bill_id = b.id AND l.extras > 0
JOIN employer_extra x ON x.employer_id = l.employer_id AND x.employee_id = l.employee_id
  AND x.from_month <= l.month AND (x.until_month IS NULL OR x.until_month >= l.month)
WHERE b.employer_id = %s AND b.payment_id = %s GROUP BY x.family_id, x.member_id
"""


def lost_extras() -> list[tuple[int, int]]:
    """Return (employer, id) of extra family that is none any more by what the family's rows say."""
    return [(row[0], row[1]) for row in execute(_LOST, [])]


def paid_extras(employer_id: int, payment_id: int) -> list[tuple[int, int, Month]]:
    """Return for whom of extra family a payment was: family, member, and the last month paid."""
    rows = execute(_PAID_EXTRAS, [employer_id, payment_id])
    return [(row[0], row[1], Month.at(row[2])) for row in rows]


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
