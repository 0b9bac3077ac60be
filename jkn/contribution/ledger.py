"""Statements that move money: each one writes rows that belong together, or none.

Between `queries` and `actions` in the module's chain: only actions call it, with the family's row
locked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from jkn.contribution.models import Journal
from jkn.contribution.models import Posting as PostingRow
from jkn.contribution.rules import Posting, Settlement, receipt_number
from jkn.contribution.stages import Plan
from jkn.core.clock import now
from jkn.core.db import execute
from jkn.core.ids import new_id
from jkn.core.month import Month

_PAYER = """
(SELECT name FROM membership_member m WHERE m.family_id = f.family_id
  ORDER BY ended_on IS NOT NULL, status = 'deceased', relation <> 'head', birth_date LIMIT 1)
"""
_LOCK = f"""
SELECT segment, care_class, registered_on, pay_from, pay_by, paid_month, {_PAYER}
FROM membership_family f WHERE family_id = %s FOR NO KEY UPDATE
"""  # noqa: S608 (only constants are joined)
_FIRST_ANSWER = f"""
SELECT number, amount, {_PAYER} FROM contribution_payment f WHERE family_id = %s AND id = %s
"""  # noqa: S608 (only constants are joined)
# Read after the lock, in a statement of its own: its snapshot sees what the last payer wrote.
_READ = """
SELECT
  (SELECT coalesce(array_agg(id ORDER BY month, id), '{}') FROM contribution_bill
    WHERE family_id = %(family)s AND status = 'open'),
  (SELECT coalesce(array_agg(month ORDER BY month, id), '{}') FROM contribution_bill
    WHERE family_id = %(family)s AND status = 'open'),
  (SELECT coalesce(array_agg(amount ORDER BY month, id), '{}') FROM contribution_bill
    WHERE family_id = %(family)s AND status = 'open'),
  (SELECT coalesce(sum(CASE WHEN credit = 'credit' THEN amount ELSE -amount END), 0)::bigint
    FROM contribution_posting
    WHERE family_id = %(family)s AND (debit = 'credit' OR credit = 'credit')),
  (SELECT amount FROM contribution_quote WHERE family_id = %(family)s
    AND partner_id = %(partner)s AND request_id = %(request)s
    AND at > now() - make_interval(hours => %(hours)s)),
  EXISTS (SELECT 1 FROM contribution_payment WHERE family_id = %(family)s
    AND partner_id = %(partner)s AND (request_id = %(request)s OR reference = %(reference)s)),
  (SELECT ARRAY[arrears, stages, first_month, oldest_month] FROM contribution_instalmentplan
    WHERE family_id = %(family)s AND status = 'active'),
  EXISTS (SELECT 1 FROM contribution_instalmentplan
    WHERE family_id = %(family)s AND status <> 'completed')
  AND EXISTS (SELECT 1 FROM membership_member
    WHERE family_id = %(family)s AND status = 'suspended_arrears' AND ended_on IS NULL),
  (SELECT amount FROM contribution_aheadchoice WHERE family_id = %(family)s),
  (SELECT until FROM contribution_aheadchoice WHERE family_id = %(family)s)
