"""A month of many families for tests: billed and mostly paid, and the bank's statement of it.

Set-based as far as it goes: what single payments do is tested elsewhere, here it is the mass.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from django.db import connection, transaction

from jkn.contribution.actions import receive_payment
from jkn.contribution.ledger import Notified
from jkn.core.clock import JAKARTA, now
from jkn.core.db import execute, sealer
from jkn.gate.models import Partner
from jkn.nonprod.partners.statement import Booked
from jkn.nonprod.seeding.copying import Rows, copied_bytes, fresh_ids

FIRST = date(2026, 12, 1)
ONE_BY_ONE = 40  # payments through the real action
SLICE = 5_000
_DUE = """
SELECT b.family_id, b.id, b.amount, (SELECT number FROM contribution_virtualaccount v
  WHERE v.family_id = b.family_id ORDER BY prefix LIMIT 1)
FROM contribution_bill b JOIN membership_family f ON f.family_id = b.family_id
WHERE b.status = 'open' AND b.month = %s AND f.paid_month = b.month - 1 ORDER BY b.family_id
"""
_PAY = """
WITH t AS (SELECT * FROM unnest(%(families)s::bigint[], %(bills)s::bigint[], %(amounts)s::bigint[],
    %(numbers)s::text[], %(days)s::date[], %(payments)s::bigint[], %(journals)s::bigint[],
    %(postings)s::bigint[])
  AS t (family_id, bill_id, amount, number, day, payment_id, journal_id, posting_id)
), paid AS (
  INSERT INTO contribution_payment (family_id, id, partner_id, bank, request_id, reference, number,
    amount, credited, months, day, paid_at, received_at, receipt)
  SELECT family_id, payment_id, %(partner)s, %(bank)s, 'Q' || payment_id, 'B' || payment_id, number,
    amount, 0, 1, day, day, day, payment_id::text FROM t
), bills AS (
  UPDATE contribution_bill b SET status = 'paid', payment_id = t.payment_id FROM t
  WHERE b.family_id = t.family_id AND b.id = t.bill_id
), families AS (
  UPDATE membership_family f SET paid_month = %(month)s FROM t WHERE f.family_id = t.family_id
), journals AS (
  INSERT INTO contribution_journal (family_id, id, kind, day, payment_id, at)
  SELECT family_id, journal_id, 'paid', day, payment_id, now() FROM t
)
INSERT INTO contribution_posting (family_id, id, journal_id, debit, credit, amount, bill_id)
SELECT family_id, posting_id, journal_id, 'clearing.' || %(bank)s, 'receivable', amount, bill_id
FROM t
"""


@dataclass(frozen=True, slots=True)
class Due:
    """One family's bill of the month, and the number that it is paid to."""

    family_id: int
    bill_id: int
    amount: int
    number: str


