"""Background work of membership: asking the population register again."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from jkn.membership.actions import take_register_answer
from jkn.membership.partner import look_up
from jkn.membership.queries import draft_of

# After 3, 6, 9 … seconds: some four hours in all, and never long after the register is back.
_KEEP_ASKING = RetryStrategy(max_attempts=100, linear_wait=3)


@app.task(name="membership.ask_register", retry=_KEEP_ASKING)
def ask_register(account_id: int) -> None:
    """Ask about a draft that still waits; raises while the register is away, and is retried."""
    draft = draft_of(account_id)
    if draft is None or draft.state != "waiting":
        return
    data = draft.data
    answer = look_up(nik=data.nik, kk=data.kk, birth_date=data.birth_date)
    if draft_of(account_id) != draft:  # the person has typed anew meanwhile
        return
    take_register_answer(account_id=account_id, data=data, answer=answer)
