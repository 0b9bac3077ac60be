"""Moves with their money: a family that pays for itself gets numbers to pay to and a first bill.

What the old family owes stays its debt, paid to its own numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from jkn.account.actions.accounts import leave_directory
from jkn.account.queries import family_of as by_number
from jkn.contribution.actions import open_virtual_accounts
from jkn.contribution.first_bills import bill_first_month, refit_first_bill
from jkn.contribution.left_debts import is_empty, owes, show_left_debt
from jkn.contribution.models import VirtualAccount
from jkn.contribution.queries import banks, figure
from jkn.core.actor import Actor
from jkn.core.errors import Conflict
from jkn.core.identifiers import virtual_account_of
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

    Refuses what `move_people` refuses, and `move.number_in_debt` (a Conflict) where the account
    numbers of who would pay still belong to an earlier family that owes: arrears are cleared first.
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
    refit_first_bill(move.from_family_id, on=on)
    _tell_of_debt(move.from_family_id, on=on)
    if isinstance(home, NewHome) and home.window is not None:
        _take_numbers_along(newcomers[0])
        bill_first_month(
            family.family_id, segment=home.segment, care_class=home.care_class,
            persons=len(newcomers), window=home.window,
        )  # fmt: skip
        defer("contribution.tell_registered", family_id=family.family_id)
    elif family.segment in PAYS_ITSELF:
        refit_first_bill(family.family_id, on=on)
        if not _has_numbers(family.family_id):  # everybody had left it, and its numbers with them
            _take_numbers_along(newcomers[0])
    return Moved(family.family_id)


def _tell_of_debt(family_id: int, *, on: date) -> None:
    """Let those who have left a family be told of what it still owes, once nobody is in it."""
    if owes(family_id) and is_empty(family_id):
        show_left_debt(family_id)
        defer("contribution.tell_former", family_id=family_id, since=on.isoformat())


def _staying(family_id: int) -> QuerySet[Member]:
    rows = Member.objects.filter(family_id=family_id, ended_on__isnull=True)
    return rows.exclude(status__in=(Status.DECEASED.value, Status.DUPLICATE.value))


def _has_numbers(family_id: int) -> bool:
    return VirtualAccount.objects.filter(family_id=family_id).exists()


def _take_numbers_along(head: Member) -> None:
    """Let the head's family be paid at the head's numbers; who has them until now owes nothing.

    Refuses `move.number_in_debt`.
    """
    held = _holders(head)
    if _is_owed_by(held.values()):
        raise Conflict(
            "move.number_in_debt",
            N_("Tunggakan keluarga lama belum lunas. Lunasi dulu, lalu pindah lagi."),
        )
    for number, family_id in held.items():
        leave_directory(kind="va", value=number, family_id=family_id)
        VirtualAccount.objects.filter(family_id=family_id, number=number).delete()
    open_virtual_accounts(head.family_id, head)
    for family_id in set(held.values()):
        _number_who_stays(family_id)


def _number_who_stays(family_id: int) -> None:
    """Give a family whose numbers went with its head those of the next person in it.

    Whose own numbers a family in debt has is passed over. Refuses where that is everybody: nobody
    could pay for who stays.
    """
    in_order = sorted(
        _staying(family_id), key=lambda m: (RELATION_ORDER[Relation(m.relation)], m.id)
    )
    if in_order:
        free = (member for member in in_order if not _is_owed_by(_holders(member).values()))
        _take_numbers_along(next(free, in_order[0]))


def _holders(person: Member) -> dict[str, int]:
    """Return which of a person's numbers are in use: number → family."""
    prefixes = {bank.prefix for bank in banks()}
    numbers = (virtual_account_of(person.card, prefix=prefix) for prefix in prefixes)
    return {number: whose.family_id for number in numbers if (whose := by_number("va", number))}


def _is_owed_by(families: Iterable[int]) -> bool:
    return any(owes(family_id) for family_id in set(families))