"""
_BOOK = """
WITH payment AS (
  INSERT INTO contribution_payment (family_id, id, partner_id, bank, request_id, reference, number,
    amount, credited, months, day, paid_at, receipt, received_at)
  VALUES (%(family)s, %(payment)s, %(partner)s, %(bank)s, %(request)s, %(reference)s, %(number)s,
    %(amount)s, %(credited)s, %(months)s, %(day)s, %(paid_at)s, %(receipt)s, now())
), journal AS (
  INSERT INTO contribution_journal (family_id, id, kind, day, payment_id, at)
  VALUES (%(family)s, %(journal)s, 'paid', %(day)s, %(payment)s, now())
), bills AS (
  UPDATE contribution_bill SET status = 'paid', payment_id = %(payment)s
  WHERE family_id = %(family)s AND id = ANY(%(paid)s::bigint[]) AND status = 'open' RETURNING id
), beyond AS (
  UPDATE contribution_bill SET status = 'beyond_cap'
  WHERE family_id = %(family)s AND id = ANY(%(beyond)s::bigint[]) AND status = 'open' RETURNING id
), lines AS (
  INSERT INTO contribution_posting (family_id, id, journal_id, debit, credit, amount, bill_id)
  SELECT %(family)s, p.id, %(journal)s, p.debit, p.credit, p.amount, p.bill_id
  FROM unnest(%(ids)s::bigint[], %(debits)s::text[], %(credits)s::text[], %(amounts)s::bigint[],
    %(bill_ids)s::bigint[]) AS p (id, debit, credit, amount, bill_id)
)
SELECT (SELECT count(*) FROM bills) + (SELECT count(*) FROM beyond)
"""


@dataclass(frozen=True, slots=True)
class LockedFamily:
    """What a payment needs of the family; its row stays locked until the transaction ends."""

    segment: str
    care_class: str
    registered_on: date
    pay_from: date | None
    pay_by: date | None
    paid_month: int | None
    payer: str  # the head's name


@dataclass(frozen=True, slots=True)
class Debt:
    """The open bills (id, month index, rupiah), the credit and what was quoted, in rupiah.

    `is_posted` says that this request or its reference has paid already: whoever waited for the
    family's lock learns it only here. `waits_for_all` says that a suspended family pays, or paid,
    in stages: then a part of the debt does not bring cover back.
    """

    bills: list[tuple[int, int, int]]
    credit: int
    quoted: int | None
    is_posted: bool
    plan: Plan | None = None
    waits_for_all: bool = False
    ahead: int | None = None  # chosen to be paid ahead, until a day
    ahead_until: date | None = None


@dataclass(frozen=True, slots=True)
class Notified:
    """A payment as the bank notified it, in our words."""

    partner_id: int
    bank: str
    request_id: str
    reference: str
    number: str
    amount: int
    paid_at: datetime


def lock_family(family_id: int) -> LockedFamily | None:
    """Lock the family's row and return it; every writer of its money begins here."""
    rows = execute(_LOCK, [family_id])
    return LockedFamily(*rows[0]) if rows else None


def first_answer(family_id: int, payment_id: int) -> tuple[str, int, str | None]:
    """Return the account number, rupiah and payer of a payment that was posted before.

    The payer is None where the ledger group is no family.
    """
    (row,) = execute(_FIRST_ANSWER, [family_id, payment_id])
    return row[0], row[1], row[2]


def read_debt(family_id: int, *, notified: Notified, quote_hours: int) -> Debt:
    """Return what the family owes and what we quoted for this request."""
    ((ids, months, amounts, credit, quoted, is_posted, plan, waits, *ahead),) = execute(
        _READ,
        {
            "family": family_id,
            "partner": notified.partner_id,
            "request": notified.request_id,
            "reference": notified.reference,
            "hours": quote_hours,
        },
    )
    bills = list(zip(ids, months, amounts, strict=True))
    return Debt(bills, credit, quoted, is_posted, _plan(plan), waits, *ahead)


def remember_quote(family_id: int, *, partner_id: int, request_id: str, amount: int) -> None:
    """Keep what a bank was told for one request, from now on; under the family's lock."""
    execute(
        "INSERT INTO contribution_quote (family_id, id, partner_id, request_id, amount, at)"
        " VALUES (%s, %s, %s, %s, %s, now()) ON CONFLICT (family_id, partner_id, request_id)"
        " DO UPDATE SET amount = excluded.amount, at = excluded.at",
        [family_id, new_id(), partner_id, request_id, amount],
    )


def read_debt_only(family_id: int) -> Debt:
    """Return what the family owes, where no bank asks."""
    nobody = Notified(0, "", "", "", "", 0, paid_at=now())
    return read_debt(family_id, notified=nobody, quote_hours=1)


def _plan(row: list[int] | None) -> Plan | None:
    if row is None:
        return None
    arrears, stages, first, oldest = row
    return Plan(arrears, stages, Month.at(first), Month.at(oldest))


def book_payment(
    family_id: int,
    *,
    notified: Notified,
    settlement: Settlement,
    lines: Sequence[Posting],
    credited: int,
    on: date,
) -> int:
    """Write the payment, its journal and lines, and what became of the bills: one statement.

    Returns the payment's id. Raises `RuntimeError` where a bill was not open any more, which the
    lock makes impossible: then the transaction must fail.
    """
    payment_id = new_id()
    values: dict[str, Any] = {
        "family": family_id, "payment": payment_id, "journal": new_id(), "day": on,
        "partner": notified.partner_id, "bank": notified.bank, "request": notified.request_id,
        "reference": notified.reference, "number": notified.number, "amount": notified.amount,
        "credited": credited, "months": len(settlement.paid), "paid_at": notified.paid_at,
        "receipt": receipt_number(payment_id), **_columns(settlement, lines),
    }  # fmt: skip
    _all_touched(execute(_BOOK, values), settlement)
    return payment_id


