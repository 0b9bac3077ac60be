"""A copy of the directory in memory that is searched: by spelling, by place, by what is offered.

Exact: the SQL forms in tests/oracle.py find the same. Pure; `directory` fills it and keeps it
fresh.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TypeAlias

from jkn.facility.hours import parse
from jkn.facility.matching import Matches, Sets, least_hits, match, places_in
from jkn.facility.nearby import Nearby
from jkn.facility.places import Point
from jkn.facility.rules import GROUPS, Kind, Nearness, district_of
from jkn.facility.spelling import grams, grams_of_query, squeezed

_Rank: TypeAlias = tuple[float, float, float, str, str, float]  # …, name, code, metres (-1: none)
_NO_METRES = -1.0


@dataclass(frozen=True, slots=True)
class Listed:
    """What the search knows of one facility; `words` are all texts it is found by but its name."""

    code: str
    name: str
    kind: str
    words: tuple[str, ...]
    tags: tuple[str, ...]  # villages, districts, clinics, clinics on a weekday, services
    point: Point | None
    hours: str = ""
    contract_from: date | None = None
    contract_to: date | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for; empty means all the same. `moment` asks for those open then."""

    text: str = ""
    group: str = ""
    kinds: frozenset[Kind] = frozenset()
    tags: tuple[str, ...] = ()
    moment: datetime | None = None
    codes: frozenset[str] | None = None  # only among these
    at: Point | None = None
    village: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One facility that was found, and how far it is where that is known."""

    code: str
    metres: float | None


@dataclass(frozen=True, slots=True)
class Hits:
    """How many were found, and those of the page that was asked for."""

    total: int
    page: list[Hit]


class Copy:
    """Some facilities of the directory, indexed. Never changed: a change makes a new copy."""

    def __init__(self, rows: Iterable[Listed]) -> None:
        listed = sorted(rows, key=lambda r: (squeezed(r.name), r.code))
        self.codes = [row.code for row in listed]
        self._names = [squeezed(row.name) for row in listed]
        self._points = [row.point for row in listed]
        self.all = (1 << len(listed)) - 1
        self._place_of = {code: place for place, code in enumerate(self.codes)}
        self._in_name = Sets(grams([row.name]) for row in listed)
        self._in_all = Sets(grams([row.name, *row.words]) for row in listed)
        self._kinds = Sets([row.kind] for row in listed)
        self._tags = Sets(row.tags for row in listed)
        self._hours = Sets([row.hours] if row.hours else [] for row in listed)
        self._nearby = Nearby(self._points)
        self._pointless = sum(1 << i for i, p in enumerate(self._points) if p is None)
        self._contracts = [
            (place, row.contract_from or date.min, row.contract_to or date.max)
            for place, row in enumerate(listed)
            if row.contract_from or row.contract_to
        ]

    def without(self, codes: Collection[str]) -> int:
        """Return the set of all facilities but those."""
        return self.all & ~self._of(codes)

    def _of(self, codes: Iterable[str]) -> int:
        return sum(1 << self._place_of[code] for code in codes if code in self._place_of)

    def point_of(self, code: str) -> Point | None:
        """Return where a facility lies, or None."""
        place = self._place_of.get(code)
        return None if place is None else self._points[place]

    def points_with(self, tag: str, among: int) -> list[Point]:
        """Return where the facilities with a tag lie."""
        spots = (self._points[place] for place in places_in(self._tags.get(tag) & among))
        return [point for point in spots if point is not None]

    def chosen(self, search: Search, among: int, *, on: date, holidays: Collection[date]) -> int:
        """Return the set of those that every filter of the search lets pass."""
        for place, first, last in self._contracts:
            if not first <= on <= last:
                among &= ~(1 << place)
        if search.kinds:
            among &= self._union(self._kinds, search.kinds)
        if search.group:
            among &= self._union(self._kinds, GROUPS[search.group])
        if search.codes is not None:
            among &= self._of(search.codes)
        for tag in search.tags:
            among &= self._tags.get(tag)
        if search.moment is not None:
            moment = search.moment
            among &= _any(
                bits for text, bits in self._hours.items()
                if parse(text).open_until(moment, holidays) is not None
            )  # fmt: skip
        return among

    def _union(self, sets: Sets, kinds: Iterable[Kind]) -> int:
        return _any(sets.get(kind.value) for kind in kinds)

    def matches(self, query: Collection[str], among: int) -> Matches:
        """Return what matches the grams of a query."""
        return match(query, texts=self._in_all, names=self._in_name, among=among)

    def by_name(self, among: int, count: int) -> Iterator[_Rank]:
        """Yield the first by name."""
        for place in islice(places_in(among), count):
            yield (0, 0, 0, self._names[place], self.codes[place], _NO_METRES)

    def by_match(self, found: Matches, least: int, count: int) -> Iterator[_Rank]:
        """Yield the best matches: hits, hits in the name, then by name."""
        for hits, in_name, place in islice(found.ranked(least), count):
            yield (-hits, -in_name, 0, self._names[place], self.codes[place], _NO_METRES)

    def by_distance(self, at: Point, among: int, count: int) -> Iterator[_Rank]:
        """Yield the nearest to a point, then those without a point by name."""
        found = self._nearby.nearest(at, count, among=among)
        for far, place in found:
            yield (0, far, 0, self._names[place], self.codes[place], far)
        if len(found) < count:
            for rank in self.by_name(among & self._pointless, count - len(found)):
                yield (1, *rank[1:])

    def by_home(self, home: str, at: Point | None, among: int, count: int) -> Iterator[_Rank]:
        """Yield those of a kelurahan, of its kecamatan, then all others, the nearest first."""
        village = self._tags.get(f"village:{home}") & among
        district = self._tags.get(f"district:{district_of(home)}") & among & ~village
        rings = (village, district, among & ~village & ~district)
        for nearness, ring in zip(Nearness, rings, strict=True):
            ranks = self.by_distance(at, ring, count) if at else self.by_name(ring, count)
            for rank in ranks:
                far = rank[-1] if nearness else _NO_METRES  # within a kelurahan it says nothing
                yield (nearness, *rank[:2], *rank[3:-1], far)


def _any(sets: Iterable[int]) -> int:
    union = 0
    for bits in sets:
        union |= bits
    return union


_Order: TypeAlias = Callable[[Copy, int, int], Iterator[_Rank]]  # copy, among, how many


@dataclass(frozen=True, slots=True)
class Directory:
    """The whole directory as of a version: a large copy, and a small one of what changed since."""

    version: int
    base: Copy
    later: Copy
    changed: Mapping[str, Listed]

    @property
    def _copies(self) -> tuple[tuple[Copy, int], ...]:
        return (self.base, self.base.without(self.changed)), (self.later, self.later.all)

    def point_of(self, code: str) -> Point | None:
        """Return where a facility lies, or None where that or the facility is unknown."""
        return (self.later if code in self.changed else self.base).point_of(code)

    def middle_of(self, village: str) -> Point | None:
        """Return about where a kelurahan lies: the middle of its facilities, else its kecamatan's."""
        for tag in (f"village:{village}", f"district:{district_of(village)}"):
            points = [p for copy, among in self._copies for p in copy.points_with(tag, among)]
            if points:
                return sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(
                    points
                )
        return None

    def find(
        self, search: Search, *, on: date, holidays: Collection[date], count: int, skip: int = 0
    ) -> Hits:
        """Return the facilities that fit, the nearest or best first, `skip` left out."""
        sets = [
            (copy, copy.chosen(search, among, on=on, holidays=holidays))
            for copy, among in self._copies
        ]
        need = skip + count
        order: _Order = _by_name
        if search.text:
            query = grams_of_query(search.text)
            found = {copy: copy.matches(query, among) for copy, among in sets}
            least = least_hits(asked=len(query), best=max(one.best for one in found.values()))
            sets = [(copy, one.at_least(least)) for copy, one in found.items()]
            order = _by_match(found, least)
        if search.at is not None:
            order = _by_distance(search.at)
        elif search.village:
            order = _by_home(search.village, self.middle_of(search.village))
        ranks = sorted(rank for copy, among in sets for rank in order(copy, among, need))
        return Hits(sum(among.bit_count() for _, among in sets), _hits(ranks[skip:need]))


def _by_name(copy: Copy, among: int, need: int) -> Iterator[_Rank]:
    return copy.by_name(among, need)


def _by_match(found: Mapping[Copy, Matches], least: int) -> _Order:
    return lambda copy, among, need: copy.by_match(found[copy], least, need)


def _by_distance(at: Point) -> _Order:
    return lambda copy, among, need: copy.by_distance(at, among, need)


def _by_home(village: str, middle: Point | None) -> _Order:
    return lambda copy, among, need: copy.by_home(village, middle, among, need)


def _hits(ranks: Sequence[_Rank]) -> list[Hit]:
    return [Hit(code, far if far >= 0 else None) for *_, code, far in ranks]
