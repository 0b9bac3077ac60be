"""The debt of a family in which nobody lives any more: which other families see it.

That of who holds its account number, wherever they are now. Where the holder has died, those of
all who were billed with the family and have left it: it answers for its contributions together
(one KK, one account number). No source says that heirs who never were in it owe anything: nobody
asks them (docs/reference/membership.md).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from jkn.account.actions.accounts import Entry, enter_directory, leave_directory
from jkn.account.queries import families_of
from jkn.audit.actions import record
from jkn.contribution.models import Bill
from jkn.contribution.queries import is_counted, virtual_accounts_of
from jkn.contribution.rules import BillStatus
from jkn.core.actor import SYSTEM
from jkn.membership.models import Member
from jkn.membership.rules import Status

GONE = (Status.DECEASED, Status.DUPLICATE)
FORMER = "former"  # in the directory: the card of who left → the family whose debt they see


def is_empty(family_id: int) -> bool:
    """Whether nobody living is in a family any more."""
    rows = Member.objects.filter(family_id=family_id, ended_on__isnull=True)
    return not rows.exclude(status__in=[s.value for s in GONE]).exists()


def owes(family_id: int) -> bool:
    """Whether a family has an open bill."""
    return _open_bills(family_id).exists()


def viewers_of(family_id: int) -> list[int]:
    """Return the families that see what an old family owes; of each somebody who left it lives."""
    homes = _homes(_left(family_id))
    endings = {number[5:] for number in virtual_accounts_of(family_id).values()}
    shown = families_of(FORMER, list(homes))
    return sorted(
        {
            home
            for card, home in homes.items()
            if card[2:] in endings or (card in shown and shown[card].family_id == family_id)
        }
    )


def show_left_debt(family_id: int) -> bool:
    """Show a family's debt to those who were billed with it, where nobody would see it; return if so.

    Twice is as once. In the transaction of whoever moved the last one out, or recorded a death.
    """
    if not (owes(family_id) and is_empty(family_id)) or viewers_of(family_id):
        return False
    bills = list(_open_bills(family_id))
    homes = _homes(m for m in _left(family_id) if any(is_counted(bill, m) for bill in bills))
    taken = families_of(FORMER, list(homes))
    for card, whose in taken.items():
        if not owes(whose.family_id):  # the debt of an earlier family, paid meanwhile
            leave_directory(kind=FORMER, value=card, family_id=whose.family_id)
    still_taken = families_of(FORMER, list(homes))
    entries = [Entry(FORMER, card, family_id) for card in homes if card not in still_taken]
    enter_directory(entries)
    if entries:
        record(actor=SYSTEM, verb="contribution.debt_shown", group=family_id, persons=len(entries))
    return bool(entries)


def _open_bills(family_id: int) -> QuerySet[Bill]:
    return Bill.objects.filter(family_id=family_id, status=BillStatus.OPEN.value)


def _left(family_id: int) -> list[Member]:
    return list(Member.objects.filter(family_id=family_id, ended_on__isnull=False).order_by("id"))


def _homes(people: Iterable[Member]) -> dict[str, int]:
    """Return where those of some people who live are now: card → family."""
    cards = [person.card for person in people]
    homes = {}
    for card, whose in families_of("card", cards).items():
        row = Member.objects.filter(
            family_id=whose.family_id, id=whose.member_id, ended_on__isnull=True
        ).first()
        if row is not None and row.status not in GONE:
            homes[card] = whose.family_id
    return homes
