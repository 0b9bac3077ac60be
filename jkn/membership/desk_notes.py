"""What the branch reads at the top of a family's page beside membership: modules above add it.

Membership knows no money; contribution says here what a family owes that nobody in it can see.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from jkn.membership.queries import FamilyView


@dataclass(frozen=True, slots=True)
class DeskNote:
    """One note: title and lines are msgids; the sum is in rupiah."""

    title: str
    amount: int
    lines: tuple[str, ...]
    numbers: tuple[tuple[str, str], ...] = ()  # (bank, account number) where it is paid
    link: str = ""
    link_text: str = ""  # msgid


Noter = Callable[..., DeskNote | None]  # asked with (family, on=day)
_noters: list[Noter] = []


def note_on_desk(noter: Noter) -> None:
    """Let a noter be asked for every family that the branch opens, from now on."""
    _noters.append(noter)


def desk_notes(family: FamilyView, *, on: date) -> list[DeskNote]:
    """Return what there is to say of a family on a day."""
    return [note for noter in _noters if (note := noter(family, on=on)) is not None]
