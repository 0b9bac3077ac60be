"""What the audit promises."""

from __future__ import annotations

from datetime import timedelta

from jkn.audit.queries import broken_seals, oldest_unsealed
from jkn.core.clock import now
from jkn.core.promises import Promise

SEALED_WITHIN = timedelta(minutes=5)


def _unsealed_too_long() -> int:
    oldest = oldest_unsealed()
    return int(oldest is not None and now() - oldest > SEALED_WITHIN)


PROMISES = (
    Promise("audit.chain_whole", "Every seal fits its rows.", lambda: len(broken_seals())),
    Promise("audit.sealed_in_time", "No row waits 5 minutes for its seal.", _unsealed_too_long),
)
