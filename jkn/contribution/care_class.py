"""Changing a family's class with its bills in view: a month that is billed keeps its class."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from jkn.contribution import ledger
from jkn.contribution.queries import last_billed_month
from jkn.core.actor import Actor
from jkn.core.errors import NotFound
from jkn.membership import care_class as membership


@transaction.atomic
def change_class(*, actor: Actor, family_id: int, care_class: str, on: date, reason: str) -> date:
    """Let a family's class change from the next month that is neither paid nor billed.

    Returns its first day. Refuses what membership refuses.
    """
    if ledger.lock_family(family_id) is None:
        raise NotFound
    return membership.change_class(
        actor=actor, family_id=family_id, care_class=care_class, on=on, reason=reason,
        billed_until=last_billed_month(family_id),
    )  # fmt: skip
