"""Changing one member's status by an event of the state table, with who, when and why."""

from __future__ import annotations

from datetime import date

from jkn.audit.actions import record
from jkn.core.actor import Actor
from jkn.core.errors import NotFound
from jkn.core.ids import new_id
from jkn.core.words import N_
from jkn.gate.jobs import defer
from jkn.membership.choosing import PLACELESS
from jkn.membership.models import Family, Member, StatusChange
from jkn.membership.place_notes import give_back
from jkn.membership.rules import Event, Status, next_status, status_on


def lock_member(family_id: int, member_id: int) -> tuple[Family, Member]:
    """Return a family and one of its living rows, the family's row locked; raises `NotFound`."""
    family = Family.objects.select_for_update(no_key=True).filter(family_id=family_id).first()
    member = Member.objects.filter(family_id=family_id, id=member_id, ended_on__isnull=True).first()
    if family is None or member is None:
        raise NotFound
    return family, member


def change_status(
    family: Family, member: Member, event: Event, *, actor: Actor, on: date, reason: str
) -> Status:
    """Write what an event does to a member; return the status. The caller holds the lock.

    Refuses `membership.transition` what the table does not know. Who becomes active in a family
    that is behind with its months is suspended in the same act: the rule of cover decides.
    """
    before = Status(member.status)
    status = next_status(before, event)
    if status in PLACELESS and before not in PLACELESS:
        give_back(member)
    _write(member, event, status, actor=actor, on=on, reason=reason)
    by_rule = status_on(member.cover_in(family), on=on)
    if by_rule is Status.SUSPENDED_ARREARS and status is Status.ACTIVE:
        status = next_status(status, Event.FELL_BEHIND)
        _write(
            member, Event.FELL_BEHIND, status, actor=actor, on=on,
            reason=N_("Iuran keluarga belum lunas."),
        )  # fmt: skip
    record(
        actor=actor, verb="membership.changed", group=family.family_id, subject=member.id,
        event=event.value, status=status.value,
    )  # fmt: skip
    return status


def _write(
    member: Member, event: Event, status: Status, *, actor: Actor, on: date, reason: str
) -> None:
    newest = StatusChange.objects.filter(family_id=member.family_id, member_id=member.id)
    last = newest.order_by("-id").values_list("id", flat=True).first() or 0
    change = StatusChange.objects.create(
        id=max(new_id(), last + 1),  # two changes of one millisecond keep their order
        family_id=member.family_id, member_id=member.id, event=event.value, status=status.value,
        since=on, by_account=actor.account_id, by_name=actor.name, reason=reason[:200],
    )  # fmt: skip
    member.status = status.value
    Member.objects.filter(family_id=member.family_id, id=member.id).update(status=status.value)
    defer("membership.tell_change", family_id=member.family_id, change_id=change.id)
