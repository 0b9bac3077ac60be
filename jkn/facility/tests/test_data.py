"""Our own table of areas and facilities: whole, and honest about what is made up."""

from __future__ import annotations

from collections import Counter

from jkn.facility import data
from jkn.facility.rules import Kind, district_of


def test_kota_bekasi_has_12_districts_and_56_villages():
    assert len(data.districts()) == 12
    assert len(data.villages()) == 56
    known = {d.code for d in data.districts()}
    assert {district_of(v.code) for v in data.villages()} == known


def test_48_puskesmas_10_fictional_clinics_and_4_fictional_hospitals():
    assert Counter(f.kind for f in data.facilities()) == {
        Kind.PUSKESMAS: 48,
        Kind.CLINIC: 10,
        Kind.HOSPITAL: 4,
    }
    assert {f.kind for f in data.facilities() if f.is_fictional} == {Kind.CLINIC, Kind.HOSPITAL}
    assert all("Contoh" in f.name for f in data.facilities() if f.is_fictional)


def test_codes_are_unique_and_areas_are_known():
    codes = [f.code for f in data.facilities()]
    assert len(set(codes)) == len(codes)
    villages = {v.code for v in data.villages()}
    districts = {d.code for d in data.districts()}
    for facility in data.facilities():
        assert facility.district in districts
        assert facility.village == "" or facility.village in villages
        assert facility.village == "" or district_of(facility.village) == facility.district


def test_points_have_three_decimals_and_no_point_is_a_copy():
    points = [(f.latitude, f.longitude) for f in data.facilities() if f.latitude]
    assert len(points) == 28  # 29 in the sources, one of them a copy of its neighbour's
    assert len(set(points)) == len(points)
    assert all(p is not None and p.as_tuple().exponent == -3 for point in points for p in point)
