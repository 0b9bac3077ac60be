"""The simulated bank's statements say what it took, and our reader reads them as written."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jkn.nonprod.partners.bank import Bank
from jkn.nonprod.partners.statement import ACCOUNT, Book, Booked, as_csv, as_mt940
from jkn.nonprod.paying import Step
from jkn.nonprod.snap_client import Answer
from jkn.nonprod.tests.partners import serving
from jkn.reconciliation.reading import read_file

SITI = "8888800000000011"
ROWS = st.lists(
    st.builds(
        Booked,
        day=st.dates(date(2020, 1, 1), date(2030, 12, 31)).map(date.isoformat),
        amount=st.integers(-(10**11), 10**11).filter(bool),
        reference=st.text("0123456789", max_size=19),
        words=st.just(f"SETORAN VA {SITI}"),
    ),
    min_size=1, max_size=15,
)  # fmt: skip


def told(content):
    (read,) = read_file(content.encode())
    assert read.account == ACCOUNT
    return [(e.day.isoformat(), e.amount, e.reference, e.number) for e in read.entries]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(ROWS, st.integers(-(10**11), 10**11))
def test_both_formats_are_read_as_they_were_booked(rows, opening):
    rows = sorted(rows, key=lambda b: b.day)
    expected = [(b.day, b.amount, b.reference, SITI) for b in rows]
    assert told(as_csv(rows, opening)) == expected
    assert told(as_mt940(rows, opening)) == expected


def paid(reference, *, code="2002500", amount=70_000):
    return Step("payment", SITI, amount, reference, Answer(200, {"responseCode": code}))


@pytest.fixture
def book(tmp_path):
    return Book(tmp_path / "bank_book.jsonl")


def test_only_what_was_accepted_is_booked_and_each_reference_once(book, on_day):
    on_day("2026-11-22")
    book.keep([paid("1"), paid("1"), paid("2", code="4042514"), Step("inquiry", SITI, 1, "", None)])
    book.keep([paid("1"), paid("3")])
    assert [b.reference for b in Book(book.file).read()] == ["1", "3"]
    assert {b.day for b in book.read()} == {"2026-11-22"}


def test_the_doors_tell_the_days_that_are_asked_for(tmp_path, on_day):
    bank = Bank(tmp_path / "bank.json")
    for day, reference in (("2026-11-20", "1"), ("2026-11-21", "2")):
        on_day(day)
        bank.book.keep([paid(reference)])
    with serving(bank.app()) as client:
        for form in ("csv", "mt940"):
            text = client.get(f"/statement.{form}", params={"from": "2026-11-21"}).text
            (read,) = read_file(text.encode())
            assert [e.reference for e in read.entries] == ["2"]
            assert (read.opening, read.closing) == (70_000, 140_000)
        assert client.get("/statement.csv", params={"to": "kemarin"}).status_code == 400
        assert "statement.csv" in client.get("/").text
