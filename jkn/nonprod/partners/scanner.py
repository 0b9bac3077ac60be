"""The simulated bank's scanner: reads a QRIS that is pasted, and pays it.

It reads the text with its own eyes (EMVCo fields, the check by the standard library), so that it
can disagree with the program that wrote it.
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass

from jkn.nonprod.paying import reference, surely
from jkn.nonprod.snap_client import Answer, NoAnswer, SnapClient


class Unreadable(ValueError):
    """The text is no QRIS, or a letter of it was changed."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """What the payer sees before the money goes."""

    merchant: str
    city: str
    amount: int
    bill_number: str


@dataclass(frozen=True, slots=True)
class Paid:
    """What became of it; `answer` is None where nothing came back."""

    scanned: Scanned
    reference: str
    answer: Answer | None


def scan(text: str) -> Scanned:
    """Return what a QRIS asks for; raises `Unreadable`."""
    text = text.strip()
    if not text.isascii() or text[-8:-4] != "6304":
        raise Unreadable
    if f"{binascii.crc_hqx(text[:-4].encode(), 0xFFFF):04X}" != text[-4:]:
        raise Unreadable
    fields = _fields(text)
    amount = fields.get("54", "")
    if fields.get("00") != "01" or fields.get("53") != "360" or not amount.isdigit():
        raise Unreadable
    more = _fields(fields.get("62", ""))
    return Scanned(
        merchant=fields.get("59", ""),
        city=fields.get("60", ""),
        amount=int(amount),
        bill_number=more.get("01", ""),
    )


def _fields(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    while text:
        tag, size, text = text[:2], text[2:4], text[4:]
        if not size.isdigit() or len(text) < int(size):
            raise Unreadable
        found[tag], text = text[: int(size)], text[int(size) :]
    return found


def pay_scanned(client: SnapClient, scanned: Scanned, *, times: int = 1) -> Paid:
    """Pay what was scanned and tell it, as often as asked; the last answer counts."""
    number = reference()
    answer: Answer | None = None
    for _ in range(times):
        try:
            answer = surely(
                lambda _: client.scanned(
                    scanned.bill_number, reference=number, amount=scanned.amount
                )
            )
        except NoAnswer:
            answer = None
    return Paid(scanned, number, answer)
