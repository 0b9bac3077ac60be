"""Background work of reconciliation: matching again, and carrying money to families."""

from __future__ import annotations

from procrastinate.contrib.django import app

from jkn.core.clock import today
from jkn.gate.jobs import RETRY
from jkn.reconciliation.actions import match_bank
from jkn.reconciliation.acts import carry as carry_one
from jkn.reconciliation.acts import on_their_way
from jkn.reconciliation.queries import bank_names


@app.task(name="reconciliation.match", retry=RETRY)
def match(bank: str) -> None:
    """Match the lines that a page has loaded."""
    match_bank(bank, on=today())


@app.task(name="reconciliation.carry", retry=RETRY)
def carry(transfer_id: int) -> None:
    """Bring one transfer to its family."""
    carry_one(transfer_id=transfer_id, on=today())


@app.periodic(cron="35 * * * *")
@app.task(name="reconciliation.again", queueing_lock="reconciliation.again")
def again(timestamp: int) -> None:
    """Finish what was left: lines that a late payment explains now, transfers on their way."""
    for bank in bank_names():
        match_bank(bank, on=today())
    for transfer_id in on_their_way():
        carry_one(transfer_id=transfer_id, on=today())
