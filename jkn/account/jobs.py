"""Background work of accounts: codes go out, holds end, old rows are dropped."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from jkn.account.actions.codes import (
    Letter,
    forget_old_codes,
    letter_of,
    note_not_sent,
    note_sent,
)
from jkn.account.actions.contacts import end_holds
from jkn.account.presenters import code_text
from jkn.account.sessions import SessionStore
from jkn.notice import partner
from jkn.notice.partner import Outcome


class GatewaySilentError(Exception):
    """The gateway did not take the code yet; the queue tries again in seconds."""


# A code lives five minutes: short pauses, and no attempt after its end.
SOON = RetryStrategy(max_attempts=8, wait=3)


@app.task(name="account.send_code", retry=SOON)
def send_code(code_id: int) -> None:
    """Send a live code on its channel; refused or silent channels are followed by the next.

    For a decoy, and for a contact that the person has not, the gateway is only asked whether it
    works: a stranger who watches the page sees the same.
    """
    while letter := letter_of(code_id):
        outcome = _hand_over(letter)
        if outcome is Outcome.TAKEN:
            note_sent(letter)
            return
        if not note_not_sent(letter, is_refused=outcome is Outcome.REFUSED):
            return
        if outcome is Outcome.SILENT:
            raise GatewaySilentError


def _hand_over(letter: Letter) -> Outcome:
    if not letter.address:
        return partner.look()
    return partner.send(
        partner.Message(
            id=f"{letter.code_id}-{letter.number}-{letter.channel}",
            channel=letter.channel,
            to=letter.address,
            text=code_text(letter.digits),
        )
    )


@app.periodic(cron="*/5 * * * *")
@app.task(name="account.end_holds", queueing_lock="account.end_holds")
def end_held_changes(timestamp: int) -> None:
    """Put changes in force whose 72 hours have passed."""
    while end_holds():
        pass


@app.periodic(cron="41 2 * * *")
@app.task(name="account.forget", queueing_lock="account.forget")
def forget(timestamp: int) -> None:
    """Drop codes of earlier days and devices whose time has run out."""
    forget_old_codes()
    SessionStore.clear_expired()
