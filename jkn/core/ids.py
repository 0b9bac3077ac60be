"""Ids made by the application: 63 bits, milliseconds since 2020 and then chance."""

from __future__ import annotations

import secrets
import time

EPOCH_MS = 1_577_836_800_000  # 2020-01-01 UTC; 41 bits of milliseconds last until 2089
RANDOM_BITS = 22


def new_id() -> int:
    """Return a new id that grows with time, fits a signed 64-bit column and cannot be guessed.

    The layout is that of the SQL function `new_id()` (audit migration 0002), which set-based
    statements use.
    """
    elapsed = time.time_ns() // 1_000_000 - EPOCH_MS
    return (elapsed << RANDOM_BITS) | secrets.randbits(RANDOM_BITS)
