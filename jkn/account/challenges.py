"""The question to a passkey: signed by us and carried by the page, so nothing is stored."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core import signing

from jkn.account.authenticators import CHALLENGE_SECONDS
from jkn.core.errors import Refused
from jkn.core.words import N_

_SALT = "account.passkey"


@dataclass(frozen=True, slots=True)
class Question:
    """What a key was asked, when, and for which account (0: whoever answers)."""

    challenge: bytes
    asked_at: datetime
    account_id: int


def fresh_question(account_id: int = 0) -> str:
    """Return a new question; its text is the challenge itself."""
    value = [secrets.token_urlsafe(16), int(time.time() * 1000), str(account_id)]
    return signing.dumps(value, salt=_SALT)


def read_question(text: str) -> Question:
    """Return the question that a page carried; refuses `passkey.old` after 15 minutes."""
    try:
        _, milliseconds, account_id = signing.loads(text, salt=_SALT, max_age=CHALLENGE_SECONDS)
    except (signing.BadSignature, ValueError):
        raise Refused("passkey.old", N_("Halaman ini sudah lama. Coba sekali lagi.")) from None
    return Question(
        text.encode(), datetime.fromtimestamp(milliseconds / 1000, UTC), int(account_id)
    )
