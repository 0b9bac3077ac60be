"""Ids made by the application: 63 bits, milliseconds since 2020 and then chance."""

from __future__ import annotations

import secrets
import time

EPOCH_MS = 1_577_836_800_000  # 2020-01-01 UTC; 41 bits of milliseconds last until 2089
RANDOM_BITS = 22
_LONGEST = 19
_MOST = 2**63 - 1


def new_id() -> int:
    """Return a new id that grows with time, fits a signed 64-bit column and cannot be guessed.

    The layout is that of the SQL function `new_id()` (audit migration 0002), which set-based
    statements use.
    """
    elapsed = time.time_ns() // 1_000_000 - EPOCH_MS
    return (elapsed << RANDOM_BITS) | secrets.randbits(RANDOM_BITS)


def id_in(text: str) -> int | None:
    """Return the id that a caller sends back as text; None for a text that cannot be one."""
    is_short_number = text.isascii() and text.isdigit() and len(text) <= _LONGEST
    return found if is_short_number and (found := int(text)) <= _MOST else None
