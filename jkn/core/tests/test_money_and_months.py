"""Whole rupiah, calendar months, dated figures and ids: small values that everything rests on."""

from __future__ import annotations

import time
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.core.errors import Refused
from jkn.core.figures import Figure, MissingFigure, figure_on
from jkn.core.ids import EPOCH_MS, RANDOM_BITS, id_in, new_id
from jkn.core.money import MAX_RUPIAH, rupiah, share, split_sen, whole_rupiah, with_sen
from jkn.core.month import Month, months_between

# Money.


@given(st.decimals(-(10**15), 10**15, places=2))
def test_whole_rupiah_and_sen_are_the_amount_and_have_its_sign(exact):
    whole, sen = split_sen(exact)
    assert with_sen(whole, sen) == exact
    assert abs(sen) < 100
    assert whole * exact >= 0 <= sen * exact


@pytest.mark.parametrize(
    ("exact", "text"),
    [("1234.56", "Rp1.234,56"), ("-246.91", "-Rp246,91"), ("-0.05", "-Rp0,05"), ("7.00", "Rp7")],
)
def test_sen_are_shown_where_there_are_any(exact, text):
    assert rupiah(Decimal(exact)) == text


@pytest.mark.parametrize(
    ("amount", "rate", "part"),
    [
        (12_000_000, "0.04", 480_000),
        (12_000_000, "0.01", 120_000),
        (49_999_999, "0.6", 29_999_999),  # .4 goes down
        (1, "0.5", 1),  # half goes up
        (3, "0.5", 2),
        (0, "0.05", 0),
    ],
)
def test_a_share_is_rounded_half_up(amount, rate, part):
    assert share(amount, Decimal(rate)) == part


@given(st.integers(0, 10**12), st.decimals(0, 1, places=4))
def test_a_share_and_the_rest_add_up(amount, rate):
    part = share(amount, rate)
    assert 0 <= part <= amount
    assert part + (amount - part) == amount


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "Rp0"), (35_000, "Rp35.000"), (1_250_000, "Rp1.250.000"), (-5, "-Rp5")]
)
def test_rupiah_are_written_with_dots(amount, text):
    assert rupiah(amount) == text


@given(st.integers(1, MAX_RUPIAH), st.sampled_from(["", ".0", ".00", ".0000"]))
def test_a_whole_amount_is_read(amount, cents):
    assert whole_rupiah(f"{amount}{cents}") == amount


@given(st.text(max_size=30) | st.text("0123456789.,-+eE_ NaInf", max_size=30))
def test_anything_else_is_refused_and_never_a_crash(text):
    try:
        assert 0 < whole_rupiah(text) <= MAX_RUPIAH
    except Refused as refused:
        assert refused.code == "money.invalid"


@pytest.mark.parametrize(
    "text",
    ["", "0", "0.00", "-1", "+1", "1.5", "1.01", "1e5", "1,000", "1.000.000", "NaN", "Infinity",
     "1_000", " 1", "1 ", "१", "1.0e3", "1.00000", str(MAX_RUPIAH + 1), "9" * 5000, "1.e999999999"],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(Refused, match="money.invalid"):
        whole_rupiah(text)


# Months.

months = st.builds(Month.at, st.integers(12, 12 * 9998))


@given(months)
def test_a_month_and_its_index_are_one(month):
    assert (
        Month.at(month.index) == month == Month.of(month.first_day()) == Month.of(month.last_day())
    )
    assert month.last_day() + timedelta(days=1) == month.plus(1).first_day()
    assert str(month) == month.first_day().isoformat()[:7]


@given(months, st.integers(-11, 500))
def test_months_are_counted(month, count):
    later = month.plus(count)
    assert later.index - month.index == count
    assert (later > month) == (count > 0)
    assert len(months_between(month, later)) == max(0, count + 1)


def test_february_has_its_leap_day():
    assert Month(2028, 2).last_day() == date(2028, 2, 29)
    assert Month(2026, 2).last_day() == date(2026, 2, 28)
    assert Month(2026, 12).plus(1) == Month(2027, 1)


# Figures of law.


def test_the_latest_figure_that_has_begun_counts():
    figures = [
        Figure("cap", date(2018, 1, 1), 12, "lama"),
        Figure("cap", date(2020, 7, 1), 24, "baru"),
        Figure("due", date(2018, 1, 1), 10, "lain"),
    ]
    assert figure_on(figures, "cap", on=date(2020, 6, 30)).value == 12
    assert figure_on(figures, "cap", on=date(2020, 7, 1)).basis == "baru"
    for name, day in (("cap", date(2017, 12, 31)), ("unknown", date(2026, 1, 1))):
        with pytest.raises(MissingFigure):
            figure_on(figures, name, on=day)


# Ids.


def test_ids_grow_with_time_and_fit_the_column():
    before = (time.time_ns() // 1_000_000 - EPOCH_MS) << RANDOM_BITS
    made = [new_id() for _ in range(1000)]
    after = (time.time_ns() // 1_000_000 + 1 - EPOCH_MS) << RANDOM_BITS
    assert all(before <= one < after < 2**63 for one in made)
    assert len(set(made)) > 990  # 22 bits of chance in one millisecond


@pytest.mark.parametrize(
    "text", ["", "-1", "1.5", "٣", " 7", "9" * 19, str(2**63), "1" * 5000, "satu"]
)
def test_what_cannot_be_an_id_is_none(text):
    assert id_in(text) is None


def test_an_id_comes_back_from_its_text():
    made = new_id()
    assert id_in(str(made)) == made
    assert id_in(str(2**63 - 1)) == 2**63 - 1
