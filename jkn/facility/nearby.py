"""The nearest places to a point, exactly: an index of cells over Indonesia, in pure Python.

Cells of each size lie in one list, row by row, so a window of cells is a few slices of it. A
search looks into a window that holds enough places; the farthest of those it finds says how large
a window surely has all that are nearer, and that one is looked into where the first was smaller.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from math import asin, cos, pi, radians, sin, sqrt
from typing import TypeAlias

from jkn.facility.matching import places_in
from jkn.facility.places import Point

EARTH_METRES = 6_371_008.8  # mean radius (IUGG)
_DIAMETER = 2 * EARTH_METRES
_FINEST = 16  # the smallest cell is 64 / 2**16 degrees, some 100 m
_COARSEST = 3
_WIDTH = 64.0  # degrees; one box that holds all of Indonesia
_SOUTH, _WEST = -16.0, 86.0
_NARROWEST = cos(radians(12))  # of a degree of longitude, at most: Indonesia ends at 11 south
_WINDOW = 2  # cells to each side in the first look
_CROWD = 6  # times as many places as are wanted: too many to compare them all
_FEW = 300  # as few as these are compared one by one

Found: TypeAlias = tuple[float, int]  # metres, place
_Vector: TypeAlias = tuple[float, float, float]  # on the unit sphere
_Spot: TypeAlias = tuple[float, float, float, int]  # the same, and whose it is


def metres(a: Point, b: Point) -> float:
    """Return the great-circle distance of two points."""
    return _closest([(*_vector(a), 0)], _vector(b), 1)[0][0]


class Nearby:
    """The places with a point, by where they lie. Places are numbers; some have no point."""

    def __init__(self, points: Sequence[Point | None]) -> None:
        known = [(p, (*_vector(p), place)) for place, p in enumerate(points) if p is not None]
        self._spots: list[_Spot] = [spot for _, spot in known]
        self._of_place = {spot[3]: spot for spot in self._spots}
        self._bytes = len(points) // 8 + 1
        cells = [(*_cell(point, _FINEST), spot) for point, spot in known]
        self._order = array("Q", sorted(_interleaved(r, c) for r, c, _ in cells))
        self._levels: list[tuple[array[int], list[_Spot]]] = []
        for shift in range(_FINEST - _COARSEST + 1):
            rows = sorted(((r >> shift) << _FINEST | c >> shift, spot) for r, c, spot in cells)
            self._levels.append((array("Q", [key for key, _ in rows]), [s for _, s in rows]))

    def nearest(self, at: Point, count: int, *, among: int | None = None) -> list[Found]:
        """Return the nearest `count` places in metres, nearest first, equals as numbered.

        `among` is a set of places as bits; those without a point are never found.
        """
        vector = _vector(at)
        if among is not None and among.bit_count() <= _FEW:
            spots = self._of_place
            few = [spots[place] for place in places_in(among) if place in spots]
            return _closest(few, vector, count)
        flags = None if among is None else among.to_bytes(self._bytes, "little")
        for shift in range(self._first_look(at, count, among), _FINEST - _COARSEST + 1):
            row, column = _cell(at, _FINEST - shift)
            block = self._window(
                shift, row - _WINDOW, row + _WINDOW, column - _WINDOW, column + _WINDOW, flags
            )
            if len(block) < count:
                continue
            if len(block) > count * _CROWD:
                bound = _closest(block[:: len(block) // (2 * count)], vector, count)[-1][0]
                return _closest(self._around(at, bound, shift, flags), vector, count)
            found = _closest(block, vector, count)
            if found[-1][0] <= _reach(at, row, column, _FINEST - shift):
                return found
            return _closest(self._around(at, found[-1][0], shift, flags), vector, count)
        whole = self._spots if flags is None else list(_flagged(self._spots, flags))
        return _closest(whole, vector, count)

    def _first_look(self, at: Point, count: int, among: int | None) -> int:
        """Return the size of cells to begin with: the neighbours in Z-order tell how dense it is.

        Those before and after are asked apart: only one side can lie across a large border.
        """
        order, last = self._order, len(self._order) - 1
        share = 1.0 if among is None else among.bit_count() / (last + 1)
        step = int(count / share) // 4
        if step >= last:
            return _FINEST
        here = _interleaved(*_cell(at, _FINEST))
        i = bisect_left(order, here)
        spans = (order[min(i + step, last)] ^ here, order[max(i - step - 1, 0)] ^ here)
        return max(0, (min(spans).bit_length() + 1) // 2 - 2)

    def _around(self, at: Point, reach: float, shift: int, flags: bytes | None) -> list[_Spot]:
        """Return the places of a window that surely holds all within `reach` metres."""
        up = reach / EARTH_METRES * 180 / pi * 1.000_001
        while shift > 0 and up < 1.5 * _WIDTH / (1 << _FINEST - shift):
            shift -= 1
        while shift < _FINEST - _COARSEST and up > 5 * _WIDTH / (1 << _FINEST - shift):
            shift += 1
        size = _WIDTH / (1 << _FINEST - shift)
        side = up / _NARROWEST
        low, high = int((at[0] - up - _SOUTH) / size), int((at[0] + up - _SOUTH) / size)
        left, right = int((at[1] - side - _WEST) / size), int((at[1] + side - _WEST) / size)
        return self._window(shift, low, high, left, right, flags)

    def _window(
        self, shift: int, low: int, high: int, left: int, right: int, flags: bytes | None
    ) -> list[_Spot]:
        """Return the places of the rows and columns, both ends included."""
        keys, spots = self._levels[shift]
        left = max(left, 0)
        start = 0
        block: list[_Spot] = []
        for row in range(max(low, 0), high + 1):
            first = row << _FINEST
            start = bisect_left(keys, first | left, start)
            end = bisect_left(keys, first + right + 1, start)
            block += spots[start:end]
            start = end
        return block if flags is None else list(_flagged(block, flags))


def _flagged(spots: Sequence[_Spot], flags: bytes) -> Iterator[_Spot]:
    return (s for s in spots if flags[s[3] >> 3] >> (s[3] & 7) & 1)


def _closest(block: list[_Spot], at: _Vector, count: int) -> list[Found]:
    """Return the nearest of some spots. The nearer, the larger the product of the vectors."""
    x, y, z = at
    products = [a * x + b * y + c * z for a, b, c, _ in block]
    if len(products) > count:
        least = sorted(products)[-count]
        chosen = [s for p, s in zip(products, block, strict=True) if p >= least]
    else:
        chosen = block
    chords = sorted(
        [
            ((a - x) * (a - x) + (b - y) * (b - y) + (c - z) * (c - z), place)
            for a, b, c, place in chosen
        ]
    )
    return [(_DIAMETER * asin(sqrt(chord) / 2), place) for chord, place in chords[:count]]


def _vector(at: Point) -> _Vector:
    latitude, longitude = radians(at[0]), radians(at[1])
    flat = cos(latitude)
    return flat * cos(longitude), flat * sin(longitude), sin(latitude)


def _reach(at: Point, row: int, column: int, level: int) -> float:
    """Return how many metres from a point the first window surely holds every place."""
    size = _WIDTH / (1 << level)
    south, west = _SOUTH + (row - _WINDOW) * size, _WEST + (column - _WINDOW) * size
    width = (2 * _WINDOW + 1) * size
    up = min(at[0] - south, south + width - at[0])
    side = min(at[1] - west, west + width - at[1]) * _NARROWEST
    return min(up, side) * pi / 180 * EARTH_METRES * 0.999_999


def _cell(at: Point, level: int) -> tuple[int, int]:
    cells = (1 << level) / _WIDTH
    return int((at[0] - _SOUTH) * cells), int((at[1] - _WEST) * cells)


def _spread(number: int) -> int:
    """Return the bits of a byte with a gap of one between them."""
    return sum((number >> i & 1) << 2 * i for i in range(8))


_SPREAD = tuple(_spread(n) for n in range(256))


def _interleaved(row: int, column: int) -> int:
    """Return the bits of both numbers, in turn (Morton)."""
    high = _SPREAD[row >> 8 & 255] << 1 | _SPREAD[column >> 8 & 255]
    return high << 16 | _SPREAD[row & 255] << 1 | _SPREAD[column & 255]
