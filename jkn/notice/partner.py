"""Client of the message gateway (docs/reference/messages.md): one POST a message."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings

from jkn.gate import outside


class Outcome(StrEnum):
    """What became of a message at the gateway."""

    TAKEN = "taken"
    REFUSED = "refused"  # this channel cannot reach this address; another may
    SILENT = "silent"  # down, slow or broken: the same message may be tried again


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `id` makes it one, however often it is sent."""

    id: str
    channel: str
    to: str
    text: str


def send(message: Message) -> Outcome:
    """Hand a message to the gateway, within PARTNER_TIMEOUT_SECONDS. Never raises, logs no text."""
    body = {
        "channel": message.channel, "to": message.to, "text": message.text, "id": message.id,
    }  # fmt: skip
    try:
        heard = outside.post_json(
            f"{settings.MESSAGES_URL}/messages", body, {"Idempotency-Key": message.id}
        )
    except outside.Silent:
        return Outcome.SILENT
    return outcome_of(heard.status)


def look() -> Outcome:
    """Ask the gateway whether it works, with the same patience, without sending anything."""
    try:
        heard = outside.get(f"{settings.MESSAGES_URL}/healthz")
    except outside.Silent:
        return Outcome.SILENT
    return Outcome.SILENT if heard.status >= 500 else Outcome.TAKEN


def outcome_of(status: int) -> Outcome:
    """Return what a status says: 2xx taken, 408, 425 and 429 later, other 4xx refused."""
    if 200 <= status < 300:
        return Outcome.TAKEN
    if status in (408, 425, 429) or not 400 <= status < 500:
        return Outcome.SILENT
    return Outcome.REFUSED
