"""Positions: in Indonesia, readable, the right way round."""

from __future__ import annotations

import math

import pytest

from jkn.core.errors import Refused
from jkn.facility.places import Swapped, position, within_indonesia


@pytest.mark.parametrize("given", [("-6.2383", "106.9756"), (" -6,2383 ", "106,9756")])
def test_a_position_as_people_write_it(given):
    assert position(*given) == (-6.2383, 106.9756)


def test_swapped_says_so_and_offers_the_right_way_round():
    with pytest.raises(Swapped) as caught:
        position("106.9756", "-6.2383")
    assert caught.value.code == "place.swapped"
    assert caught.value.point == (-6.2383, 106.9756)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (("nan", "106"), "place.unreadable"),
        (("inf", "106"), "place.unreadable"),
        (("", ""), "place.unreadable"),
        (("1e9", "3"), "place.unreadable"),
        (("-6.2" + "1" * 10_000, "106"), "place.unreadable"),
        (("48.85", "2.35"), "place.outside"),
        (("0", "0"), "place.outside"),
        (("٣", "106"), "place.unreadable"),
        (("-6.2;DROP", "106"), "place.unreadable"),
    ],
)
def test_what_is_no_position_here(given, code):
    with pytest.raises(Refused) as caught:
        position(*given)
    assert caught.value.code == code


def test_numbers_that_are_none():
    for wrong in (math.nan, math.inf, -math.inf):
        with pytest.raises(Refused, match=r"place\.outside"):
            within_indonesia((wrong, 106.0))
