"""Averages of reviews and their spread, as pages tell them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jkn.facility.reviews.rules import MOST_STARS, Spread
from jkn.facility.reviews.values import ASPECTS


@dataclass(frozen=True, slots=True)
class SpreadLine:
    """The spread of one aspect as a page tells it: average "4,3", then 5 stars down to 1."""

    title: str
    average: str
    counts: tuple[tuple[int, int], ...]  # (stars, how many), the most stars first


def spread_lines(spreads: Sequence[Spread]) -> list[SpreadLine]:
    """Return the spreads in words; the decimal mark is the comma of Indonesian."""
    return [
        SpreadLine(
            ASPECTS[s.aspect],
            f"{s.tenths // 10},{s.tenths % 10}",
            tuple((n, s.counts[n - 1]) for n in range(MOST_STARS, 0, -1)),
        )
        for s in spreads
    ]
