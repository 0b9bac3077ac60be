"""Rules of messages: where they may go, and what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CHANNELS = ("whatsapp", "sms", "email")
PATIENCE = 3  # silent attempts on one channel before the next is taken
ATTEMPTS_AT_MOST = 9


@dataclass(frozen=True, slots=True)
class Address:
    """One way to a person: a channel (whatsapp, sms, email) and a phone `628…` or e-mail."""

    channel: str
    to: str


def filled(message: str, values: Mapping[str, object]) -> str:
    """Return a message with its `{name}` places filled; a place without a value is a bug."""
    return message.format(**values)


def as_text(title: str, body: str) -> str:
    """Return what goes out to a telephone: who speaks, then what."""
    return (
        f"jkn: {title}. {body}" if not title.endswith((".", "?", "!")) else f"jkn: {title} {body}"
    )


def following(addresses: Sequence[Address], present: int) -> int | None:
    """Return the place of the next address, or None where there is none left."""
    return present + 1 if present + 1 < len(addresses) else None