@dataclass
class Month:
    """What was paid, and what the bank writes of it, with noise that is counted by its reason."""

    partner: Partner
    rows: list[Booked] = field(default_factory=list)
    expected: Counter[str] = field(default_factory=Counter)
    lost: int = 0  # rupiah of payments that the bank forgot to write

    def pay(self, due: Sequence[Due], *, month: int, share: float, chance: Random) -> None:
        """Pay a share of the bills on days of the month, and let the bank write them."""
        paid = [d for d in due if chance.random() < share]
        ids = fresh_ids(3 * len(paid) + 1)
        for d in paid[:ONE_BY_ONE]:
            self._pay_really(d, day=self._day(chance))
        rest = paid[ONE_BY_ONE:]
        for start in range(0, len(rest), SLICE):
            some = rest[start : start + SLICE]
            days = [self._day(chance) for _ in some]
            payments = [next(ids) for _ in some]
            self._pay_many(some, days, payments, ids, month=month)
            for d, day, payment in zip(some, days, payments, strict=True):
                self._write(d, day, payment, chance)
        self._noise(chance, many=max(1, len(paid) // 500))
        self.rows.sort(key=lambda b: b.day)

    def _day(self, chance: Random) -> date:
        return FIRST + timedelta(days=chance.randrange(28))

    def _pay_really(self, d: Due, *, day: date) -> None:
        told = Notified(
            self.partner.id, self.partner.name, f"Q{d.bill_id}", f"B{d.bill_id}", d.number,
            d.amount, paid_at=now().astimezone(JAKARTA),
        )  # fmt: skip
        with transaction.atomic():
            receive_payment(notified=told, on=day)
        self._book(day, d.amount, f"B{d.bill_id}", d.number, "reference")

    def _pay_many(
        self, some: Sequence[Due], days: list[date], payments: list[int], ids: Iterator[int], *,
        month: int,
    ) -> None:  # fmt: skip
        execute(
            _PAY,
            {
                "families": [d.family_id for d in some], "bills": [d.bill_id for d in some],
                "amounts": [d.amount for d in some], "numbers": [d.number for d in some],
                "days": days, "payments": payments, "journals": [next(ids) for _ in some],
                "postings": [next(ids) for _ in some], "partner": self.partner.id,
                "bank": self.partner.name, "month": month,
            },
        )  # fmt: skip
        rows = Rows()
        for d, payment in zip(some, payments, strict=True):
            for kind, letter in (("payment", "Q"), ("bankref", "B")):
                digest = sealer().index(kind, f"{self.partner.id}:{letter}{payment}")
                rows.add("account_directory", kind, copied_bytes(digest), d.family_id, payment)
        with transaction.atomic():
            rows.flush()

    def _write(self, d: Due, day: date, payment: int, chance: Random) -> None:
        """Write a payment as banks do: mostly well."""
        fate = chance.random()
        late = day + timedelta(days=chance.randrange(3))
        if fate < 0.80:
            self._book(day, d.amount, f"B{payment}", d.number, "reference")
        elif fate < 0.90:
            self._book(late, d.amount, f"Q{payment}", d.number, "reference")
        elif fate < 0.96:
            self._book(late, d.amount, "", d.number, "account")
        elif fate < 0.97:
            self._book(day, d.amount, f"B{payment}", d.number, "reference")
            self._book(late, d.amount, f"B{payment}", d.number, "duplicate")
        elif fate < 0.98:
            self._book(day, d.amount + 500, f"B{payment}", d.number, "amount_differs")
            self.lost += d.amount
        elif fate < 0.99:
            self._book(day, d.amount, f"B{payment}", d.number, "reference")
            self._book(late, -d.amount, f"B{payment}", d.number, "taken_back")
        else:
            self.lost += d.amount

    def _noise(self, chance: Random, *, many: int) -> None:
        for n in range(many):
            day = self._day(chance)
            self._book(day, -6_500, "", "BIAYA ADM HARIAN", "bank_fee")
            self._book(day, 1_000 + n, f"U{n}", "8888899999999999", "unknown_account")
            self._book(day, 2_000 + n, f"T{n}", "SETOR TUNAI", "no_reference")
            self._book(day, -3_000 - n, f"K{n}", "TARIK", "unknown_debit")
            self._book(day, 4_000 + n, f"V{n}", "TRANSFER", "reversed")
            self._book(day, -4_000 - n, f"V{n}", "KOREKSI TRANSFER", "reversed")
        self._book(date(2026, 12, 30), 987_654, "", "JASA GIRO", "interest")
        self._book(date(2026, 12, 30), -197_530, "", "PAJAK JASA GIRO", "tax")

    def _book(self, day: date, amount: int, reference: str, words: str, reason: str) -> None:
        self.rows.append(Booked(day.isoformat(), amount, reference, f"SETORAN {words}"))
        self.expected[reason] += 1


def due_of(month: int) -> list[Due]:
    """Return what families owe that were paid up to the month before (core.month index)."""
    return [Due(*row) for row in execute(_DUE, [month])]


def analyze() -> None:
    """Let the planner know what was written."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
