"""Places at an FKTP: taken while there are some, given back, counted for whom nobody refuses."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from jkn.core.db import execute
from jkn.core.errors import Conflict, Refused
from jkn.facility.actions import shift_places, take_place
from jkn.facility.capacity import primary_choices
from jkn.facility.figures import figures, usual_capacity
from jkn.facility.models import PrimaryPlaces

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 22)
PUSKESMAS, CLINIC, HOSPITAL = "3275P002", "3275K001", "3275R001"
JATIMAKMUR = "32.75.08.1003"


def taken(code):
    return PrimaryPlaces.objects.get(facility_id=code).taken


def test_the_first_place_opens_the_row_with_the_usual_capacity_of_the_kind():
    assert take_place(facility_id=PUSKESMAS, on=ON).name == "Puskesmas Jati Makmur"
    row = PrimaryPlaces.objects.get(facility_id=PUSKESMAS)
    assert (row.capacity, row.taken) == (30_000, 1)


def test_the_last_place_is_taken_and_then_it_is_full():
    PrimaryPlaces.objects.create(facility_id=CLINIC, capacity=2)
    take_place(facility_id=CLINIC, on=ON, persons=2)
    with pytest.raises(Conflict) as told:
        take_place(facility_id=CLINIC, on=ON)
    assert (told.value.code, told.value.values["day"]) == ("facility.full", date(2026, 12, 1))
    assert taken(CLINIC) == 2


def test_a_family_gets_places_for_all_or_for_none():
    PrimaryPlaces.objects.create(facility_id=CLINIC, capacity=3)
    with pytest.raises(Conflict):
        take_place(facility_id=CLINIC, on=ON, persons=4)
    assert taken(CLINIC) == 0


@pytest.mark.parametrize("code", [HOSPITAL, "0000X000", "", "'; --", "x" * 500])
def test_what_is_no_fktp_is_refused(code):
    with pytest.raises(Refused) as told:
        take_place(facility_id=code, on=ON)
    assert told.value.code == "facility.not_primary"
    assert not PrimaryPlaces.objects.exists()


def test_shifts_do_not_ask_for_a_free_place_and_never_go_below_zero():
    PrimaryPlaces.objects.create(facility_id=CLINIC, capacity=0)
    shift_places({CLINIC: 2, PUSKESMAS: 1}, on=ON)
    shift_places({CLINIC: -1, PUSKESMAS: 0}, on=ON)
    assert (taken(CLINIC), taken(PUSKESMAS)) == (1, 1)
    with pytest.raises(IntegrityError, match="places_not_below_zero"), transaction.atomic():
        shift_places({CLINIC: -2}, on=ON)


def test_the_list_says_how_many_places_are_left(django_assert_num_queries):
    PrimaryPlaces.objects.create(facility_id=PUSKESMAS, capacity=10, taken=12)
    PrimaryPlaces.objects.create(facility_id="3275P003", capacity=10, taken=4)
    usual_capacity("puskesmas", on=ON)
    with django_assert_num_queries(2):
        choices = primary_choices(JATIMAKMUR, on=ON, at_most=20)
    left = {c.facts.code: c.left for c in choices}
    assert (left[PUSKESMAS], left["3275P003"], left["3275P004"]) == (0, 6, 30_000)
    assert choices[0].is_full
    assert len(choices) == 20


def test_every_figure_has_a_basis_and_an_unknown_kind_takes_as_a_doctor():
    assert all(f.basis for f in figures())
    assert usual_capacity("something_new", on=ON) == usual_capacity("doctor", on=ON) == 5_000


def test_taking_a_place_finds_its_row_by_the_key():
    execute("SET LOCAL enable_seqscan = off")  # the table is small here
    (plan,) = zip(
        *execute(
            "EXPLAIN UPDATE facility_primaryplaces SET taken = taken + 1"
            " WHERE facility_id = '3275P002' AND taken < capacity"
        ),
        strict=True,
    )
    told = "\n".join(plan)
    assert "Index Scan" in told
    assert "Seq Scan" not in told
