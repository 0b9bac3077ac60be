"""Spelling: what counts and what does not; sets of bits count exactly."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jkn.facility.matching import Counts, Sets, least_hits, match, places_in
from jkn.facility.spelling import folded, grams, grams_of_query, squeezed


def test_case_accents_signs_and_spaces():
    assert folded("  RSIA Séhat, Jati-Asih ") == "rsia sehat jati asih"
    assert squeezed("Jati Asih") == squeezed("JATIASIH") == "jatiasih"
    assert folded("🏥 %_' \"") == ""


@pytest.mark.parametrize(
    "typed", ["jatiasih", "Jati Asih", "puskemas jatiasih", "puskesmas jati asi"]
)
def test_a_query_shares_most_grams_with_what_it_means(typed):
    wanted = grams_of_query(typed)
    assert len(wanted & grams(["Puskesmas Jati Asih"])) >= 0.6 * len(wanted)


def test_one_or_two_letters_begin_a_word():
    assert grams_of_query("j") <= grams(["Puskesmas Jati Asih"])
    assert grams_of_query("as") <= grams(["Puskesmas Jati Asih"])
    assert not grams_of_query("sm") <= grams(["Puskesmas Jati Asih"])
    assert grams_of_query("🏥") == set()


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sets(st.sampled_from("abcdefgh")), max_size=300))
def test_sets_of_places_are_those_of_the_words(words):
    sets = Sets(words)
    for word in "abcdefghx":
        assert list(places_in(sets.get(word))) == [i for i, w in enumerate(words) if word in w]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sets(st.integers(0, 40)), max_size=20))
def test_counting_all_places_at_once(chosen):
    counts = Counts.of(sum(1 << place for place in one) for one in chosen)
    true = Counter(place for one in chosen for place in one)
    everything = (1 << 41) - 1
    for number in range(22):
        expected = [p for p in range(41) if true[p] == number]
        assert list(places_in(counts.exactly(number, everything))) == expected
    assert counts.most(everything) == max(true.values(), default=0)


def test_the_best_come_first_and_the_name_counts_more():
    texts = ["rs hermina", "klinik hermina jaya", "apotek sehat"]
    names = Sets(grams([t]) for t in texts)
    found = match(grams_of_query("hermina"), texts=names, names=names, among=0b111)
    least = least_hits(asked=5, best=found.best)
    assert [place for _, _, place in found.ranked(least)] == [0, 1]
    assert found.at_least(least) == 0b11


@pytest.mark.parametrize(
    ("asked", "best", "least"), [(5, 5, 4), (5, 2, 2), (10, 10, 8), (1, 1, 1), (5, 0, 2), (0, 0, 1)]
)
def test_how_many_hits_are_enough(asked, best, least):
    assert least_hits(asked=asked, best=best) == least
