"""Sealed values: only the right key and the right place open them; equal values share an index."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from jkn.core.sealing import Sealer, derived_key

OURS = Sealer(derived_key("rahasia", "field"), derived_key("rahasia", "index"))
THEIRS = Sealer(derived_key("lain", "field"), derived_key("lain", "index"))
PLACE = "membership.member.nik.4711"
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(words)
def test_what_is_sealed_is_opened_again(text):
    sealed = OURS.seal(text, place=PLACE)
    assert OURS.open(sealed, place=PLACE) == OURS.open(memoryview(sealed), place=PLACE) == text
    assert text.encode() not in sealed or len(text) < 3


def test_the_same_text_is_sealed_differently_each_time():
    assert len({OURS.seal("3275017101680001", place=PLACE) for _ in range(50)}) == 50


def test_another_place_key_or_a_changed_byte_opens_nothing():
    sealed = OURS.seal("3275017101680001", place=PLACE)
    with pytest.raises(InvalidTag):  # copied to another person's row
        OURS.open(sealed, place="membership.member.nik.4712")
    with pytest.raises(InvalidTag):
        THEIRS.open(sealed, place=PLACE)
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(InvalidTag):
            OURS.open(bytes(altered), place=PLACE)
    with pytest.raises((InvalidTag, ValueError)):
        OURS.open(sealed[:-1], place=PLACE)


@given(words, words)
def test_an_index_is_equal_for_equal_values_of_a_kind_only(one, other):
    assert (OURS.index("nik", one) == OURS.index("nik", other)) == (one == other)
    assert OURS.index("nik", one) != OURS.index("card", one)
    assert OURS.index("nik", one) != THEIRS.index("nik", one)
    assert len(OURS.index("nik", one)) == 32


def test_keys_of_one_secret_differ_by_purpose():
    keys = {derived_key("rahasia", purpose) for purpose in ("field", "index", "card.token")}
    assert len(keys) == 3
    assert all(len(key) == 32 for key in keys)
