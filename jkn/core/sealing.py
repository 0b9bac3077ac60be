"""Sealed values (AES-256-GCM) and blind indexes (HMAC-SHA256) for NIK, card, KK and phone."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import cached_property

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


def derived_key(secret: str, purpose: str) -> bytes:
    """Return a key of 32 bytes for one purpose, derived from a long secret (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(
        secret.encode()
    )


@dataclass(frozen=True)
class Sealer:
    """Seals text so that a stolen table tells nothing, and moving a value to another row fails."""

    field_key: bytes
    index_key: bytes

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self.field_key)

    def seal(self, text: str, *, place: str) -> bytes:
        """Return the sealed text; `place` is `table.column.key` and must be the same to open it."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), place.encode())

    def open(self, sealed: bytes | memoryview, *, place: str) -> str:
        """Return the text; raises `cryptography.exceptions.InvalidTag` when it was tampered with."""
        raw = bytes(sealed)
        return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()

    def index(self, kind: str, value: str) -> bytes:
        """Return the blind index of a value: equal values of a kind give equal 32 bytes."""
        return hmac.digest(self.index_key, f"{kind}:{value}".encode(), hashlib.sha256)
