"""Rules of contribution (iuran). Pure: amounts are whole rupiah, months and days are given.

Sources: Perpres 64/2020 and 63/2022 for tariffs; Perpres 82/2018 art. 42 as amended by Perpres
64/2020 for arrears. Which months count below the cap is unverified: see `owed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from jkn.core.errors import Refused
from jkn.core.month import Month, months_between
from jkn.core.words import N_


class BillStatus(StrEnum):
    """How a bill of one month stands."""

    OPEN = "open"
    PAID = "paid"
    BEYOND_CAP = "beyond_cap"  # older than the arrears that the law lets us collect
    WRITTEN_OFF = "forgiven"  # by an amnesty
    CANCELLED = "cancelled"  # everybody left before the first payment: nothing is owed


class Reminder(StrEnum):
    """Which reminder of a bill goes out."""

    IN_7_DAYS = "in_7_days"
    IN_1_DAY = "in_1_day"
    OVERDUE = "overdue"
    STAGE_IN_7_DAYS = "stage_7"  # this month's stage of a plan, due when the month ends
    STAGE_IN_1_DAY = "stage_1"


class Chart(StrEnum):
    """Accounts of the ledger; `clearing.<bank>` stands beside them, one for each bank."""

    RECEIVABLE = "receivable"  # piutang iuran
    INCOME = "income"  # pendapatan iuran
    CREDIT = "credit"  # titipan: paid more than owed
    BEYOND_CAP = "beyond_cap"  # months above the cap, closed at reactivation
    REFUND = "refund_payable"  # credit on its way back to the family
    WRITTEN_OFF = "written_off"  # months that an amnesty wrote off


@dataclass(frozen=True, slots=True)
class Tariff:
    """What one person pays a month in a segment and class, from a day on, in rupiah."""

    segment: str
    care_class: str
    valid_from: date
    monthly: int
    government: int  # paid by the government beside it
    basis: str
    verified: bool


def tariff_on(tariffs: Iterable[Tariff], *, segment: str, care_class: str, on: date) -> Tariff:
    """Return the tariff in force on a day: the latest that has begun.

    Refuses `contribution.no_tariff` where none has begun.
    """
    begun = [
        t
        for t in tariffs
        if (t.segment, t.care_class) == (segment, care_class) and t.valid_from <= on
    ]
    if not begun:
        raise Refused(
            "contribution.no_tariff", N_("Belum ada tarif untuk kelas {care_class}."),
            care_class=care_class,
        )  # fmt: skip
    return max(begun, key=lambda t: t.valid_from)


def classes_on(tariffs: Sequence[Tariff], *, segment: str, on: date) -> tuple[str, ...]:
    """Return the classes of care that can be chosen on a day: those with a price then.

    A tariff of nothing ends a class from its first day on; so KRIS replaces the three by rows alone.
    """
    begun = [t for t in tariffs if t.segment == segment and t.valid_from <= on]
    latest = {t.care_class: t for t in sorted(begun, key=lambda t: t.valid_from)}
    return tuple(sorted(name for name, tariff in latest.items() if tariff.monthly > 0))


def monthly_bill(tariff: Tariff, *, persons: int) -> int:
    """Return a family's contribution for one month in rupiah: every billed person the same."""
    return tariff.monthly * persons


def due_day(month: Month, *, day: int) -> date:
    """Return the day by which a month is to be paid (the 10th; no fee follows by itself)."""
    return date(month.year, month.number, day)


