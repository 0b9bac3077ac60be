"""Which facility is near, by the areas of both."""

from __future__ import annotations

import pytest

from jkn.facility.rules import PRIMARY, Kind, Nearness, district_of, nearness


def test_a_village_belongs_to_the_district_of_its_code():
    assert district_of("32.75.08.1003") == "32.75.08"


@pytest.mark.parametrize(
    ("village", "district", "expected"),
    [
        ("32.75.08.1003", "32.75.08", Nearness.SAME_VILLAGE),
        ("32.75.08.1002", "32.75.08", Nearness.SAME_DISTRICT),
        ("", "32.75.08", Nearness.SAME_DISTRICT),
        ("32.75.01.1003", "32.75.01", Nearness.ELSEWHERE),
        ("", "32.75.01", Nearness.ELSEWHERE),
    ],
)
def test_nearness_goes_by_village_then_district(village, district, expected):
    assert nearness(home="32.75.08.1003", village=village, district=district) is expected


def test_a_hospital_is_no_place_to_register():
    assert Kind.HOSPITAL not in PRIMARY
    assert Kind.PUSKESMAS in PRIMARY
