"""Figures of law (caps, deadlines, days) are dated rows with their legal basis, never constants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Figure:
    """One value of one figure from a day on. `value` is in the unit that the name says."""

    name: str
    valid_from: date
    value: int
    basis: str
    verified: bool = False


class MissingFigure(LookupError):
    """No row of this figure has begun on the day: the data is incomplete, a bug to be seen."""


def figure_on(figures: Iterable[Figure], name: str, *, on: date) -> Figure:
    """Return the figure in force on a day: the latest row of that name that has begun."""
    begun = [f for f in figures if f.name == name and f.valid_from <= on]
    if not begun:
        raise MissingFigure(f"{name} on {on}")
    return max(begun, key=lambda f: f.valid_from)
