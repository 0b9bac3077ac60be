"""What the money office promises: money set aside is the money of open refunds, paid is booked."""

from __future__ import annotations

from collections.abc import Callable

from jkn.core.db import execute
from jkn.core.month import Month
from jkn.core.promises import Promise
from jkn.treasury.totals import differences

_HELD = """
SELECT family_id FROM (
  SELECT family_id, sum(amount) AS running FROM treasury_refund
  WHERE state IN ('requested', 'proposed', 'approved') GROUP BY family_id
) r FULL JOIN (
  SELECT family_id, sum(CASE WHEN credit = 'refund_payable' THEN amount ELSE -amount END) AS booked
  FROM contribution_posting WHERE debit = 'refund_payable' OR credit = 'refund_payable'
  GROUP BY family_id
) p USING (family_id) WHERE coalesce(running, 0) <> coalesce(booked, 0)
"""
_PAID = """
SELECT r.family_id FROM treasury_refund r
LEFT JOIN LATERAL (
  SELECT sum(amount) AS booked FROM contribution_posting l
  WHERE l.family_id = r.family_id AND l.journal_id = r.paid_journal_id
    AND l.debit = 'refund_payable' AND l.credit = 'clearing.' || r.bank
) lines ON true
WHERE (r.state = 'paid' OR r.paid_journal_id IS NOT NULL) AND coalesce(lines.booked, 0) <> r.amount
"""
_TWO_PERSONS = """
SELECT family_id FROM treasury_refund WHERE state IN ('approved', 'paid', 'returned')
  AND (proposed_by IS NULL OR decided_by IS NULL OR decided_by IN (proposed_by, asked_by))
"""
_ONE_REFERENCE = """
SELECT bank FROM treasury_refund WHERE bank <> '' GROUP BY bank, bank_reference HAVING count(*) > 1
"""

_TOTALS = """
SELECT month FROM treasury_monthtotal GROUP BY month HAVING sum(debit) <> sum(credit)
"""
_CLOSED_BY_TWO = """
SELECT c.month FROM contribution_closedmonth c
LEFT JOIN treasury_monthclose m ON m.month = c.month AND m.closed_by <> m.proposed_by
WHERE m.month IS NULL
"""


def _rollup_differs() -> int:
    """Count the accounts of final months whose rollup is not what their postings say."""
    ((last,),) = execute("SELECT max(month) FROM treasury_monthclose WHERE rolled_at IS NOT NULL")
    return 0 if last is None else len(differences(first=Month(2000, 1), last=Month.at(last)))


def _count(sql: str) -> Callable[[], int]:
    return lambda: int(execute(f"SELECT count(*) FROM ({sql}) broken")[0][0])  # noqa: S608


PROMISES = (
    Promise("refund.held", "Open refunds are what is set aside.", _count(_HELD)),
    Promise("refund.paid", "Each payout is booked whole, to its bank.", _count(_PAID)),
    Promise("refund.two_persons", "Nobody approved alone.", _count(_TWO_PERSONS)),
    Promise("refund.reference", "No bank transfer pays two refunds.", _count(_ONE_REFERENCE)),
    Promise("treasury.balanced", "Each month's debits are its credits.", _count(_TOTALS)),
    Promise("treasury.rollup", "A closed month is what was posted in it.", _rollup_differs),
    Promise("treasury.closed_by_two", "Nobody closed a month alone.", _count(_CLOSED_BY_TWO)),
)
