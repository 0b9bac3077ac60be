"""How far a batch run is, as lines for the operator."""

from __future__ import annotations

import time
from collections.abc import Callable

from jkn.membership.slices import how_many_families

_EVERY_SECONDS = 1.0


class Told:
    """Called after each range with what it did; writes a line each second, and the last one."""

    def __init__(self, write: Callable[[str], object], what: str, *, size: int) -> None:
        self._write, self._what, self._size = write, what, size
        self._families = how_many_families()
        self._seen = self._done = 0
        self._next = time.monotonic()

    def __call__(self, count: int) -> None:
        """Count one range more."""
        self._seen = min(self._seen + self._size, self._families)
        self._done += count
        if time.monotonic() < self._next and self._seen < self._families:
            return
        self._next = time.monotonic() + _EVERY_SECONDS
        share = 100 * self._seen // max(1, self._families)
        self._write(
            f"{share} %: {self._seen} of {self._families} families, {self._done} {self._what}"
        )
