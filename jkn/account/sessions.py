"""The session store: one row a device, found by the SHA-256 of the key in its cookie."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, SessionBase, UpdateError
from django.db.models.functions import Now
from django.utils.crypto import get_random_string

from jkn.account.models import DeviceSession
from jkn.account.queries import LoadedSession, digest_of_key, session_of
from jkn.account.rules import ANONYMOUS_SECONDS
from jkn.core.clock import now
from jkn.core.ids import new_id


class SessionStore(SessionBase):
    """Django's session over `DeviceSession`.

    The data is plain JSON: the row is found by a secret key, so nothing in it needs a signature.
    A new key is only chosen; its row is written by `save`.
    """

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.loaded: LoadedSession | None = None
        self.device_id = 0
        self.label = ""
        self._is_new = session_key is None

    @classmethod
    def of(cls, session_key: str, loaded: LoadedSession) -> SessionStore:
        """Return the store for a row that is read already; its data is parsed when asked for."""
        store = cls(session_key)
        store.loaded, store.device_id = loaded, loaded.id
        return store

    def get_session_cookie_age(self) -> int:
        """Return for how many seconds it lives: long only where somebody is signed in."""
        age: int = settings.SESSION_COOKIE_AGE
        return age if SESSION_KEY in self else ANONYMOUS_SECONDS

    def load(self) -> dict[str, Any]:
        """Return the data of the row; an unknown key is dropped, never adopted."""
        if self.loaded is None and self.session_key:
            self.loaded = session_of(self.session_key)
        if self.loaded is None:
            self._session_key = None
            self._is_new = True
            return {}
        self.device_id = self.loaded.id
        return self.decode(self.loaded.data)

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return the data as JSON."""
        return json.dumps(session_dict)

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Return the data of a row."""
        data: dict[str, Any] = json.loads(session_data)
        return data

    def exists(self, session_key: str) -> bool:
        """Whether a device has this key."""
        return DeviceSession.objects.filter(digest=digest_of_key(session_key)).exists()

    def create(self) -> None:
        """Choose a new key (165 bits of chance: no look-up needed); `save` writes the row."""
        self._session_key = get_random_string(32, VALID_KEY_CHARS)
        self._is_new = True
        self.device_id = new_id()
        self.loaded = None
        self._session_cache: dict[str, Any] = {}
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        """Write the row; raises `UpdateError` where the device was signed out meanwhile."""
        data = dict(self.items())
        if self.session_key is None:
            self.create()
            self._session_cache = data
        owner = data.get(SESSION_KEY)
        values = {
            "data": self.encode(data),
            "account_id": int(owner) if owner else None,
            "expires_at": self.get_expiry_date(),
        }
        digest = digest_of_key(self.session_key or "")
        if self._is_new:
            DeviceSession.objects.create(
                digest=digest, id=self.device_id, label=self.label[:60], **values
            )
            self._is_new = False
        elif not DeviceSession.objects.filter(digest=digest).update(**values):
            raise UpdateError

    def is_due(self, seconds: int) -> bool:
        """Whether the device was last seen longer ago than this."""
        if self.loaded is None:
            return False
        return (now() - self.loaded.last_seen).total_seconds() > seconds

    def touch(self) -> None:
        """Write down that the device was seen, and let a member's session live on."""
        DeviceSession.objects.filter(digest=digest_of_key(self.session_key or "")).update(
            last_seen=Now(), expires_at=self.get_expiry_date()
        )

    def delete(self, session_key: str | None = None) -> None:
        """Remove a device's row; nothing happens where there is none."""
        key = session_key or self.session_key
        if key:
            DeviceSession.objects.filter(digest=digest_of_key(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        """Remove the rows whose time has run out."""
        DeviceSession.objects.filter(expires_at__lte=Now()).delete()
