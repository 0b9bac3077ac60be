"""Rules of reconciliation. Pure: what a statement must be, and how a line may stand.

Amounts are rupiah as the account's owner sees them: money in above zero, money out below. A bank
counts sen (interest, its tax), so they are exact decimals here; our ledger holds whole rupiah.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from jkn.core.errors import Refused
from jkn.core.money import MAX_RUPIAH, rupiah, split_sen
from jkn.core.words import N_

# The ledger group of the house that holds what nobody has been found for yet.
SUSPENSE_GROUP = 11
MOST_BYTES = 64 * 1024 * 1024
MOST_LINES = 500_000
MOST_STATEMENTS = 2_000  # of one file: five years of days
MOST_FAULTS = 1_000


# The first and the last day.
Period = tuple[date, date]


class Status(StrEnum):
    """How a line of a statement stands."""

    NEW = "new"  # read, not looked at yet
    MATCHED = "matched"
    EXPLAINED = "explained"
    SUSPENSE = "suspense"


class Reason(StrEnum):
    """Why a line stands so; it has its day beside it."""

    # matched
    REFERENCE = "reference"  # the bank's reference or request id, and the amount
    ACCOUNT = "account"  # the virtual account, the amount and the days between
    ASSIGNED = "assigned"  # two persons gave it to a family
    # explained
    BANK_FEE = "bank_fee"
    INTEREST = "interest"
    TAX = "tax"
    OWN_TRANSFER = "own_transfer"  # between accounts of the house
    OTHER = "other"  # with a sentence of the person who explained it
    REVERSED = "reversed"  # came and went back without reaching anybody
    ZERO = "zero"  # a line that only informs
    # suspense; explained where a line is less than one rupiah
    FRACTION = "fraction"  # sen, which no payment has
    # suspense
    DUPLICATE = "duplicate"  # the same reference has paid already
    AMOUNT_DIFFERS = "amount_differs"
    NO_PAYMENT = "no_payment"  # a family's account, but no payment was notified
    UNKNOWN_ACCOUNT = "unknown_account"
    NO_REFERENCE = "no_reference"
    TAKEN_BACK = "taken_back"  # the bank took back what had paid
    UNKNOWN_DEBIT = "unknown_debit"


class House(StrEnum):
    """Accounts of the house group, beside those of `contribution.rules.Chart`."""

    SUSPENSE = "suspense"  # uang yang belum dikenal
    BANK_FEES = "bank_fees"
    BANK_INTEREST = "bank_interest"
    BANK_TAX = "bank_tax"
    OWN_TRANSFER = "own_transfer"
    BANK_OTHER = "bank_other"


# Its clearing account carries money between ledger groups; the name stands on the receipt.
TRANSIT_BANK = "rekonsiliasi"
BY_HAND = (
    Reason.BANK_FEE, Reason.INTEREST, Reason.TAX, Reason.OWN_TRANSFER, Reason.OTHER,
)  # fmt: skip
# The account that stands against the bank's clearing account, by reason.
ACCOUNTS = {
    Reason.BANK_FEE: House.BANK_FEES,
    Reason.INTEREST: House.BANK_INTEREST,
    Reason.TAX: House.BANK_TAX,
    Reason.OWN_TRANSFER: House.OWN_TRANSFER,
    Reason.OTHER: House.BANK_OTHER,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row of a file (counted from 1; 0: the file), as a msgid and values."""

    row: int
    message: str
    values: dict[str, str | int]


TOO_LONG = N_("Berkas ini terlalu panjang. Unduh per minggu.")


class Unreadable(Refused):
    """A file that cannot be taken; nothing of it was loaded. `faults` say where and why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        first = faults[0]
        super().__init__("statement.unreadable", first.message, **first.values)
        self.faults = tuple(faults)


def fault(row: int, message: str, **values: str | int) -> Fault:
    """Return a fault of a row."""
    return Fault(row, message, values)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a statement. `balance` is the account's balance after it."""

    row: int
    day: date
    amount: Decimal
    balance: Decimal
    reference: str
    number: str  # a virtual account that the bank names, or ""
    description: str


@dataclass(frozen=True, slots=True)
class ReadStatement:
    """One statement of a file, whole and adding up. A quiet day's has no lines."""

    account: str  # digits of the account, "" where the file does not say
    number: str  # the bank's number of the statement
    opening: Decimal
    closing: Decimal
    entries: tuple[Entry, ...]
    period: Period | None = None  # as the file says it

    @property
    def days(self) -> Period | None:
        """The first and the last day of its lines; without lines its period."""
        days = [entry.day for entry in self.entries]
        return (min(days), max(days)) if days else self.period


def balance_fault(
    opening: Decimal, closing: Decimal, amounts: Sequence[Decimal], *, row: int
) -> list[Fault]:
    """Return the fault of a closing balance that is not the opening balance and the movements."""
    difference = closing - opening - sum(amounts)
    if difference == 0:
        return []
    message = N_("Saldo akhir tidak sama dengan saldo awal dan mutasi. Selisih {difference}.")
    return [fault(row, message, difference=rupiah(difference))]


def size_faults(entries: Sequence[Entry]) -> list[Fault]:
    """Return a fault for each line with a balance beyond what our tables hold."""
    message = N_("Saldo ini terlalu besar. Periksa jumlahnya.")
    return [fault(e.row, message) for e in entries if abs(e.balance) > MAX_RUPIAH]


def account_digits(text: str) -> str:
    """Return the digits of an account as a bank writes it: `BANK/123-456` gives `123456`."""
    return re.sub(r"\D", "", text.rpartition("/")[2])[:34]


_VIRTUAL_ACCOUNT = re.compile(r"(?<!\d)\d{16}(?!\d)")


def account_named(text: str) -> str:
    """Return the virtual account (16 digits) that a description names first, or ""."""
    found = _VIRTUAL_ACCOUNT.search(text)
    return found[0] if found else ""


def identities(bank: str, account: str, entries: Sequence[Entry]) -> Iterator[bytes]:
    """Yield what a line is known by when it comes again in another file.

    Bank, account, day, amount, reference and running balance; equal ones are counted.
    """
    seen: Counter[str] = Counter()
    for e in entries:
        amount, balance = _plain(e.amount), _plain(e.balance)
        text = f"{bank}\0{account}\0{e.day}\0{amount}\0{e.reference}\0{balance}"
        seen[text] += 1
        yield hashlib.sha256(f"{text}\0{seen[text]}".encode()).digest()


def _plain(exact: Decimal) -> str:
    """Return an amount in one form, however a bank wrote it: `1234`, `1234.56`."""
    whole, sen = split_sen(exact)
    return f"{exact:.2f}" if sen else str(whole)
