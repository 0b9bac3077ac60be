"""The cache `memory`: facts that are the same for everyone, kept in this process as they are."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache


class FactsCache(LocMemCache):
    """Django's cache of one process, without its pickling of every value at every read.

    What is kept is handed out again itself: put in only what nobody changes.
    """

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return the kept value, or `default`."""
        name = self.make_key(key, version)
        with self._lock:
            if self._has_expired(name):
                self._delete(name)
                return default
            return self._cache[name]

    def set(
        self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT,  # type: ignore[override]
        version: int | None = None,
    ) -> None:  # fmt: skip
        """Keep a value for so many seconds."""
        name = self.make_and_validate_key(key, version)
        with self._lock:
            self._set(name, value, timeout)

    def add(
        self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT,  # type: ignore[override]
        version: int | None = None,
    ) -> bool:  # fmt: skip
        """Keep a value unless there is one; return whether it was kept."""
        name = self.make_and_validate_key(key, version)
        with self._lock:
            if not self._has_expired(name):
                return False
            self._set(name, value, timeout)
            return True
