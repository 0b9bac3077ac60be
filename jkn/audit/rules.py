"""The hash chain of the audit. Pure: rows in, digest out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

FIRST_DIGEST = bytes(32)


def chain(previous: bytes, rows: Iterable[str]) -> bytes:
    """Return the SHA-256 over the previous seal and the rows' texts, in the order given."""
    digest = hashlib.sha256(previous)
    for row in rows:
        raw = row.encode()
        digest.update(len(raw).to_bytes(4, "big"))
        digest.update(raw)
    return digest.digest()
