"""What is said between the bank that debits and us: asked outside of transactions, then written.

Each step may run twice, at once, and again after a crash at any line.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import partial

from jkn.contribution import partner
from jkn.contribution.autodebit import ask_bank, begin, hear_debit, unsettled_debits
from jkn.contribution.mandates import (
    forget_unconfirmed,
    hear_mandate,
    is_to_close,
    note_closed,
    question_of,
    unsettled_mandates,
)
from jkn.core.clock import today
from jkn.core.errors import Unavailable

log = logging.getLogger("jkn.autodebit")
_AT_MOST = 500  # of each kind in one round


def settle_debit(family_id: int, debit_id: int) -> None:
    """Let the bank debit, or hear what it did, and write it. Raises `Unavailable`: again later."""
    order = begin(family_id, debit_id, on=today())
    if order is not None:
        hear_debit(family_id, debit_id, ask_bank(order), on=today())


def settle_mandate(family_id: int, mandate_id: int) -> None:
    """Ask the bank for a mandate, or whether its holder has agreed. Raises `Unavailable`."""
    question = question_of(family_id, mandate_id)
    if question is None or forget_unconfirmed(family_id, mandate_id, on=today()):
        return
    is_known, account = question
    heard = partner.mandate_status(mandate_id) if is_known else None
    if heard is None:  # never heard of it, also after a loss at the bank
        heard = partner.open_mandate(mandate_id, account)
    hear_mandate(family_id, mandate_id, heard, on=today())


def close_mandate(family_id: int, mandate_id: int) -> None:
    """Tell the bank that a mandate has ended. Raises `Unavailable`."""
    if is_to_close(family_id, mandate_id):
        partner.close_mandate(mandate_id)
        note_closed(family_id, mandate_id)


def catch_up() -> int:
    """Settle what still waits for the bank, until it falls silent; return how many were settled.

    One that cannot be written is logged and passed over: it must not hold up the others.
    """
    steps: list[Callable[[], None]] = [
        partial(settle_debit, f, d) for f, d in unsettled_debits(at_most=_AT_MOST)
    ]
    for family_id, mandate_id, waits in unsettled_mandates(at_most=_AT_MOST):
        step = settle_mandate if waits else close_mandate
        steps.append(partial(step, family_id, mandate_id))
    return _settled(steps)


def _settled(steps: Iterable[Callable[[], None]]) -> int:
    count = 0
    for step in steps:
        try:
            step()
        except Unavailable:
            break
        except Exception as error:
            log.error("autodebit", exc_info=error)
        else:
            count += 1
    return count
