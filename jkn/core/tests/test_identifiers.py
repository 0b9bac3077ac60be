"""The numbers people carry: what is right is taken as typed, the rest is refused in words."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jkn.core import identifiers as ids
from jkn.core.errors import Refused

DAY = date(2026, 11, 22)
PARSERS = (
    ids.nik, ids.family_card, ids.card_number, ids.virtual_account, ids.phone, ids.email,
    lambda text: ids.birth_date(text, on=DAY),
)  # fmt: skip
# What people, broken programs and attackers type: any letters, other scripts' digits, separators.
typed = st.text(max_size=40) | st.text("0123456789 .-+()/\u0660\u0967\u200b\u2013", max_size=40)


@pytest.mark.parametrize("parse", PARSERS)
@given(text=typed)
@example(text="1-1-99999999999999999999")
@example(text="9" * 5000)
@example(text="\ud800")
@example(text="٣٢٧٥٠١٧١٠١٦٨٠٠٠١")
@example(text="3275017101680001\n")
def test_any_text_is_taken_or_refused_and_never_a_crash(parse, text):
    try:
        parse(text)
    except Refused as refused:
        assert refused.code.endswith(".invalid")
        assert "{" not in str(refused)


@st.composite
def niks(draw):
    born = draw(st.dates(date(1930, 1, 1), DAY))
    day = born.day + draw(st.sampled_from([0, 40]))
    area = draw(st.integers(110101, 999999))
    serial = draw(st.integers(1, 9999))
    return f"{area}{day:02}{born:%m%y}{serial:04}", born, day > 40


@given(niks())
def test_a_nik_says_birth_date_and_sex(made):
    number, born, is_woman = made
    assert ids.nik(number) == number
    facts = ids.nik_facts(number)
    assert (facts.day, facts.month, facts.year_of_century) == (
        born.day,
        born.month,
        born.year % 100,
    )
    assert facts.is_woman is is_woman
    assert facts.area == number[:6]


@given(niks(), st.text(" .-\u2011\u200b", max_size=3), st.integers(1, 15))
def test_spaces_and_dashes_between_the_digits_do_not_matter(made, between, place):
    number = made[0]
    assert ids.nik(f" {number[:place]}{between}{number[place:]} ") == number


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "327501710168000", "32750171016800011", "3275010001680001", "3275013201680001",
        "3275014001680001", "3275017201680001", "3275013100680001", "3275013113680001",
        "3275013101680000", "327501310168000O", "٣٢٧٥٠١٧١٠١٦٨٠٠٠١", "-275017101680001",
    ],
)  # fmt: skip
def test_a_nik_that_cannot_be_is_refused(text):
    with pytest.raises(Refused, match="nik.invalid"):
        ids.nik(text)


@pytest.mark.parametrize("text", ["081234567890", "+62 812-3456-7890", "6281234567890",
                                  "812 3456 7890", "(0812) 34567890"])  # fmt: skip
def test_a_phone_is_one_number_however_it_is_written(text):
    assert ids.phone(text) == "6281234567890"


@given(st.from_regex(r"\A8[0-9]{8,11}\Z"))
def test_a_phone_in_its_plain_form_stays_as_it_is(number):
    assert ids.phone(f"62{number}") == ids.phone(ids.phone(f"0{number}")) == f"62{number}"


@pytest.mark.parametrize("text", ["", "0212345678", "08123", "0812345678901234", "+1 555 123 4567",
                                  "08l234567890", "٠٨١٢٣٤٥٦٧٨٩٠"])  # fmt: skip
def test_what_is_no_mobile_number_is_refused(text):
    with pytest.raises(Refused, match="phone.invalid"):
        ids.phone(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [("000 1944 358911", "0001944358911"), ("0001-9443-58911", "0001944358911")],
)
def test_a_card_number_has_thirteen_digits(text, plain):
    assert ids.card_number(text) == plain
    for wrong in (plain[1:], plain + "0", plain[:-1] + "x"):
        with pytest.raises(Refused, match="card.invalid"):
            ids.card_number(wrong)


@given(st.from_regex(r"\A\d{13}\Z", alphabet="0123456789"))
def test_a_virtual_account_keeps_the_last_eleven_digits_of_the_card(card):
    va = ids.virtual_account_of(card, prefix="88888")
    assert ids.virtual_account(va) == va == "88888" + card[2:]


@given(st.dates(date(1907, 1, 1), DAY), st.sampled_from(["-", "/", ".", " ", ""]))
def test_a_birth_date_is_day_month_year(born, between):
    text = between.join((f"{born:%d}", f"{born:%m}", f"{born.year:04}"))
    assert ids.birth_date(text, on=DAY) == born


@pytest.mark.parametrize(
    "text",
    [
        "", "31-02-1968", "29-02-1970", "31-13-1968", "0-1-1968", "31-01-68",
        "23-11-2026", "31-12-1905", "31-01", "31-01-1968-07", "31-x-01-1968", "31-01-1968 pagi",
        "١-١-١٩٦٨", "1-1-9999999999999999", "-31-01-1968",
    ],
)  # fmt: skip
def test_a_day_that_nobody_was_born_on_is_refused(text):
    with pytest.raises(Refused, match="birth.invalid"):
        ids.birth_date(text, on=DAY)


def test_a_birth_to_come_is_said_to_be_one():
    with pytest.raises(Refused, match="birth.invalid") as refused:
        ids.birth_date("01-01-2030", on=DAY)
    assert "setelah hari ini" in refused.value.message


def test_a_leap_day_and_today_are_days_of_birth():
    assert ids.birth_date("29-02-1968", on=DAY) == date(1968, 2, 29)
    assert ids.birth_date("22-11-2026", on=DAY) == DAY


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(2005, 11, 22), DAY, 21),
        (date(2005, 11, 23), DAY, 20),
        (date(2004, 2, 29), date(2025, 2, 28), 20),
        (date(2004, 2, 29), date(2025, 3, 1), 21),
        (DAY, DAY, 0),
    ],
)
def test_an_age_is_of_completed_years(born, on, age):
    assert ids.age_on(born, on=on) == age


@given(st.text("0123456789", min_size=13, max_size=16))
def test_a_masked_number_shows_eight_digits_at_most(number):
    hidden = ids.masked(number)
    assert len(hidden) == len(number)
    assert hidden.replace("•", "") == number[:4] + number[-4:]


def test_a_short_number_is_hidden_whole():
    assert ids.masked("12345678") == "••••••••"


@pytest.mark.parametrize("text", ["siti@contoh.id", " Siti@Contoh.ID ", "a.b+c@d-e.co.id"])
def test_an_email_is_kept_in_lower_case(text):
    assert ids.email(text) == text.strip().lower()


@pytest.mark.parametrize("text", ["", "siti", "siti@", "@contoh.id", "siti@contoh", "a b@c.id",
                                  "a@b@c.id", "a\x00@b.id", "a@" + "b" * 260 + ".id"])  # fmt: skip
def test_half_an_email_is_refused(text):
    with pytest.raises(Refused, match="email.invalid"):
        ids.email(text)