def check_month_to_bill(month: Month, *, on: date, cap_months: int) -> None:
    """Refuse `billing.month`: a month after the next one, or older than arrears are asked for."""
    current = Month.of(on)
    first, last = current.plus(-cap_months), current.plus(1)
    if not first <= month <= last:
        raise Refused(
            "billing.month", N_("Tagihan dapat dibuat untuk bulan {first} sampai {last}."),
            first=first, last=last,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class OpenBill:
    """A month that is billed and not paid, at the tariff that it was made with."""

    id: int
    month: Month
    amount: int


@dataclass(frozen=True, slots=True)
class Owed:
    """What a family has to pay today, and what falls away above the cap."""

    bills: tuple[OpenBill, ...]  # oldest first
    beyond_cap: tuple[OpenBill, ...]
    credit: int  # paid before and not used
    later: int = 0  # arrears that a plan of instalments leaves to the stages of later months
    ahead: int = 0  # chosen by the family to be paid ahead; it becomes credit

    @property
    def total(self) -> int:
        """The bills' sum in rupiah, before the credit is used."""
        return sum(bill.amount for bill in self.bills)

    @property
    def amount(self) -> int:
        """What a bank asks for now in rupiah: what is due, and what is to be paid ahead."""
        return self.due + self.ahead

    @property
    def due(self) -> int:
        """What is to be paid now in rupiah, never below zero."""
        return max(0, self.total - self.credit - self.later)

    @property
    def whole(self) -> int:
        """What would pay everything at once in rupiah, later stages included."""
        return max(0, self.total - self.credit)

    @property
    def months_of_arrears(self) -> int:
        """How many months are owed that are earlier than the newest."""
        return max(0, len({bill.month for bill in self.bills}) - 1)


def owed(open_bills: Iterable[OpenBill], *, on: date, cap_months: int, credit: int = 0) -> Owed:
    """Return what is owed on a day: the newest months of arrears up to the cap, and this month.

    Perpres 82/2018 art. 42 (2): arrears are paid for at most 24 months, plus the current month.
    That the newest months are the ones that count is unverified; each stands at the tariff that
    its bill was made with. Bills of months to come are not owed yet.
    """
    current = Month.of(on)
    billed = sorted((b for b in open_bills if b.month <= current), key=lambda b: (b.month, b.id))
    arrears = [b for b in billed if b.month < current]
    # A month may have two bills: the family's, then that of a newborn who was registered later.
    months = sorted({b.month for b in arrears})
    newest = set(months[-cap_months:]) if cap_months else set()
    kept = [b for b in arrears if b.month in newest]
    return Owed(
        bills=(*kept, *(b for b in billed if b.month == current)),
        beyond_cap=tuple(arrears[: len(arrears) - len(kept)]),
        credit=credit,
    )


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a payment does: the bills it pays, those it lets fall away, the credit that remains."""

    paid: tuple[OpenBill, ...]
    beyond_cap: tuple[OpenBill, ...]
    credit: int
    reactivates: bool  # nothing is owed any more


def settle(debt: Owed, *, amount: int) -> Settlement:
    """Return what a payment of `amount` rupiah does to a debt: the oldest month first.

    A month is paid whole or not at all; what remains becomes credit. Cover comes back only when
    the arrears up to the cap and the current month are all paid (Perpres 82/2018 art. 42 (2));
    then the months above the cap fall away.
    """
    left = debt.credit + amount
    paid: list[OpenBill] = []
    for bill in debt.bills:
        if bill.amount > left:
            break
        left -= bill.amount
        paid.append(bill)
    is_all = len(paid) == len(debt.bills)
    return Settlement(
        paid=tuple(paid),
        beyond_cap=debt.beyond_cap if is_all else (),
        credit=left,
        reactivates=is_all,
    )


def paid_until_after(
    settlement: Settlement, *, before: Month | None, on: date, is_first: bool
) -> Month | None:
    """Return the last paid month after a settlement.

    When nothing is owed any more that is the month of the day (or a later one paid ahead). Else
    it moves over the months that follow the last paid one without a gap. A first payment covers
    the month in which it is made, also when the registration was a month earlier.
    """
    current = Month.of(on)
    if settlement.reactivates and (settlement.paid or is_first):
        newest = max((b.month for b in settlement.paid), default=current)
        return max(newest, current if is_first else newest, before or newest)
    reached = before
    for bill in settlement.paid:
        if reached is not None and bill.month == reached.plus(1):
            reached = bill.month
    return reached


@dataclass(frozen=True, slots=True)
class Coming:
    """What coming months cost in rupiah, the next one first, and the credit that is there for them.

    Months after the last price cost what that one does.
    """

    prices: tuple[int, ...]
    credit: int

    def price(self, number: int) -> int:
        """Return what a coming month costs; the next one has number 0."""
        return self.prices[min(number, len(self.prices) - 1)]

    @property
    def covered(self) -> int:
        """How many coming months the credit pays whole."""
        left = self.credit
        for number, price in enumerate(self.prices):
            if not 0 < price <= left:
                return number
            left -= price
        return len(self.prices) + left // self.prices[-1]

    def cost(self, months: int) -> int:
        """Return what so many months cost after those that the credit pays."""
        first = self.covered
        return sum(self.price(first + n) for n in range(months))

    def changes(self, months: int) -> tuple[tuple[int, int], ...]:
        """Return (number, price) of each month among the next ones that costs other than before."""
        numbers = range(1, months)
        return tuple((n, self.price(n)) for n in numbers if self.price(n) != self.price(n - 1))


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of a journal: `amount` rupiah from the credited to the debited account."""

    debit: str
    credit: str
    amount: int
    bill_id: int | None = None


def clearing(bank: str) -> str:
    """Return the clearing account of a bank's program."""
    return f"clearing.{bank}"


def postings_of(
    settlement: Settlement, *, bank: str, amount: int, credit_before: int
) -> tuple[Posting, ...]:
    """Return the lines that book a payment: balanced by shape, none of them zero.

    The money pays bills directly as far as it goes; earlier credit pays the rest of them; what
    remains of the money becomes credit.
    """
    lines: list[Posting] = []
    money, credit = amount, credit_before
    for bill in settlement.paid:
        from_money = min(money, bill.amount)
        from_credit = bill.amount - from_money
        money, credit = money - from_money, credit - from_credit
        lines.append(Posting(clearing(bank), Chart.RECEIVABLE, from_money, bill.id))
        lines.append(Posting(Chart.CREDIT, Chart.RECEIVABLE, from_credit, bill.id))
    lines.append(Posting(clearing(bank), Chart.CREDIT, money))
    lines += [
        Posting(Chart.BEYOND_CAP, Chart.RECEIVABLE, b.amount, b.id) for b in settlement.beyond_cap
    ]
    return tuple(line for line in lines if line.amount > 0)


class PaymentVerdict(StrEnum):
    """Whether a bank's notification is accepted, and why not."""

    ACCEPTED = "accepted"
    NOT_YET = "not_yet"  # the registration's waiting days
    LAPSED = "lapsed"  # the registration's virtual account ran out
    PAID_ALREADY = "paid_already"
    WRONG_AMOUNT = "wrong_amount"
    REPEATED = "repeated"  # the same notification again: the first answer stands
    INCONSISTENT = "inconsistent"  # the same request with another account or amount
    REFERENCE_TAKEN = "reference_taken"  # another request with a known reference
    NO_SUCH_ACCOUNT = "no_such_account"


def judge_payment(
    *, amount: int, due: int, quoted: int | None, opens: date | None, closes: date | None, on: date
) -> PaymentVerdict:
    """Return whether a payment of `amount` rupiah is accepted on a day.

    Accepted is today's bill, or what we quoted for this very request within the last 24 hours (a
    surplus becomes credit): the payer saw that figure. `opens` and `closes` are the payment days
    of a family that never paid.
    """
    if quoted is not None and amount == quoted:
        return PaymentVerdict.ACCEPTED
    if opens is not None and on < opens:
        return PaymentVerdict.NOT_YET
    if closes is not None and on > closes:
        return PaymentVerdict.LAPSED
    if due == 0:
        return PaymentVerdict.PAID_ALREADY
    return PaymentVerdict.ACCEPTED if amount == due else PaymentVerdict.WRONG_AMOUNT


_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U


def letters_of(number: int, *, length: int) -> str:
    """Return a number in so many letters that are read aloud safely."""
    letters = ""
    for _ in range(length):
        number, rest = divmod(number, 32)
        letters = _LETTERS[rest] + letters
    return letters


def number_of(letters: str) -> int:
    """Return the number that letters stand for; raises `ValueError` for any other letter."""
    number = 0
    for letter in letters:
        number = number * 32 + _LETTERS.index(letter)
    return number


def receipt_number(payment_id: int) -> str:
    """Return the number of a receipt: the payment's id in 13 letters that are read aloud safely."""
    return letters_of(payment_id, length=13)


def months_to_bill(*, paid_until: Month, through: Month) -> Sequence[Month]:
    """Return the months after the last paid one up to and including `through`."""
    return months_between(paid_until.plus(1), through)
