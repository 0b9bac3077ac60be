"""The debt that people left behind when the whole family moved: who sees it, and who is told.

`left_debts` decides which families see it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jkn.account.directory import whose_many
from jkn.account.queries import accounts_of_family
from jkn.contribution.left_debts import FORMER, GONE, is_empty, viewers_of
from jkn.contribution.queries import FamilyBills, banks, family_bills, virtual_accounts_of
from jkn.core.identifiers import virtual_account_of
from jkn.membership.models import Member


@dataclass(frozen=True, slots=True)
class FormerDebt:
    """What an old family owes, and where it is paid: bank code → account number."""

    family_id: int
    bills: FamilyBills
    numbers: dict[str, str]


def former_debt(family_id: int, *, on: date) -> FormerDebt | None:
    """Return what the family of before owes, for who sees it now; None where nothing is.

    The old family's account number carries the head's card number, and leads to the old family as
    long as it owes; where the head has died, so do the cards of those to whom it was shown. Nobody
    else's family sees it; nor do these, while others still live in the old one.
    """
    rows = Member.objects.filter(family_id=family_id, ended_on__isnull=True)
    cards = [m.card for m in rows if m.status not in GONE]
    prefixes = {bank.prefix for bank in banks()}
    numbers = [("va", virtual_account_of(card, prefix=p)) for card in cards for p in prefixes]
    numbers += [(FORMER, card) for card in cards]
    for whose in whose_many(sorted(numbers)).values():
        if whose.family_id == family_id:
            continue
        bills = family_bills(whose.family_id, on=on)
        if bills.debt.whole and all(m.status in GONE for m in bills.family.members):
            return FormerDebt(whose.family_id, bills, virtual_accounts_of(whose.family_id))
    return None


@dataclass(frozen=True, slots=True)
class Hearers:
    """Who is told of a family's money: its accounts, or those of who left its debt behind."""

    accounts: list[int]
    has_left: bool


def hearers_of(family_id: int) -> Hearers:
    """Return the accounts that are told of a family's money.

    Its own; where nobody living is left in it, those of the families that see `former_debt`.
    """
    if not is_empty(family_id):
        return Hearers(accounts_of_family(family_id), has_left=False)
    accounts = {one for viewer in viewers_of(family_id) for one in accounts_of_family(viewer)}
    return Hearers(sorted(accounts), has_left=True)
