"""Rules of signing in, by examples and properties."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.account.rules import (
    FRESH_SECONDS,
    Channel,
    How,
    Identifier,
    Strength,
    code_digits,
    first_name,
    identifier,
    next_channel,
    plain_recovery_code,
    safe_path,
    strength,
)
from jkn.core.errors import Refused


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("3275 0145 0687 0003", "nik", "3275014506870003"),
        ("0001234567890", "card", "0001234567890"),
        ("0812-3456-7890", "phone", "6281234567890"),
        ("+62 812 3456 7890", "phone", "6281234567890"),
        ("081234567890 1", "phone", "62812345678901"),
        ("812345678", "phone", "62812345678"),
        (" Siti@Contoh.ID ", "email", "siti@contoh.id"),
    ],
)
def test_what_was_typed_is_known_by_its_shape(typed, kind, value):
    assert identifier(typed) == Identifier(kind, value)


@given(st.text(max_size=60))
def test_anything_else_is_refused_and_never_an_error(typed):
    with contextlib.suppress(Refused):
        assert identifier(typed).kind in {"nik", "card", "phone", "email"}


@given(st.integers(1, 2**63 - 1), st.binary(min_size=16, max_size=16))
def test_digits_are_six_and_the_same_each_time(code_id, salt):
    digits = code_digits("rahasia", code_id=code_id, salt=salt)
    assert len(digits) == 6
    assert digits.isdigit()
    assert digits == code_digits("rahasia", code_id=code_id, salt=salt)


def test_digits_differ_by_secret_id_and_salt():
    all_of_them = {
        code_digits(secret, code_id=code_id, salt=salt * 16)
        for secret, code_id, salt in (
            ("x", 1, b"a"),
            ("y", 1, b"a"),
            ("x", 2, b"a"),
            ("x", 1, b"b"),
        )
    }
    assert len(all_of_them) == 4


@given(st.text(max_size=80))
def test_only_own_paths_are_followed(text):
    path = safe_path(text, otherwise="/")
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert "\n" not in path


@pytest.mark.parametrize(
    ("proofs", "worth"),
    [
        ({}, Strength.NONE),
        ({How.SMS: 1000}, Strength.SMS),
        ({How.CODE: 1000}, Strength.WEAK),
        ({How.CODE: 1000, How.SMS: 1000}, Strength.WEAK),
        ({How.PASSWORD: 1000}, Strength.STRONG),
        ({How.PASSKEY: 1000 - FRESH_SECONDS - 1}, Strength.NONE),
        ({How.PASSKEY: 1000 - FRESH_SECONDS}, Strength.STRONG),
    ],
)
def test_what_fresh_proofs_are_worth(proofs, worth):
    assert strength(proofs, at=1000, password_is_held=False) == worth


def test_a_password_that_a_code_has_set_is_worth_a_code():
    assert strength({How.PASSWORD: 1000}, at=1000, password_is_held=True) == Strength.SMS
    both: dict[str, int] = {How.PASSWORD: 1000, How.TOTP: 1000}
    assert strength(both, at=1000, password_is_held=True) == Strength.STRONG


def test_channels_follow_each_other():
    assert next_channel(Channel.WHATSAPP, has_email=False) is Channel.SMS
    assert next_channel(Channel.SMS, has_email=True) is Channel.EMAIL
    assert next_channel(Channel.SMS, has_email=False) is None
    assert next_channel(Channel.EMAIL, has_email=True) is None


def test_small_words():
    assert first_name("Siti Aminah") == "Siti"
    assert plain_recovery_code("ab1o-il9") == "AB10119"
