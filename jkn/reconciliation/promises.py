"""What reconciliation promises: each line is booked once, and money on its way is not lost."""

from __future__ import annotations

from jkn.core.db import execute
from jkn.core.promises import Promise
from jkn.reconciliation.queries import balance_of, bank_names
from jkn.reconciliation.rules import SUSPENSE_GROUP, TRANSIT_BANK

# A line that is not a movement of ours is booked whole against its bank's clearing account.
_BOOKED = """
SELECT count(*) FROM reconciliation_statementline l
LEFT JOIN contribution_posting p ON p.family_id = %(group)s AND p.journal_id = l.journal_id
WHERE l.status <> 'new' AND NOT (
  CASE WHEN l.amount = 0 THEN l.journal_id IS NULL
  WHEN l.matched_kind IN ('', 'transfer') THEN
    p.amount IS NOT DISTINCT FROM abs(l.amount)
    AND CASE WHEN l.amount > 0 THEN p.debit ELSE p.credit END = 'clearing.' || l.bank
  ELSE (l.journal_id IS NULL) = (l.undo_id IS NULL) END)
"""
_PAYMENT = """
SELECT count(*) FROM reconciliation_statementline l
LEFT JOIN contribution_payment p ON p.family_id = l.matched_group AND p.id = l.matched_id
WHERE l.matched_kind = 'payment' AND (p.amount, p.bank) IS DISTINCT FROM (l.amount, l.bank)
"""
# Of statements whose lines no earlier file had.
_SUMS = """
SELECT count(*) FROM (
  SELECT s.id FROM reconciliation_statement s
  LEFT JOIN reconciliation_statementline l ON l.bank = s.bank AND l.statement_id = s.id
  WHERE s.is_loaded GROUP BY s.bank, s.id HAVING count(l.id) = s.lines
    AND (s.closing - s.opening) * 100 + s.closing_sen - s.opening_sen
      <> coalesce(sum(l.amount * 100 + l.sen), 0)
) wrong
"""
_SUSPENSE = """
SELECT (SELECT coalesce(sum(amount), 0) FROM reconciliation_statementline
  WHERE status = 'suspense' OR (status = 'explained' AND reason = 'reversed'))
<> (SELECT coalesce(sum(CASE WHEN credit = 'suspense' THEN amount ELSE -amount END), 0)
  FROM contribution_posting WHERE family_id = %(group)s
  AND (debit = 'suspense' OR credit = 'suspense'))
"""
_TRANSIT = """
SELECT (SELECT coalesce(sum(CASE WHEN credit = %(transit)s THEN amount ELSE -amount END), 0)
  FROM contribution_posting WHERE debit = %(transit)s OR credit = %(transit)s)
<> (SELECT coalesce(sum(amount), 0) FROM reconciliation_transfer t
  WHERE NOT EXISTS (SELECT 1 FROM contribution_payment p WHERE p.family_id = t.to_family
    AND p.partner_id = 0 AND p.request_id = 'transfer:' || t.id))
"""


def _booked() -> int:
    return int(execute(_BOOKED, {"group": SUSPENSE_GROUP})[0][0])


def _payment() -> int:
    return int(execute(_PAYMENT)[0][0])


def _sums() -> int:
    return int(execute(_SUMS)[0][0])


def _suspense() -> int:
    return int(execute(_SUSPENSE, {"group": SUSPENSE_GROUP})[0][0])


def _transit() -> int:
    return int(execute(_TRANSIT, {"transit": f"clearing.{TRANSIT_BANK}"})[0][0])


def _clearing() -> int:
    return sum(balance_of(bank).difference != 0 for bank in bank_names())


PROMISES = (
    Promise("statement.booked", "Each line is booked whole, once.", _booked),
    Promise("statement.payment", "A matched line is its payment to the rupiah.", _payment),
    Promise("statement.sums", "Lines lead from opening to closing, to the sen.", _sums),
    Promise("statement.suspense", "Suspense holds what its lines say.", _suspense),
    Promise("statement.transit", "Transit holds what is on its way.", _transit),
    Promise("statement.clearing", "Each bank's account is explained whole.", _clearing),
)
