"""Rules of reconciliation. Pure: what a statement must be, and how a line may stand.

Amounts are whole rupiah as the account's owner sees them: money in above zero, money out below.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from jkn.core.errors import Refused
from jkn.core.money import rupiah
from jkn.core.words import N_

# The ledger group of the house that holds what nobody has been found for yet.
SUSPENSE_GROUP = 11
MOST_BYTES = 64 * 1024 * 1024
MOST_LINES = 500_000
MOST_FAULTS = 1_000


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
    amount: int
    balance: int
    reference: str
    number: str  # a virtual account that the bank names, or ""
    description: str


@dataclass(frozen=True, slots=True)
class ReadStatement:
    """One statement of a file, whole and adding up."""

    account: str  # digits of the account, "" where the file does not say
    number: str  # the bank's number of the statement
    opening: int
    closing: int
    entries: tuple[Entry, ...]

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day of its lines."""
        days = [entry.day for entry in self.entries]
        return min(days), max(days)


def balance_fault(opening: int, closing: int, amounts: Sequence[int], *, row: int) -> list[Fault]:
    """Return the fault of a closing balance that is not the opening balance and the movements."""
    difference = closing - opening - sum(amounts)
    if difference == 0:
        return []
    message = N_("Saldo akhir tidak sama dengan saldo awal dan mutasi. Selisih {difference}.")
    return [fault(row, message, difference=rupiah(difference))]


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
        text = f"{bank}\0{account}\0{e.day}\0{e.amount}\0{e.reference}\0{e.balance}"
        seen[text] += 1
        yield hashlib.sha256(f"{text}\0{seen[text]}".encode()).digest()
