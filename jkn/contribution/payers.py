"""Payers that are no families: each registers here, and banks reach them by the same doors.

An employer stands above contribution, so that contribution cannot ask it. What it registers is
asked only after a number turned out to be no family's: the families' path knows nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from jkn.contribution.ledger import Notified
from jkn.contribution.rules import Owed, PaymentVerdict


@dataclass(frozen=True, slots=True)
class Quoted:
    """What a bank is told that a virtual account owes, in rupiah."""

    family_id: int  # the ledger group
    verdict: PaymentVerdict  # ACCEPTED: the amount can be paid
    debt: Owed
    payer: str
    is_business: bool = False  # its name is public; a person's is shortened


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a bank's notification. Only ACCEPTED moved money, REPEATED did before."""

    verdict: PaymentVerdict
    family_id: int = 0  # the ledger group
    payment_id: int = 0
    payer: str = ""
    is_business: bool = False


class Payer(Protocol):
    """One kind of payer. Each method gets a ledger group and returns None where it is not its own.

    Both run in the caller's transaction and lock the payer's row first.
    """

    def quote(self, group_id: int, *, on: date) -> Quoted | None:
        """Return what the group owes on a day."""

    def receive(self, group_id: int, *, notified: Notified, on: date) -> Receipt | None:
        """Post a payment, or refuse it and write nothing.

        Raises `Conflict` where another worker posted the same request or reference meanwhile.
        """

    def name(self, group_id: int) -> str | None:
        """Return the name that a bank may show."""


_payers: list[Payer] = []


def join(payer: Payer) -> None:
    """Add a kind of payer; called once, when its module is ready."""
    _payers.append(payer)


def quote(group_id: int, *, on: date) -> Quoted | None:
    """Ask whose group it is what is owed; None where it is nobody's."""
    asked = (payer.quote(group_id, on=on) for payer in _payers)
    return next((quoted for quoted in asked if quoted is not None), None)


def receive(group_id: int, *, notified: Notified, on: date) -> Receipt:
    """Let whose group it is post a payment."""
    asked = (payer.receive(group_id, notified=notified, on=on) for payer in _payers)
    known = next((receipt for receipt in asked if receipt is not None), None)
    return known or Receipt(PaymentVerdict.NO_SUCH_ACCOUNT)


def named(receipt: Receipt) -> Receipt:
    """Return the receipt of a payer that is no family with its name."""
    names = (payer.name(receipt.family_id) for payer in _payers)
    known = next((name for name in names if name is not None), "")
    return replace(receipt, payer=known, is_business=True)
