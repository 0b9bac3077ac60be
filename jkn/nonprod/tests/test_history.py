"""Made-up pasts agree with the rules of membership and contribution, on any day."""

from __future__ import annotations

import itertools
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from jkn.contribution.rules import OpenBill, owed
from jkn.core.month import Month, months_between
from jkn.membership.rules import NEXT, Cover, Event, Status, status_on
from jkn.nonprod.cast import CAST, cast_family
from jkn.nonprod.people import Story
from jkn.nonprod.seeding.history import Circumstances, history_of, paid_day

days = st.dates(date(2024, 1, 1), date(2040, 12, 31))
families = st.integers(0, 5_000).map(lambda n: cast_family(1, n))
circumstances = st.builds(
    Circumstances,
    today=days,
    paid_months=st.integers(1, 24),
    wait_days=st.sampled_from([0, 14]),
    lapse_days=st.just(30),
)


@given(families, circumstances)
def test_the_rule_of_cover_says_what_is_stored(family, at):
    history = history_of(family, at)
    cover = Cover(history.segment, history.status, history.paid_until, history.pay_by)
    assert status_on(cover, on=at.today) is history.status


@given(families, circumstances)
def test_months_are_billed_without_a_gap_and_never_ahead(family, at):
    history = history_of(family, at)
    billed = [*history.paid, *history.open]
    assert billed == (months_between(billed[0], billed[-1]) if billed else [])
    assert all(month <= Month.of(at.today) for month in billed)
    if history.paid:
        assert billed[-1] == Month.of(at.today)


@given(families, circumstances)
def test_changes_follow_the_state_table_in_order(family, at):
    history = history_of(family, at)
    for changes in (history.changes, history.death()):
        for before, after in itertools.pairwise(changes):
            assert before.since <= after.since <= at.today
            assert NEXT[before.status, Event(after.event)] is after.status


@given(families, circumstances)
def test_a_month_is_paid_in_its_first_ten_days_and_not_tomorrow(family, at):
    for month in history_of(family, at).paid:
        day = paid_day(family, month, today=at.today)
        assert Month.of(day) == month
        assert day.day <= 10
        assert day <= at.today


def test_whoever_owes_30_months_pays_24_and_this_one():
    at = Circumstances(date(2026, 11, 22), 3, 14, 30)
    owing = next(f for f in (cast_family(1, n) for n in range(len(CAST))) if f.months_owed == 30)
    history = history_of(owing, at)
    bills = [OpenBill(n, month, 105_000) for n, month in enumerate(history.open)]
    debt = owed(bills, on=at.today, cap_months=24)
    assert (len(debt.bills), len(debt.beyond_cap)) == (25, 6)
    assert history.status is Status.SUSPENDED_ARREARS


def test_a_candidate_can_pay_today_and_a_lapsed_registration_cannot():
    for wait in (0, 14):
        at = Circumstances(date(2026, 11, 22), 3, wait, 30)
        by_story = {f.story: history_of(f, at) for f in (cast_family(1, n) for n in range(17))}
        candidate, lapsed = by_story[Story.CANDIDATE], by_story[Story.LAPSED]
        assert candidate.pay_from is not None
        assert candidate.pay_by is not None
        assert candidate.pay_from <= at.today <= candidate.pay_by
        assert lapsed.pay_by is not None
        assert lapsed.pay_by < at.today
