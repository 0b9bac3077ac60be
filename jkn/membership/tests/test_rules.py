"""The rules of membership by examples, each with the law that it comes from; and the QR's token."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.core.clock import day_of
from jkn.core.errors import Conflict, Refused
from jkn.core.month import Month
from jkn.membership.rules import (
    FOLLOWS_PAYMENT,
    NEXT,
    PAYS_ITSELF,
    Cover,
    Event,
    Extra,
    Segment,
    Status,
    follows_months,
    is_covered,
    next_status,
    payment_window,
    status_on,
)
from jkn.membership.token import FRESH_SECONDS, LENGTH, CardToken, read_token, write_token

S = Status
OCT, NOV = Month(2026, 10), Month(2026, 11)
PAY_BY = date(2026, 12, 22)
SUSPENDS = "Perpres 82/2018 pasal 42 ayat (1), diubah Perpres 64/2020"
FIRST = "Perpres 82/2018: jaminan mulai setelah iuran pertama (belum diperiksa)"
OTHERS_PAY = "Perpres 82/2018: iuran PBI dan PPU dibayar pemerintah atau pemberi kerja"


@pytest.mark.parametrize(
    ("basis", "segment", "stored", "paid_until", "pay_by", "day", "status"),
    [
        (SUSPENDS, "pbpu", S.ACTIVE, NOV, None, date(2026, 11, 22), S.ACTIVE),
        (SUSPENDS, "pbpu", S.ACTIVE, OCT, None, date(2026, 11, 1), S.ACTIVE),
        (SUSPENDS, "pbpu", S.ACTIVE, OCT, None, date(2026, 11, 11), S.ACTIVE),  # after the 10th
        (SUSPENDS, "pbpu", S.ACTIVE, OCT, None, date(2026, 11, 30), S.ACTIVE),  # its last day
        (SUSPENDS, "pbpu", S.ACTIVE, OCT, None, date(2026, 12, 1), S.SUSPENDED_ARREARS),
        (SUSPENDS, "bp", S.ACTIVE, OCT, None, date(2026, 12, 1), S.SUSPENDED_ARREARS),
        (SUSPENDS, "pbpu", S.SUSPENDED_ARREARS, NOV, None, date(2026, 11, 22), S.ACTIVE),
        (SUSPENDS, "pbpu", S.ACTIVE, Month(2027, 6), None, date(2027, 7, 31), S.ACTIVE),  # ahead
        (SUSPENDS, "pbpu", S.ACTIVE, Month(2026, 12), None, date(2027, 1, 31), S.ACTIVE),
        (SUSPENDS, "pbpu", S.ACTIVE, Month(2026, 12), None, date(2027, 2, 1), S.SUSPENDED_ARREARS),
        (SUSPENDS, "pbpu", S.ACTIVE, Month(2028, 1), None, date(2028, 2, 29), S.ACTIVE),  # leap day
        (SUSPENDS, "pbpu", S.ACTIVE, Month(2028, 1), None, date(2028, 3, 1), S.SUSPENDED_ARREARS),
        (FIRST, "pbpu", S.CANDIDATE, None, PAY_BY, date(2026, 11, 22), S.CANDIDATE),
        (FIRST, "pbpu", S.CANDIDATE, None, PAY_BY, PAY_BY, S.CANDIDATE),
        (FIRST, "pbpu", S.CANDIDATE, None, PAY_BY, date(2026, 12, 23), S.REGISTRATION_LAPSED),
        (FIRST, "pbpu", S.REGISTRATION_LAPSED, NOV, None, date(2026, 11, 22), S.ACTIVE),
        (FIRST, "pbpu", S.CANDIDATE, None, None, date(2030, 1, 1), S.CANDIDATE),
        (OTHERS_PAY, "pbi_jk", S.ACTIVE, None, None, date(2026, 11, 22), S.ACTIVE),
        (OTHERS_PAY, "pbi_apbd", S.ACTIVE, None, None, date(2026, 11, 22), S.ACTIVE),
        (OTHERS_PAY, "ppu", S.ACTIVE, None, None, date(2026, 11, 22), S.ACTIVE),
        (OTHERS_PAY, "ppu", S.ACTIVE, OCT, None, date(2026, 11, 30), S.ACTIVE),
        (OTHERS_PAY, "ppu", S.ACTIVE, OCT, None, date(2026, 12, 1), S.SUSPENDED_ARREARS),
        (
            OTHERS_PAY,
            "ppu",
            S.SUSPENDED_ARREARS,
            NOV,
            None,
            date(2026, 11, 22),
            S.SUSPENDED_ARREARS,
        ),
        (OTHERS_PAY, "pbi_jk", S.REMOVED_PBI, NOV, None, date(2026, 11, 22), S.REMOVED_PBI),
    ],
)
def test_cover_on_a_day(basis, segment, stored, paid_until, pay_by, day, status):
    cover = Cover(Segment(segment), stored, paid_until, pay_by)
    assert status_on(cover, on=day) is status, basis
    assert is_covered(cover, on=day) is (status is S.ACTIVE)


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        (datetime(2026, 11, 30, 16, 59, 59, tzinfo=UTC), S.ACTIVE),  # 23.59 WIB
        (datetime(2026, 11, 30, 17, 0, 0, tzinfo=UTC), S.SUSPENDED_ARREARS),  # 00.00 WIB
    ],
)
def test_a_month_ends_at_midnight_in_jakarta(moment, status):
    cover = Cover(Segment.SELF_PAYING, S.ACTIVE, OCT)
    assert status_on(cover, on=day_of(moment)) is status


covers = st.builds(
    Cover, st.sampled_from(Segment), st.sampled_from(Status),
    st.none() | st.builds(OCT.plus, st.integers(-30, 30)),
    st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)),
)  # fmt: skip
days = st.dates(date(2025, 1, 1), date(2028, 12, 31))


@given(covers, days)
def test_an_own_event_outweighs_money(cover, day):
    if cover.status not in FOLLOWS_PAYMENT or not follows_months(cover):
        assert status_on(cover, on=day) is cover.status
    else:
        assert status_on(cover, on=day) in FOLLOWS_PAYMENT


@given(covers, days, st.integers(0, 400))
def test_without_money_cover_never_comes_back_by_itself(cover, day, later):
    if cover.segment in PAYS_ITSELF and not is_covered(cover, on=day):
        assert not is_covered(cover, on=day + timedelta(days=later))


@given(covers, days, st.integers(1, 24))
def test_paying_more_never_takes_cover_away(cover, day, months):
    if cover.paid_until and is_covered(cover, on=day):
        more = Cover(cover.segment, cover.status, cover.paid_until.plus(months), cover.pay_by)
        assert is_covered(more, on=day)


# The state table.


@given(st.sampled_from(Status), st.sampled_from(Event))
def test_what_is_not_in_the_table_is_refused(status, event):
    if (status, event) in NEXT:
        assert next_status(status, event) is NEXT[status, event]
    else:
        with pytest.raises(Conflict, match="membership.transition"):
            next_status(status, event)


def test_every_state_is_reached_and_only_the_last_ones_are_never_left():
    reached = set(NEXT.values()) | {S.CANDIDATE, S.WAITING_PLACE}  # how one begins
    assert reached == set(Status)
    left = {before for before, _ in NEXT}
    assert set(Status) - left == {S.DECEASED}


def test_nobody_leaves_death_and_only_money_or_an_event_of_its_own_makes_active():
    assert not [e for before, e in NEXT if before is S.DECEASED]
    makes_active = {(b, e) for (b, e), after in NEXT.items() if after is S.ACTIVE}
    assert (S.REMOVED_PBI, Event.SETTLED) not in makes_active
    assert (S.DUPLICATE, Event.SETTLED) not in makes_active
    assert {b for b, e in makes_active if e in (Event.FIRST_PAID, Event.SETTLED)} == FOLLOWS_PAYMENT


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 60), st.integers(0, 60))
def test_a_payment_window_never_closes_before_it_opens(day, wait, lapse):
    window = payment_window(registered=day, wait_days=wait, lapse_days=lapse)
    assert day <= window.opens <= window.closes
    assert (window.opens - day).days == wait


# The QR's token.

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
tokens = st.builds(
    CardToken, st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1), st.integers(0, 2**32 - 1)
)


@given(tokens)
def test_a_token_is_forty_letters_and_comes_back(token):
    text = write_token(token, key=KEY)
    assert len(text.encode()) == LENGTH == 40
    assert read_token(text, key=KEY) == token


@given(tokens, st.integers(0, 39), st.characters(codec="ascii", categories=["L", "Nd"]))
def test_a_changed_letter_is_noticed(token, place, letter):
    text = write_token(token, key=KEY)
    changed = text[:place] + letter + text[place + 1 :]
    if changed != text:
        with pytest.raises(Refused, match="card.token"):
            read_token(changed, key=KEY)


@given(
    st.text(max_size=60) | st.binary(max_size=40).map(base64.urlsafe_b64encode).map(bytes.decode)
)
def test_any_other_text_is_refused(text):
    with pytest.raises(Refused, match="card.token"):
        read_token(text, key=KEY)


@given(tokens, st.integers(0, 39))
def test_truncated_lengthened_or_under_another_key_it_is_refused(token, length):
    text = write_token(token, key=KEY)
    for wrong, key in ((text[:length], KEY), (text + "AAAA", KEY), (text, OTHER_KEY)):
        with pytest.raises(Refused, match="card.token"):
            read_token(wrong, key=key)


@pytest.mark.parametrize(
    ("age", "fresh"), [(0, True), (60, True), (61, False), (86_400, False), (-5, True), (-6, False)]
)
def test_a_token_is_fresh_for_sixty_seconds(age, fresh):
    token = CardToken(1, 2, 1_800_000_000)
    assert token.is_fresh(at=token.made_at + age) is fresh
    assert FRESH_SECONDS == 60


def test_a_token_holds_no_number_of_a_person():
    text = write_token(CardToken(912395349476083037, 4711, 1_800_000_000), key=KEY)
    assert not any(digits in text for digits in ("3275", "000194"))


DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
MONTHS = st.integers(2025 * 12, 2028 * 12).map(Month.at)


@given(begins=MONTHS, until=st.none() | MONTHS, paid=MONTHS, household=st.none() | MONTHS, on=DAYS)
def test_extra_family_is_covered_within_its_days_and_while_both_are_paid(
    begins, until, paid, household, on
):
    last = until.last_day() if until else None
    extra = Extra(begins.first_day(), last, paid)
    cover = Cover(Segment.WORKER, S.WAITING_PLACE, household, extra=extra)
    status = status_on(cover, on=on)
    within = begins.first_day() <= on and (last is None or on <= last)
    owed = Month.of(on) > min(m for m in (paid, household) if m).plus(1)
    assert status is ((S.SUSPENDED_ARREARS if owed else S.ACTIVE) if within else S.WAITING_PLACE)
    # Who has a place, or is none any more, stands by that alone.
    for stored in (S.OVER_AGE, S.DECEASED, S.MOVED_SEGMENT):
        assert status_on(Cover(Segment.WORKER, stored, household, extra=extra), on=on) is stored


def test_a_child_past_its_age_is_no_extra_family():
    extra = Extra(date(2026, 1, 1), None, NOV)
    cover = Cover(
        Segment.WORKER, S.WAITING_PLACE, NOV, over_age_from=date(2026, 11, 22), extra=extra
    )
    assert status_on(cover, on=date(2026, 11, 21)) is S.ACTIVE
    assert status_on(cover, on=date(2026, 11, 22)) is S.OVER_AGE
