"""The cache `memory`: facts that are the same for everyone, kept in this process as they are."""

from __future__ import annotations

import math
import time
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache


class FactsCache(BaseCache):
    """A dictionary with times: no pickling of every value at every read, no lock.

    What is kept is handed out again itself: put in only what nobody changes. Single operations
    on a dictionary are whole in Python, and two threads that read the same fact do no harm.
    """

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._kept = _KEPT

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return the kept value, or `default`."""
        value, until = self._kept.get(key, (default, 0.0))
        return value if until > time.monotonic() else default

    def set(
        self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:  # fmt: skip
        """Keep a value for so many seconds."""
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        if len(self._kept) >= self._max_entries:
            self._drop_ended()
        until = math.inf if seconds is None else time.monotonic() + seconds
        self._kept[key] = (value, until)

    def _drop_ended(self) -> None:
        moment = time.monotonic()
        for key, (_, until) in list(self._kept.items()):
            if until <= moment:
                self._kept.pop(key, None)
        if len(self._kept) >= self._max_entries:
            self._kept.clear()

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget a value; return whether there was one."""
        return self._kept.pop(key, None) is not None

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()


# Django makes a cache for each thread; facts are the process's.
_KEPT: dict[str, tuple[Any, float]] = {}