_CREDITED_AND_OWING = """
SELECT p.family_id FROM contribution_posting p WHERE p.debit = 'credit' OR p.credit = 'credit'
GROUP BY p.family_id
HAVING sum(CASE WHEN p.credit = 'credit' THEN p.amount ELSE -p.amount END) > 0
  AND EXISTS (SELECT 1 FROM contribution_bill b
    WHERE b.family_id = p.family_id AND b.status = 'open' AND b.month <= %s)
ORDER BY p.family_id
"""
_BOOK_CREDIT = """
WITH journal AS (
  INSERT INTO contribution_journal (family_id, id, kind, day, at)
  VALUES (%(family)s, %(journal)s, 'credit', %(day)s, now())
), giver AS (
  SELECT id FROM contribution_payment WHERE family_id = %(family)s
  ORDER BY credited > 0 DESC, id DESC LIMIT 1
), bills AS (
  UPDATE contribution_bill SET status = 'paid', payment_id = (SELECT id FROM giver)
  WHERE family_id = %(family)s AND id = ANY(%(paid)s::bigint[]) AND status = 'open' RETURNING id
), beyond AS (
  UPDATE contribution_bill SET status = 'beyond_cap'
  WHERE family_id = %(family)s AND id = ANY(%(beyond)s::bigint[]) AND status = 'open' RETURNING id
), lines AS (
  INSERT INTO contribution_posting (family_id, id, journal_id, debit, credit, amount, bill_id)
  SELECT %(family)s, p.id, %(journal)s, p.debit, p.credit, p.amount, p.bill_id
  FROM unnest(%(ids)s::bigint[], %(debits)s::text[], %(credits)s::text[], %(amounts)s::bigint[],
    %(bill_ids)s::bigint[]) AS p (id, debit, credit, amount, bill_id)
)
SELECT (SELECT count(*) FROM bills) + (SELECT count(*) FROM beyond)
"""


def credited_and_owing(*, month: int) -> list[int]:
    """Return the families that have credit and an open bill of a month up to this one."""
    return [row[0] for row in execute(_CREDITED_AND_OWING, [month])]


def book_credit(
    family_id: int, *, settlement: Settlement, lines: Sequence[Posting], on: date
) -> None:
    """Write that credit paid bills: a journal without a payment, its lines, the bills.

    The bills name the newest payment that gave credit: its receipt shows what it paid.
    """
    values = {
        "family": family_id, "journal": new_id(), "day": on, **_columns(settlement, lines),
    }  # fmt: skip
    _all_touched(execute(_BOOK_CREDIT, values), settlement)


def _columns(settlement: Settlement, lines: Sequence[Posting]) -> dict[str, list[Any]]:
    return {
        "paid": [b.id for b in settlement.paid],
        "beyond": [b.id for b in settlement.beyond_cap],
        "ids": [new_id() for _ in lines],
        "debits": [line.debit for line in lines],
        "credits": [line.credit for line in lines],
        "amounts": [line.amount for line in lines],
        "bill_ids": [line.bill_id for line in lines],
    }


def _all_touched(rows: list[tuple[Any, ...]], settlement: Settlement) -> None:
    if rows[0][0] != len(settlement.paid) + len(settlement.beyond_cap):
        raise RuntimeError("a bill changed under the family's lock")


def book(family_id: int, kind: str, lines: Sequence[Posting], *, on: date) -> int:
    """Write one journal of a kind with its lines, booked on a day; return the journal's id."""
    journal = Journal.objects.create(family_id=family_id, kind=kind, day=on)
    PostingRow.objects.bulk_create(
        PostingRow(
            family_id=family_id, journal_id=journal.id, debit=str(line.debit),
            credit=str(line.credit), amount=line.amount, bill_id=line.bill_id,
        )
        for line in lines
    )  # fmt: skip
    return journal.id


def open_day(day: date, *, on: date) -> date:
    """Return the day under which something of a day is posted: `on` where its month is closed."""
    rows = execute(
        "SELECT 1 FROM contribution_closedmonth WHERE month >= %s LIMIT 1", [Month.of(day).index]
    )
    return on if rows else day
