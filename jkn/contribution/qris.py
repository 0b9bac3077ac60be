"""QRIS codes of one use: EMVCo merchant-presented text, written and sealed. Pure.

Each field is two digits of tag, two digits of length, and the value; field 63 at the end is the
CRC-16/CCITT-FALSE of everything before its own value. EMVCo QR Code Specification for Payment
Systems, Merchant-Presented Mode; QRIS adds fields 26 (acquirer) and 51 (national number, NMID).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from jkn.contribution.rules import letters_of, number_of
from jkn.core.errors import Refused
from jkn.core.words import N_

_PLAIN = re.compile(r"[\x20-\x7e]{1,99}")
_NATIONAL = "ID.CO.QRIS.WWW"
_RUPIAH, _INDONESIA, _DYNAMIC = "360", "ID", "12"


@dataclass(frozen=True, slots=True)
class Merchant:
    """Who is paid, as the acquirer registered it."""

    name: str  # at most 25 letters
    city: str  # at most 15 letters
    postal_code: str
    category: str  # MCC, 4 digits
    acquirer: str  # reverse domain name of the acquirer
    pan: str  # merchant PAN, at most 19 digits
    merchant_id: str  # at the acquirer, at most 15 letters
    national_id: str  # NMID, at most 15 letters
    criteria: str  # UMI, UKE, UME, UBE: size of the merchant


def check(text: str) -> int:
    """Return the CRC-16/CCITT-FALSE of a text: polynomial 0x1021, start 0xFFFF, not reflected."""
    crc = 0xFFFF
    for byte in text.encode("ascii"):
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1
        crc &= 0xFFFF
    return crc


def field(tag: str, value: str) -> str:
    """Return one field; refuses `qris.field` for a value that is empty, too long or not ASCII."""
    if not _PLAIN.fullmatch(value):
        raise Refused(
            "qris.field", N_("Kode QRIS tidak dapat dibuat. Bayar lewat virtual account.")
        )
    return f"{tag}{len(value):02}{value}"


def _fields(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(field(tag, value) for tag, value in pairs)


def payload(merchant: Merchant, *, amount: int, bill_number: str, label: str) -> str:
    """Return the text of a code that asks for `amount` rupiah once.

    `bill_number` and `label` (at most 25 letters each) come back with the money: they hold no
    name and no number of a person.
    """
    account = [("00", merchant.acquirer), ("01", merchant.pan), ("02", merchant.merchant_id)]
    national = [("00", _NATIONAL), ("02", merchant.national_id)]
    criteria = ("03", merchant.criteria)
    body = _fields(
        [
            ("00", "01"),
            ("01", _DYNAMIC),
            ("26", _fields([*account, criteria])),
            ("51", _fields([*national, criteria])),
            ("52", merchant.category),
            ("53", _RUPIAH),
            ("54", str(amount)),
            ("58", _INDONESIA),
            ("59", merchant.name[:25]),
            ("60", merchant.city[:15]),
            ("61", merchant.postal_code),
            ("62", _fields([("01", bill_number[:25]), ("05", label[:25])])),
        ]
    )
    sealed = f"{body}6304"
    return f"{sealed}{check(sealed):04X}"


_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_FAMILY, _HOURS, _SEAL = 13, 5, 7  # letters of a ticket: whose, until when, and our seal


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a code's bill number says: whose debt it pays and until when.

    25 letters that mean nothing to a stranger. The seal binds them to the code's amount: so no
    code needs a row, and a page that shows one writes nothing.
    """

    family_id: int
    expires: datetime  # a full hour
    seal: str

    def is_over(self, now: datetime) -> bool:
        """Whether the code is too old to be paid."""
        return now >= self.expires

    def asked_for(self, amount: int, *, key: bytes) -> bool:
        """Whether we made this code for `amount` rupiah."""
        made = _seal(self.family_id, self.expires, amount, key)
        return hmac.compare_digest(made.encode(), self.seal.encode())


def ticket(family_id: int, *, amount: int, now: datetime, hours: int, key: bytes) -> str:
    """Return the bill number of a code that is payable for at most `hours` hours."""
    since = (now - _EPOCH) // timedelta(hours=1)
    expires = _EPOCH + timedelta(hours=since + hours)
    whose, until = letters_of(family_id, length=_FAMILY), letters_of(since + hours, length=_HOURS)
    return whose + until + _seal(family_id, expires, amount, key)


def read_ticket(text: str) -> Ticket | None:
    """Return what a bill number says, or None where it is not one of ours."""
    if len(text) != _FAMILY + _HOURS + _SEAL:
        return None
    try:
        family_id = number_of(text[:_FAMILY])
        hours = number_of(text[_FAMILY : _FAMILY + _HOURS])
    except ValueError:
        return None
    if not 0 < family_id < 2**63:
        return None
    return Ticket(family_id, _EPOCH + timedelta(hours=hours), text[_FAMILY + _HOURS :])


def _seal(family_id: int, expires: datetime, amount: int, key: bytes) -> str:
    mac = hmac.digest(key, f"{family_id}|{expires.isoformat()}|{amount}".encode(), hashlib.sha256)
    return letters_of(int.from_bytes(mac[:8], "big"), length=_SEAL)
