"""Changing the class of care: the whole family, effective from a later month."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from jkn.audit.actions import record
from jkn.core.actor import Actor
from jkn.core.db import execute
from jkn.core.errors import NotFound
from jkn.core.month import Month
from jkn.gate.jobs import defer
from jkn.membership.models import Family, FamilyChange
from jkn.membership.queries import family_of, figure
from jkn.membership.terms import check_class_change, class_change_from

_APPLY = """
UPDATE membership_family SET care_class = next_class, class_since = next_class_from,
  next_class = '', next_class_from = NULL
WHERE next_class_from <= %s
RETURNING family_id
"""


@transaction.atomic
def change_class(
    *, actor: Actor, family_id: int, care_class: str, on: date, reason: str,
    billed_until: Month | None,
) -> date:  # fmt: skip
    """Let a family's class change from the next month that is not taken; return its first day.

    Taken are the months that are paid, and those that are billed, up to `billed_until`. Refuses
    `class.…` by the rules: only who pays, active, a year in the class, one change at a time.
    Nothing is written then.
    """
    locked = Family.objects.select_for_update(no_key=True).filter(family_id=family_id).first()
    if locked is None:
        raise NotFound
    family = family_of(family_id, on=on)
    check_class_change(
        segment=family.segment,
        care_class=family.care_class,
        wanted=care_class,
        pending_from=family.next_class_from,
        statuses=[m.status for m in family.members],
        class_since=family.class_since,
        on=on,
        wait_months=figure("class_wait_months", on=on).value,
    )
    begins = class_change_from(on=on, paid_until=family.paid_until, billed_until=billed_until)
    Family.objects.filter(family_id=family_id).update(next_class=care_class, next_class_from=begins)
    change = FamilyChange.objects.create(
        family_id=family_id, kind="care_class", before=family.care_class, after=care_class,
        since=begins, by_account=actor.account_id, by_name=actor.name, reason=reason[:200],
    )  # fmt: skip
    record(
        actor=actor, verb="membership.class_changed", group=family_id, before=family.care_class,
        after=care_class, since=begins.isoformat(),
    )  # fmt: skip
    defer("membership.tell_class", family_id=family_id, change_id=change.id)
    return begins


def apply_class_changes(*, month: Month) -> int:
    """Copy the classes that begin up to a month, before its bills are made; return how many.

    Doors know the class of a day by the rule; bills are made from the copy.
    """
    return len(execute(_APPLY, [month.first_day()]))
