"""The index of positions is exact: it finds what comparing with every place finds."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jkn.facility.nearby import Nearby, metres

POINTS = st.tuples(st.floats(-11.3, 6.3), st.floats(94.7, 141.2))


def by_hand(points, at, count, among=None):
    known = [
        (metres(at, p), i)
        for i, p in enumerate(points)
        if p is not None and (among is None or among >> i & 1)
    ]
    return sorted(known)[:count]


def same(found, expected):
    """Equal places, or others that are equally far away."""
    assert [round(d, 3) for d, _ in found] == [round(d, 3) for d, _ in expected]


def clustered(count, chance):
    """As facilities lie: most in towns, some alone."""
    towns = [(chance.uniform(-9, 4), chance.uniform(96, 140)) for _ in range(40)]
    points = []
    for _ in range(count):
        town, wide = chance.choice(towns), chance.choice((0.01, 0.1, 0.5))
        points.append((chance.gauss(town[0], wide), chance.gauss(town[1], wide)))
    return points


@pytest.mark.parametrize("seed", [1, 2])
def test_twenty_of_many_at_two_hundred_points(seed):
    chance = random.Random(seed)
    points = clustered(5000, chance)
    index = Nearby(points)
    for n in range(200):
        at = clustered(1, chance)[0] if n % 2 else (chance.uniform(-11, 6), chance.uniform(95, 141))
        same(index.nearest(at, 20), by_hand(points, at, 20))


def test_only_among_some_and_never_without_a_point():
    chance = random.Random(3)
    points = [p if i % 7 else None for i, p in enumerate(clustered(4000, chance))]
    index = Nearby(points)
    few = sum(1 << i for i in chance.sample(range(4000), 50))
    half = sum(1 << i for i in chance.sample(range(4000), 2000))
    for _ in range(20):
        at = clustered(1, chance)[0]
        for among in (few, half):
            same(index.nearest(at, 20, among=among), by_hand(points, at, 20, among))
    assert index.nearest((-6.2, 107.0), 5, among=0) == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(st.none(), POINTS), max_size=60), POINTS, st.integers(1, 25))
def test_any_points_at_all(points, at, count):
    same(Nearby(points).nearest(at, count), by_hand(points, at, count))


def test_equal_points_come_as_they_are_numbered():
    index = Nearby([(-6.2, 107.0)] * 30)
    assert [place for _, place in index.nearest((-6.3, 107.1), 20)] == list(range(20))


def test_a_known_distance():
    # Monas to the Bandung town hall: 116.6 km by other calculators, to the round numbers given.
    assert metres((-6.1754, 106.8272), (-6.9109, 107.6098)) == pytest.approx(118_600, rel=0.02)
