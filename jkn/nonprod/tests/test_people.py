"""Made-up people: valid and unique numbers, the same for a seed, found again from a NIK alone."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.core import identifiers
from jkn.facility import data
from jkn.nonprod.cast import CAST, SPECIALS, UNKNOWN_NIK, cast_family, newcomers
from jkn.nonprod.names import LAST, MEN, WOMEN
from jkn.nonprod.people import (
    MOST,
    NEWCOMERS,
    NEWCOMERS_FROM,
    Relation,
    Sex,
    Story,
    family,
    family_number_of,
    number_at,
    place_of,
)

seeds = st.integers(min_value=0, max_value=2**31)
numbers = st.integers(min_value=0, max_value=1_000_000) | st.integers(
    min_value=NEWCOMERS_FROM, max_value=NEWCOMERS_FROM + NEWCOMERS - 1
)
VILLAGES = {v.code for v in data.villages()}


@given(seeds, numbers)
def test_every_number_of_a_family_is_valid(seed, number):
    household = family(seed, number)
    assert identifiers.family_card(household.kk) == household.kk
    assert identifiers.phone(household.phone) == household.phone
    assert household.village in VILLAGES
    for person in household.members:
        assert identifiers.nik(person.nik) == person.nik
        assert identifiers.card_number(person.card) == person.card
        assert person.card.startswith("000")
        facts = identifiers.nik_facts(person.nik)
        assert facts.area == household.village.replace(".", "")[:6]
        assert (facts.day, facts.month) == (person.birth_date.day, person.birth_date.month)
        assert facts.year_of_century == person.birth_date.year % 100
        assert facts.is_woman == (person.sex is Sex.FEMALE)


@given(seeds, numbers)
def test_a_person_is_found_again_from_the_nik_alone(seed, number):
    for person in family(seed, number).members:
        assert family_number_of(seed, person.nik) == number


@given(seeds, numbers)
def test_a_place_leads_back_to_its_family(seed, number):
    assert number_at(seed, place_of(seed, number)) == number
    assert 0 <= place_of(seed, number) < MOST


@given(seeds, numbers)
def test_the_same_seed_gives_the_same_people(seed, number):
    assert family(seed, number) == family(seed, number)


@given(seeds, numbers)
def test_a_family_is_plausible(seed, number):
    household = family(seed, number)
    assert household.head.relation is Relation.HEAD
    assert [p.relation for p in household.members].count(Relation.HEAD) == 1
    head = identifiers.age_on(household.head.birth_date, on=date(2026, 11, 22))
    assert 24 <= head < 72
    for person in household.members:
        age = identifiers.age_on(person.birth_date, on=date(2026, 11, 22))
        assert person.relation is not Relation.CHILD or 0 <= age <= head - 19
        assert person.relation is not Relation.PARENT or age == head + 24


def test_numbers_are_unique():
    families = [family(7, n) for n in [*range(20_000), *range(980_000, 1_000_000)]]
    families += newcomers(7, NEWCOMERS)
    people = [p for f in families for p in f.members]
    assert len({p.nik for p in people}) == len(people)
    assert len({p.card for p in people}) == len(people)
    # A virtual account keeps the last 11 digits of a card.
    assert len({p.card[-11:] for p in people}) == len(people)
    assert len({f.kk for f in families}) == len(families)
    assert len({f.phone for f in families}) == len(families)


def test_generation_is_quick():
    started = time.process_time()
    people = sum(len(family(1, n).members) for n in range(10_000))
    spent = time.process_time() - started
    assert spent / people < 40e-6  # 300,000 people in 4 s need 13 µs; tests share their machine


def test_the_lists_of_names_are_long_and_without_doubles():
    for names, least in ((MEN, 120), (WOMEN, 120), (LAST, 60)):
        assert len(names) >= least
        assert len(set(names)) == len(names)


def test_the_cast_has_siti_budi_and_wati():
    siti = cast_family(1, 0)
    assert siti.head.name == "Siti Rahmawati"
    assert identifiers.age_on(siti.head.birth_date, on=date(2026, 11, 22)) == 58
    assert (siti.care_class, siti.story, len(siti.members)) == ("3", Story.PAID, 4)
    assert siti.members[2].name == "Budi Rahardjo"
    assert cast_family(1, 1).head.name == "Wati Kusuma"
    assert cast_family(1, 1).story is Story.OPEN_BILL


def test_the_cast_shows_every_story():
    families = [cast_family(1, n) for n in range(len(CAST))]
    assert {f.story for f in families} == set(Story) - {Story.NEWCOMER}
    assert {f.months_owed for f in families} == {0, 1, 5, 24, 30}
    assert any(not p.is_alive for f in families for p in f.members)


def test_newcomers_are_families_of_their_own():
    found = newcomers(1)
    assert len(found) == 40
    assert {f.story for f in found} == {Story.NEWCOMER}


@pytest.mark.parametrize("seed", [1, 2, 99])
def test_special_people_are_nobody_of_the_layout(seed):
    for nik in [*(s.person.nik for s in SPECIALS), UNKNOWN_NIK]:
        assert identifiers.nik(nik) == nik
        assert family_number_of(seed, nik) is None
    for special in SPECIALS:
        assert identifiers.family_card(special.typed_kk)
        assert identifiers.card_number(special.person.card)
