"""The signed token in a card's QR: 40 letters, no NIK, fresh for 60 seconds. Pure.

Layout (30 bytes, base64url): family 8, member 8, second of making 4, HMAC-SHA256 cut to 10.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass

from jkn.core.errors import Refused
from jkn.core.words import N_

FRESH_SECONDS = 60
LENGTH = 40
_HEAD = struct.Struct(">QQI")
_MAC_BYTES = 10
_CLOCKS_DIFFER_SECONDS = 5


@dataclass(frozen=True, slots=True)
class CardToken:
    """Whose card was shown, and when its code was made (seconds since 1970)."""

    family_id: int
    member_id: int
    made_at: int

    def is_fresh(self, *, at: int) -> bool:
        """Whether the code is at most 60 seconds old: then its holder is present with the phone."""
        return -_CLOCKS_DIFFER_SECONDS <= at - self.made_at <= FRESH_SECONDS


def write_token(token: CardToken, *, key: bytes) -> str:
    """Return the 40 letters of a token."""
    head = _HEAD.pack(token.family_id, token.member_id, token.made_at)
    return base64.urlsafe_b64encode(head + _mac(head, key)).decode()


def read_token(text: str, *, key: bytes) -> CardToken:
    """Return what a scanned text says; refuses `card.token` what we did not make ourselves."""
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise _forged() from None
    head, mac = raw[: _HEAD.size], raw[_HEAD.size :]
    if len(raw) != _HEAD.size + _MAC_BYTES or not hmac.compare_digest(mac, _mac(head, key)):
        raise _forged()
    return CardToken(*_HEAD.unpack(head))


def _forged() -> Refused:
    return Refused("card.token", N_("Kode ini bukan kode kartu JKN. Ketik NIK atau nomor kartu."))


def _mac(head: bytes, key: bytes) -> bytes:
    return hmac.digest(key, head, hashlib.sha256)[:_MAC_BYTES]
