"""What the ledger promises of employers, beside what it promises of every ledger group."""

from __future__ import annotations

from collections.abc import Callable

from jkn.core.db import execute
from jkn.core.promises import Promise

_RECEIVABLE = """
SELECT employer_id FROM (
  SELECT employer_id, sum(amount) AS owed FROM employer_employerbill WHERE status = 'open'
  GROUP BY employer_id
) b FULL JOIN (
  SELECT family_id AS employer_id, sum(CASE WHEN debit = 'receivable.employer' THEN amount
    ELSE -amount END) AS booked
  FROM contribution_posting
  WHERE debit = 'receivable.employer' OR credit = 'receivable.employer' GROUP BY family_id
) p USING (employer_id) WHERE coalesce(owed, 0) <> coalesce(booked, 0)
"""
_INCOME = """
SELECT employer_id FROM (
  SELECT employer_id, sum(amount) AS billed FROM employer_employerbill GROUP BY employer_id
) b FULL JOIN (
  SELECT family_id AS employer_id, sum(amount) AS booked FROM contribution_posting
  WHERE credit = 'income.employer' GROUP BY family_id
) p USING (employer_id) WHERE coalesce(billed, 0) <> coalesce(booked, 0)
"""
_LINES = """
SELECT b.id FROM employer_employerbill b LEFT JOIN LATERAL (
  SELECT sum(employer_part) AS employer_part, sum(worker_part) AS worker_part,
    sum(extra_part) AS extra_part, count(DISTINCT employee_id) AS persons
  FROM employer_billline l WHERE l.employer_id = b.employer_id AND l.bill_id = b.id
) l ON true
WHERE coalesce(l.employer_part, 0) <> b.employer_part OR coalesce(l.worker_part, 0) <> b.worker_part
  OR coalesce(l.extra_part, 0) <> b.extra_part OR coalesce(l.persons, 0) <> b.persons
"""
# A payment to an employer's group pays whole bills and nothing else.
_PAYMENTS = """
SELECT p.id FROM contribution_payment p JOIN employer_employer e ON e.employer_id = p.family_id
LEFT JOIN LATERAL (
  SELECT sum(amount) AS paid FROM employer_employerbill b
  WHERE b.employer_id = p.family_id AND b.payment_id = p.id
) b ON true WHERE coalesce(b.paid, 0) <> p.amount OR p.credited <> 0
"""
_OLDEST_FIRST = """
SELECT b.id FROM employer_employerbill b JOIN employer_employerbill older
  ON older.employer_id = b.employer_id AND older.month < b.month
WHERE b.status = 'paid' AND older.status = 'open'
"""
# The foreign key cannot say it: a ledger group is a family or an employer.
_GROUP_UNKNOWN = """
SELECT p.id FROM contribution_payment p
WHERE NOT EXISTS (SELECT 1 FROM membership_family f WHERE f.family_id = p.family_id)
  AND NOT EXISTS (SELECT 1 FROM employer_employer e WHERE e.employer_id = p.family_id)
"""
_NO_WAGE = """
SELECT e.id FROM employer_employee e WHERE NOT EXISTS (
  SELECT 1 FROM employer_wage w WHERE w.employer_id = e.employer_id AND w.employee_id = e.id)
"""

# A line counts the extra family of its month, no more and no less.
_EXTRAS = """
SELECT l.id FROM employer_billline l WHERE l.extras <> (
  SELECT count(*) FROM employer_extra x
  WHERE x.employer_id = l.employer_id AND x.employee_id = l.employee_id AND x.from_month <= l.month
    AND (x.until_month IS NULL OR x.until_month >= l.month))
"""
# Nobody is covered as extra family whom no worker pays for.
_EXTRA_COVER = """
SELECT m.id FROM membership_member m
WHERE m.extra_from IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM employer_extra x WHERE x.family_id = m.family_id AND x.member_id = m.id
    AND x.until_month IS NOT DISTINCT FROM CASE WHEN m.extra_until IS NOT NULL
      THEN extract(year FROM m.extra_until)::int * 12 + extract(month FROM m.extra_until)::int - 1
      END)
UNION ALL
SELECT x.id FROM employer_extra x
WHERE x.until_month IS NULL AND NOT EXISTS (
  SELECT 1 FROM membership_member m WHERE m.family_id = x.family_id AND m.id = x.member_id
    AND m.extra_from IS NOT NULL AND m.extra_until IS NULL)
"""


def _count(sql: str) -> Callable[[], int]:
    return lambda: int(execute(f"SELECT count(*) FROM ({sql}) broken")[0][0])  # noqa: S608


PROMISES = (
    Promise(
        "employer.receivable", "What an employer owes is what the ledger says.", _count(_RECEIVABLE)
    ),
    Promise("employer.income", "What employers were billed is booked.", _count(_INCOME)),
    Promise("employer.lines", "The lines of a bill add up to it.", _count(_LINES)),
    Promise("employer.whole_bills", "A payment pays whole bills.", _count(_PAYMENTS)),
    Promise("employer.oldest_first", "Older bills are paid first.", _count(_OLDEST_FIRST)),
    Promise("employer.group", "Each payment is a family's or an employer's.", _count(_GROUP_UNKNOWN)),
    Promise("employer.extras", "A line counts the extra family of its month.", _count(_EXTRAS)),
    Promise(
        "employer.extra_cover", "Extra family is covered as long as it is paid for.",
        _count(_EXTRA_COVER),
    ),
    Promise("employer.wage", "Everybody who works has a wage.", _count(_NO_WAGE)),
)  # fmt: skip
