"""Moves with their money: a family that pays for itself gets numbers to pay to and a first bill.

What the old family owes stays its debt, paid to its own numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction

from jkn.account.actions.accounts import leave_directory
from jkn.account.queries import family_of as by_number
from jkn.contribution.actions import bill_first_month, open_virtual_accounts
from jkn.contribution.models import Bill, VirtualAccount
from jkn.contribution.queries import banks, figure
from jkn.contribution.rules import BillStatus
from jkn.core.actor import Actor
from jkn.core.errors import Conflict
from jkn.core.identifiers import virtual_account_of
from jkn.core.month import Month
from jkn.core.words import N_
from jkn.gate.jobs import defer
from jkn.membership.models import Member
from jkn.membership.moves import Move, NewHome, move_people
from jkn.membership.queries import RELATION_ORDER
from jkn.membership.queries import figure as membership_figure
from jkn.membership.rules import PAYS_ITSELF, Relation, Status, payment_window


@dataclass(frozen=True, slots=True)
class Moved:
    """Where people moved to."""

    family_id: int


@transaction.atomic
def move_members(*, actor: Actor, move: Move, on: date, reason: str) -> Moved:
    """Move people to a new family or into one that is there.

    Refuses what `move_people` refuses, and `move.number_in_debt` (a Conflict) where the head's
    account number still belongs to an earlier family that owes: arrears are cleared first.
    """
    home = move.to
    if isinstance(home, NewHome) and home.segment in PAYS_ITSELF:
        window = payment_window(
            registered=on,
            wait_days=membership_figure("move_wait_days", on=on).value,
            lapse_days=figure("registration_lapse_days", on=on).value,
        )
        home = replace(home, window=window)
        move = replace(move, to=home)
    family, newcomers = move_people(actor=actor, move=move, on=on, reason=reason)
    if isinstance(home, NewHome) and home.window is not None:
        _free_numbers(newcomers[0])
        open_virtual_accounts(family.family_id, newcomers[0])
        bill_first_month(
            family.family_id, segment=home.segment, care_class=home.care_class,
            persons=len(newcomers), month=Month.of(home.window.opens),
        )  # fmt: skip
        defer("contribution.tell_registered", family_id=family.family_id)
    elif family.segment in PAYS_ITSELF and not _has_numbers(family.family_id):
        _number_who_stays(family.family_id)  # everybody had left it, and its numbers with them
    return Moved(family.family_id)


def _has_numbers(family_id: int) -> bool:
    return VirtualAccount.objects.filter(family_id=family_id).exists()


def _free_numbers(head: Member) -> None:
    """Take the head's account numbers from an earlier family that owes nothing any more."""
    freed = set()
    for prefix in {bank.prefix for bank in banks()}:
        number = virtual_account_of(head.card, prefix=prefix)
        whose = by_number("va", number)
        if whose is None:
            continue
        owes = Bill.objects.filter(family_id=whose.family_id, status=BillStatus.OPEN.value)
        if owes.exists():
            raise Conflict(
                "move.number_in_debt",
                N_("Tunggakan keluarga lama belum lunas. Lunasi dulu, lalu pindah lagi."),
            )
        leave_directory(kind="va", value=number, family_id=whose.family_id)
        VirtualAccount.objects.filter(family_id=whose.family_id, number=number).delete()
        freed.add(whose.family_id)
    for family_id in freed:
        _number_who_stays(family_id)


def _number_who_stays(family_id: int) -> None:
    """Give a family whose numbers went with its head numbers of the next person in it."""
    rows = Member.objects.filter(family_id=family_id, ended_on__isnull=True)
    staying = rows.exclude(status__in=(Status.DECEASED.value, Status.DUPLICATE.value))
    prefixes = {bank.prefix for bank in banks()}
    for member in sorted(staying, key=lambda m: (RELATION_ORDER[Relation(m.relation)], m.id)):
        numbers = [virtual_account_of(member.card, prefix=prefix) for prefix in prefixes]
        if not any(by_number("va", number) for number in numbers):
            open_virtual_accounts(family_id, member)
            return
