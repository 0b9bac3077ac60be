"""What the ledger promises. A posting is balanced by its shape; these hold the rest to it."""

from __future__ import annotations

from collections.abc import Callable

from jkn.core.db import execute
from jkn.core.promises import Promise

_RECEIVABLE = """
SELECT family_id FROM (
  SELECT family_id, sum(amount) AS owed FROM contribution_bill WHERE status = 'open'
  GROUP BY family_id
) b FULL JOIN (
  SELECT family_id, sum(CASE WHEN debit = 'receivable' THEN amount
    WHEN credit = 'receivable' THEN -amount ELSE 0 END) AS booked
  FROM contribution_posting GROUP BY family_id
) p USING (family_id) WHERE coalesce(owed, 0) <> coalesce(booked, 0)
"""
_MONEY_IN = """
SELECT p.family_id FROM contribution_payment p
LEFT JOIN contribution_journal j ON j.family_id = p.family_id AND j.payment_id = p.id
LEFT JOIN LATERAL (
  SELECT sum(amount) AS booked FROM contribution_posting l
  WHERE l.family_id = j.family_id AND l.journal_id = j.id AND l.debit = 'clearing.' || p.bank
) lines ON true WHERE coalesce(lines.booked, 0) <> p.amount
"""
_JOURNAL_TWICE = """
SELECT family_id FROM contribution_journal WHERE payment_id IS NOT NULL
GROUP BY family_id, payment_id HAVING count(*) > 1
"""
_PAID_BILLS = """
SELECT b.family_id FROM contribution_bill b
LEFT JOIN LATERAL (
  SELECT sum(amount) AS booked FROM contribution_posting l
  WHERE l.family_id = b.family_id AND l.bill_id = b.id AND l.credit = 'receivable'
) lines ON true
WHERE coalesce(booked, 0) <>
  CASE WHEN b.status IN ('open', 'cancelled') THEN 0 ELSE b.amount END
"""
_CREDIT = """
SELECT family_id FROM contribution_posting WHERE debit = 'credit' OR credit = 'credit'
GROUP BY family_id
HAVING sum(CASE WHEN credit = 'credit' THEN amount ELSE -amount END) < 0
"""
_SUM_ZERO = """
SELECT 1 FROM (
  SELECT sum(balance) AS total FROM (
    SELECT debit AS account, sum(amount) AS balance FROM contribution_posting GROUP BY debit
    UNION ALL
    SELECT credit, -sum(amount) FROM contribution_posting GROUP BY credit
  ) balances
) t WHERE total <> 0
"""
_TWICE_ACROSS_FAMILIES = """
SELECT partner_id FROM contribution_payment
GROUP BY partner_id, request_id HAVING count(*) > 1
UNION ALL
SELECT partner_id FROM contribution_payment GROUP BY partner_id, reference HAVING count(*) > 1
"""
_PAYMENT_IN_DIRECTORY = """
SELECT p.id FROM contribution_payment p
WHERE p.partner_id <> 0 AND (SELECT count(*) FROM account_directory d
  WHERE d.family_id = p.family_id AND d.member_id = p.id AND d.kind IN ('payment', 'bankref')) <> 2
"""
# Arrears paid in part above a gap (months beyond the cap still open) do not move paid-until yet.
_PAID_MONTH = """
SELECT f.family_id FROM membership_family f
JOIN contribution_bill b ON b.family_id = f.family_id AND b.status = 'paid'
WHERE (f.paid_month IS NULL OR b.month > f.paid_month) AND NOT EXISTS (
  SELECT 1 FROM contribution_bill older
  WHERE older.family_id = b.family_id AND older.status = 'open' AND older.month < b.month)
"""
# The rule of cover says when; here only that it waits while a plan runs.
_PLAN_COVERED = """
SELECT p.family_id FROM contribution_instalmentplan p
JOIN membership_member m ON m.family_id = p.family_id AND m.ended_on IS NULL
WHERE p.status = 'active' AND m.status = 'active'
"""
_PLAN_PAID = """
SELECT p.family_id FROM contribution_instalmentplan p
WHERE p.status = 'active' AND NOT EXISTS (SELECT 1 FROM contribution_bill b
  WHERE b.family_id = p.family_id AND b.status = 'open')
"""
_DEBITS = """
SELECT d.family_id FROM contribution_debit d
JOIN contribution_payment p ON p.family_id = d.family_id AND p.id = d.payment_id
WHERE p.amount <> d.amount OR p.request_id <> d.id::text
UNION ALL
SELECT p.family_id FROM contribution_payment p
WHERE p.partner_id = 1 AND NOT EXISTS (SELECT 1 FROM contribution_debit d
  WHERE d.family_id = p.family_id AND d.payment_id = p.id)
"""


def _count(sql: str) -> Callable[[], int]:
    return lambda: int(execute(f"SELECT count(*) FROM ({sql}) broken")[0][0])  # noqa: S608


PROMISES = (
    Promise("ledger.sum_zero", "All balances add up to zero.", _count(_SUM_ZERO)),
    Promise("ledger.receivable", "What is owed is what the ledger says.", _count(_RECEIVABLE)),
    Promise("ledger.money_in", "Each payment is booked whole, to its bank.", _count(_MONEY_IN)),
    Promise("ledger.one_journal", "Each payment has one journal.", _count(_JOURNAL_TWICE)),
    Promise("ledger.paid_bills", "A paid bill is paid to the rupiah.", _count(_PAID_BILLS)),
    Promise("ledger.credit", "Nobody's credit is below zero.", _count(_CREDIT)),
    Promise("payment.once", "No bank request counts twice.", _count(_TWICE_ACROSS_FAMILIES)),
    Promise("payment.in_directory", "Each payment is found again.", _count(_PAYMENT_IN_DIRECTORY)),
    Promise("bill.paid_month", "A paid month is not after paid-until.", _count(_PAID_MONTH)),
    Promise(
        "plan.not_covered", "Nobody is covered before the plan is paid.", _count(_PLAN_COVERED)
    ),
    Promise("debit.posted", "Each debit that was paid is one payment.", _count(_DEBITS)),
    Promise("plan.owes", "A running plan has something left to pay.", _count(_PLAN_PAID)),
)
