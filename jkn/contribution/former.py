"""The debt that people left behind when the whole family moved: who sees it, and who is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jkn.account.directory import whose_many
from jkn.account.queries import accounts_of_family
from jkn.account.queries import family_of as by_number
from jkn.contribution.queries import FamilyBills, banks, family_bills, virtual_accounts_of
from jkn.core.identifiers import virtual_account_of
from jkn.membership.models import Member
from jkn.membership.rules import Status

_GONE = (Status.DECEASED, Status.DUPLICATE)


@dataclass(frozen=True, slots=True)
class FormerDebt:
    """What an old family owes, and where it is paid: bank code → account number."""

    family_id: int
    bills: FamilyBills
    numbers: dict[str, str]


def former_debt(family_id: int, *, on: date) -> FormerDebt | None:
    """Return what the family of before owes, for its head's new family; None where nothing is.

    The old family's account number carries the head's card number, and leads to the old family as
    long as it owes. Nobody else's family sees it; nor does the head's, while others still live
    in the old one.
    """
    cards = [m.card for m in Member.objects.filter(family_id=family_id, ended_on__isnull=True)]
    prefixes = {bank.prefix for bank in banks()}
    numbers = [("va", virtual_account_of(card, prefix=p)) for card in cards for p in prefixes]
    for whose in whose_many(sorted(numbers)).values():
        if whose.family_id == family_id:
            continue
        bills = family_bills(whose.family_id, on=on)
        if bills.debt.whole and all(m.status in _GONE for m in bills.family.members):
            return FormerDebt(whose.family_id, bills, virtual_accounts_of(whose.family_id))
    return None


@dataclass(frozen=True, slots=True)
class Hearers:
    """Who is told of a family's money: its accounts, or those of who left its debt behind."""

    accounts: list[int]
    has_left: bool


def hearers_of(family_id: int) -> Hearers:
    """Return the accounts that are told of a family's money.

    Its own; where nobody living is left in it, those of the family in which the holder of its
    account number is now: the same people who see `former_debt`.
    """
    own = accounts_of_family(family_id)
    rows = list(Member.objects.filter(family_id=family_id))
    living = [m for m in rows if m.ended_on is None and m.status not in _GONE]
    if own or living:
        return Hearers(own, has_left=False)
    endings = {number[5:] for number in virtual_accounts_of(family_id).values()}
    for card in (m.card for m in rows if m.ended_on is not None):
        whose = by_number("card", card) if card[2:] in endings else None
        if whose is not None and whose.family_id != family_id:
            return Hearers(accounts_of_family(whose.family_id), has_left=True)
    return Hearers([], has_left=True)
