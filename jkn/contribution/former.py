"""The debt that people left behind when the whole family moved: found by its account number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jkn.account.directory import whose_many
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
        if bills.debt.whole and not bills.family.members:
            return FormerDebt(whose.family_id, bills, virtual_accounts_of(whose.family_id))
    return None
