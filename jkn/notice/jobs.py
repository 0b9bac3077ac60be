"""Background work of messages: hand them to the gateway until it takes them."""

from __future__ import annotations

from procrastinate.contrib.django import app

from jkn.gate.jobs import RETRY
from jkn.notice import partner
from jkn.notice.actions import message_of, note_outcome


class GatewaySilentError(Exception):
    """The gateway did not take the message yet; the queue tries again later."""


@app.task(name="notice.send", retry=RETRY)
def send(account_id: int, outbound_id: int) -> None:
    """Send one queued message; a refused channel is followed by the next one at once.

    At least once: the gateway knows the message by its id, so a repetition shows nobody twice.
    """
    while message := message_of(account_id, outbound_id):
        outcome = partner.send(message)
        if not note_outcome(account_id, outbound_id, outcome):
            return
        if outcome is partner.Outcome.SILENT:
            raise GatewaySilentError
