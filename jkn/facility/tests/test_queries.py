"""The directory: nearest places to register, names, kelurahan."""

from __future__ import annotations

import pytest
from django.core.cache import caches
from django.db import IntegrityError, transaction

from jkn.core.errors import NotFound
from jkn.facility import queries
from jkn.facility.models import Facility
from jkn.facility.rules import Kind, Nearness

pytestmark = pytest.mark.django_db
JATIMAKMUR = "32.75.08.1003"


@pytest.fixture(autouse=True)
def _no_leftovers():
    caches["memory"].clear()
    yield
    caches["memory"].clear()


def test_the_nearest_come_first():
    found = queries.primary_facilities(JATIMAKMUR)
    assert len(found) == 61  # 48 puskesmas, 13 made up; no hospital but a primary one is an FKTP
    assert found[0].name == "Puskesmas Jati Makmur"
    assert found[0].nearness is Nearness.SAME_VILLAGE
    nearness = [f.nearness for f in found]
    assert nearness == sorted(nearness)
    nearby = [f for f in found if f.nearness is Nearness.SAME_DISTRICT]
    assert {f.district_name for f in nearby} == {"Pondokgede"}
    others = [f.name for f in found if f.nearness is Nearness.ELSEWHERE]
    assert others == sorted(others)


def test_an_unknown_kelurahan_gives_all_by_name():
    found = queries.primary_facilities("99.99.99.9999")
    assert {f.nearness for f in found} == {Nearness.ELSEWHERE}
    assert len(found) == 61


def test_the_list_costs_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        queries.primary_facilities(JATIMAKMUR)


def test_a_name_is_read_once(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert queries.facility_name("3275P002") == "Puskesmas Jati Makmur"
        assert queries.facility_name("3275P002") == "Puskesmas Jati Makmur"


def test_an_unknown_code_has_no_name_and_is_asked_again():
    assert queries.facility_name("0000X000") == ""
    assert caches["memory"].get("facility.name.0000X000") is None


def test_villages_come_with_their_district_and_are_cached(django_assert_num_queries):
    with django_assert_num_queries(1):
        villages = queries.villages()
        assert queries.villages() == villages
        assert queries.village(JATIMAKMUR).district_name == "Pondokgede"
    assert len(villages) == 56
    assert villages == sorted(villages, key=lambda v: (v.district_name, v.name))


def test_an_unknown_village_or_facility_is_not_found():
    with pytest.raises(NotFound):
        queries.village("32.75.99.0000")
    with pytest.raises(NotFound):
        queries.facility("0000X000")


def test_a_facility_says_what_is_approximate_and_what_is_made_up():
    puskesmas = queries.facility("3275P002")
    assert (str(puskesmas.latitude), str(puskesmas.longitude)) == ("-6.275", "106.925")
    assert puskesmas.is_approximate
    assert not puskesmas.is_fictional
    clinic = queries.facility("3275K001")
    assert clinic.kind is Kind.CLINIC
    assert clinic.is_fictional
    assert queries.facility("3275P004").latitude is None
    assert not queries.facility("3275R001").is_primary


def test_half_a_point_is_refused():
    with pytest.raises(IntegrityError), transaction.atomic():
        Facility.objects.filter(code="3275P002").update(latitude=None)
