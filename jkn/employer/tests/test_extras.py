"""Extra family of workers: asked for by the worker, billed by the employer's bill, covered with it."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jkn.contribution.tests.crowd import at_once
from jkn.contribution.wages import wage_shares
from jkn.core.errors import Conflict, NotFound
from jkn.core.month import Month
from jkn.employer.actions import end_work, run_day
from jkn.employer.extras import Wish, ask_extra, withdraw_extra
from jkn.employer.models import BillLine, Employee, EmployerBill, Extra
from jkn.employer.queries import terms_of
from jkn.employer.rules import EndReason
from jkn.employer.tests.factories import (
    ON,
    acting,
)
from jkn.employer.tests.household import Home
from jkn.employer.tests.test_journey import broken
from jkn.membership.acts import record_death
from jkn.membership.models import Family, Member, StatusChange
from jkn.membership.rules import Status
from jkn.membership.tests.factories import (
    members_of,
)

pytestmark = pytest.mark.django_db
DEC = date(2026, 12, 1)
NOV, DECEMBER = Month(2026, 11), Month(2026, 12)


@pytest.fixture(autouse=True)
def _november(on_day):
    on_day("2026-11-22")


@pytest.fixture
def home():
    return Home()


def test_a_parent_is_billed_and_covered_from_the_next_month_on(home, on_day):
    home.ask(home.parent)
    assert home.status(home.parent, date(2026, 11, 30)) is Status.WAITING_PLACE
    assert home.status(home.parent, DEC) is Status.ACTIVE
    assert home.line(NOV).extras == 0
    run_day(on=DEC)
    line = home.line(DECEMBER)
    assert (line.employer_part, line.worker_part, line.extras, line.extra_part) == (
        260_000, 65_000, 1, 65_000
    )  # fmt: skip
    bill = EmployerBill.objects.get(employer_id=home.employer.employer_id, month=DECEMBER.index)
    assert (bill.extra_part, bill.amount) == (65_000, 390_000)
    assert broken() == []
    on_day("2026-12-05")
    home.pay("R1", 390_000, on=date(2026, 12, 5))
    assert Member.objects.get(id=home.parent.id).extra_month == DECEMBER.index
    assert home.status(home.parent, date(2027, 1, 31)) is Status.ACTIVE
    assert home.status(home.parent, date(2027, 2, 1)) is Status.SUSPENDED_ARREARS
    assert broken() == []


def test_an_unpaid_month_stops_cover_and_paying_brings_it_back(home, on_day):
    home.ask(home.parent)
    run_day(on=DEC)
    assert home.status(home.parent, date(2026, 12, 31)) is Status.ACTIVE
    assert home.status(home.parent, date(2027, 1, 1)) is Status.SUSPENDED_ARREARS
    on_day("2027-01-01")
    home.pay("R1", 390_000, on=date(2027, 1, 1))
    assert home.status(home.parent, date(2027, 1, 1)) is Status.ACTIVE


def test_withdrawn_it_ends_with_the_last_month_that_is_billed(home):
    extra = home.ask(home.parent)
    run_day(on=DEC)
    for _ in range(2):
        assert home.withdraw(extra, on=date(2026, 12, 15)).until_month == DECEMBER.index
    run_day(on=date(2027, 1, 1))
    assert home.line(DECEMBER).extras == 1
    assert home.line(DECEMBER.plus(1)).extras == 0
    assert home.status(home.parent, date(2026, 12, 31)) is Status.ACTIVE
    assert home.status(home.parent, date(2027, 1, 1)) is Status.WAITING_PLACE
    told = StatusChange.objects.filter(member_id=home.parent.id).order_by("id")
    assert [(c.event, c.since) for c in told][1:] == [
        ("extra_joined", DEC), ("extra_left", date(2027, 1, 1))
    ]  # fmt: skip
    assert broken() == []


def test_withdrawn_before_it_begins_it_costs_nothing(home):
    extra = home.ask(home.parent)
    home.withdraw(extra, on=ON)
    run_day(on=DEC)
    assert home.line(DECEMBER).extras == 0
    assert home.status(home.parent, DEC) is Status.WAITING_PLACE
    assert broken() == []


def test_asked_again_before_the_end_cover_goes_on_without_a_gap(home, on_day):
    extra = home.ask(home.parent)
    run_day(on=DEC)
    on_day("2026-12-05")
    home.pay("R1", 390_000, on=date(2026, 12, 5))
    home.withdraw(extra, on=date(2026, 12, 10))
    home.ask(home.parent, on=date(2026, 12, 20))
    for day in (DEC, date(2026, 12, 31), date(2027, 1, 1)):
        assert home.status(home.parent, day) is Status.ACTIVE
    run_day(on=date(2027, 1, 1))
    assert home.line(DECEMBER.plus(1)).extras == 1
    assert Extra.objects.count() == 2
    assert broken() == []


def test_a_child_that_gets_a_free_place_is_extra_no_more(home, on_day):
    home.ask(home.fourth)
    run_day(on=DEC)
    assert home.line(DECEMBER).extras == 1
    record_death(
        actor=home.actor, family_id=home.family.family_id, member_id=members_of(home.family)[2].id,
        day=date(2026, 12, 10), reason="contoh", on=date(2026, 12, 12),
    )  # fmt: skip
    on_day("2026-12-12")
    home.pay("R1", 390_000, on=date(2026, 12, 12))
    run_day(on=date(2026, 12, 12))
    assert home.status(home.fourth, date(2026, 12, 12)) is Status.ACTIVE
    assert Extra.objects.get().until_month == DECEMBER.index
    run_day(on=date(2027, 1, 1))
    assert home.line(DECEMBER.plus(1)).extras == 0
    assert home.status(home.fourth, date(2027, 1, 1)) is Status.ACTIVE
    assert broken() == []


def test_a_child_that_turns_21_on_the_first_is_not_billed_that_month(home, on_day):
    Member.objects.filter(id=home.fourth.id).update(birth_date=date(2006, 1, 1))
    home.ask(home.fourth)
    run_day(on=DEC)
    run_day(on=date(2027, 1, 1))
    assert (home.line(DECEMBER).extras, home.line(DECEMBER.plus(1)).extras) == (1, 0)
    assert home.status(home.fourth, date(2027, 1, 1)) is Status.OVER_AGE
    assert broken() == []


def test_who_is_too_old_by_then_or_has_a_place_is_refused(home):
    Member.objects.filter(id=home.fourth.id).update(birth_date=date(2005, 12, 1))
    with pytest.raises(Conflict, match=r"extra\.too_old"):
        home.ask(home.fourth)
    with pytest.raises(Conflict, match=r"extra\.not_waiting"):
        home.ask(home.worker)
    home.ask(home.parent)
    with pytest.raises(Conflict, match=r"extra\.known"):
        home.ask(home.parent)
    assert Extra.objects.count() == 1


@pytest.mark.parametrize("reason", [EndReason.RESIGNED, EndReason.LAID_OFF])
def test_the_end_of_work_ends_it_with_the_month(home, reason):
    home.ask(home.parent)
    home.ask(home.fourth)
    run_day(on=DEC)
    end_work(
        actor=acting(home.employer), employer_id=home.employer.employer_id,
        employee_id=home.employee.id, day=date(2026, 11, 25), reason=reason, on=date(2026, 12, 3),
    )  # fmt: skip
    assert {x.until_month for x in Extra.objects.all()} == {DECEMBER.index}  # it is billed already
    assert home.status(home.parent, date(2026, 12, 31)) is Status.ACTIVE
    assert home.status(home.parent, date(2027, 1, 1)) is Status.WAITING_PLACE
    run_day(on=date(2027, 1, 1))
    assert BillLine.objects.filter(employer_id=home.employer.employer_id).count() == 2
    assert broken() == []
    with pytest.raises(Conflict, match=r"employee\.ended"):
        home.ask(home.parent, on=date(2026, 12, 4))


def test_who_moves_away_or_is_moved_is_taken_off_the_bill(home):
    home.ask(home.parent)
    run_day(on=DEC)
    Member.objects.filter(id=home.worker.id).update(ended_on=DEC)
    run_day(on=date(2027, 1, 1))
    assert Extra.objects.get().until_month == DECEMBER.index
    assert home.line(DECEMBER.plus(1)).extras == 0


@settings(
    max_examples=10, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(st.integers(1, 30_000_000), st.integers(0, 2))
def test_the_statement_is_the_rule(wage, extras):
    home = Home(wage=wage)
    for who in [home.parent, home.fourth][:extras]:
        home.ask(who)
    run_day(on=DEC)
    line = home.line(DECEMBER)
    ((_, terms),) = terms_of([DECEMBER])
    shares = wage_shares(wage, terms=terms, extras=extras)
    assert (line.extras, line.extra_part) == (extras, shares.extra)
    bill = EmployerBill.objects.get(employer_id=home.employer.employer_id, month=DECEMBER.index)
    assert bill.amount == shares.total


def test_a_month_that_was_billed_before_its_time_keeps_its_lines(home):
    """Outside production an operator may run a day to come."""
    run_day(on=DEC)
    extra = home.ask(home.parent)
    assert extra.from_month == DECEMBER.plus(1).index
    assert broken() == []
    run_day(on=date(2027, 1, 1))
    home.withdraw(extra, on=ON)
    assert Extra.objects.get().until_month == DECEMBER.plus(1).index
    assert broken() == []


def test_nobody_asks_by_the_job_of_another(home):
    other = Home()
    wish = Wish(other.employer.employer_id, other.employee.id, home.parent.id)
    with pytest.raises(NotFound):
        ask_extra(actor=home.actor, family_id=home.family.family_id, wish=wish, on=ON)
    assert not Extra.objects.exists()


def lose_a_child(home, on):
    """Free one of the three places, where one is taken."""
    rows = Member.objects.filter(
        family_id=home.family.family_id, relation="child", status="active", ended_on__isnull=True
    )
    for child in rows[:1]:
        record_death(
            actor=home.actor, family_id=home.family.family_id, member_id=child.id, day=on,
            reason="contoh", on=on,
        )  # fmt: skip


STEPS = st.lists(
    st.sampled_from(["ask", "withdraw", "next month", "ask fourth", "place"]),
    min_size=4, max_size=14,
)  # fmt: skip


@pytest.mark.django_db(transaction=True)  # longer than one transaction may take
@settings(
    max_examples=10, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(STEPS)
def test_whatever_happens_bills_and_cover_agree(steps):
    home, on = Home(), date(2026, 11, 22)
    for step in steps:
        if step == "next month":
            on = Month.of(on).plus(1).first_day()
            run_day(on=on)
        elif step.startswith("ask"):
            who = home.fourth if step == "ask fourth" else home.parent
            with suppress(Conflict):
                home.ask(who, on=on)
        elif step == "withdraw":
            for row in Extra.objects.filter(worker_id=home.worker.id, until_month__isnull=True)[:1]:
                home.withdraw(row, on=on)
        else:
            lose_a_child(home, on)
    run_day(on=on)
    assert broken() == []
    for line in BillLine.objects.filter(employer_id=home.employer.employer_id):
        first = Month.at(line.month).first_day()
        extra = [
            m for m in members_of(home.family)
            if m.extra and m.extra.begins <= first and (m.extra.until is None or first <= m.extra.until)
        ]  # fmt: skip
        assert line.extras <= 2
        assert line.extra_part == line.extras * 65_000
        if Month.at(line.month) == Month.of(on):
            now_extra = [m for m in extra if m.status == "waiting_place" or m.extra.until]
            assert line.extras == len(now_extra)


# Many at once.


@pytest.mark.django_db(transaction=True)
def test_two_consents_at_once_count_once(transactional_db):
    home = Home()

    def ask():
        try:
            home.ask(home.parent)
        except Conflict:
            return 0
        return 1

    assert sum(at_once([ask] * 6)) == 1
    assert Extra.objects.count() == 1
    assert broken() == []


@pytest.mark.django_db(transaction=True)
def test_a_bill_and_a_withdrawal_at_once_agree(transactional_db):
    homes = [Home() for _ in range(4)]
    rows = [h.ask(h.parent) for h in homes]
    at_once(
        [partial(h.withdraw, x, on=DEC) for h, x in zip(homes, rows, strict=True)]
        + [partial(run_day, on=DEC)] * 2
    )
    assert broken() == []
    for home, row in zip(homes, rows, strict=True):
        row.refresh_from_db()
        assert home.line(DECEMBER).extras == (row.until_month == DECEMBER.index)


def test_nobodys_id_is_not_found(home):
    with pytest.raises(NotFound):
        withdraw_extra(actor=home.actor, family_id=home.family.family_id, extra_id=1, on=ON)
    assert Employee.objects.count() == 1


def test_a_household_that_is_behind_takes_its_extra_family_with_it(home):
    home.ask(home.parent)
    run_day(on=DEC)
    Family.objects.filter(family_id=home.family.family_id).update(paid_month=NOV.index - 1)
    assert home.status(home.worker, DEC) is Status.SUSPENDED_ARREARS
    assert home.status(home.parent, DEC) is Status.SUSPENDED_ARREARS
