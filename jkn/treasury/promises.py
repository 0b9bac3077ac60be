"""What the money office promises: money set aside is the money of open refunds, paid is booked."""

from __future__ import annotations

from collections.abc import Callable

from jkn.core.db import execute
from jkn.core.promises import Promise

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


def _count(sql: str) -> Callable[[], int]:
    return lambda: int(execute(f"SELECT count(*) FROM ({sql}) broken")[0][0])  # noqa: S608


PROMISES = (
    Promise("refund.held", "Open refunds are what is set aside.", _count(_HELD)),
    Promise("refund.paid", "Each payout is booked whole, to its bank.", _count(_PAID)),
    Promise("refund.two_persons", "Nobody approved alone.", _count(_TWO_PERSONS)),
    Promise("refund.reference", "No bank transfer pays two refunds.", _count(_ONE_REFERENCE)),
)
