"""Arrears in stages: registered, paid at the bank through the same number, missed, completed."""

from __future__ import annotations

from datetime import date

import pytest

from jkn.audit.models import Entry
from jkn.contribution.actions import run_day, use_credit
from jkn.contribution.instalments import register_plan, stop_plan
from jkn.contribution.models import Bill, InstalmentPlan, Payment
from jkn.contribution.queries import family_bills
from jkn.contribution.tests.crowd import broken_promises
from jkn.contribution.tests.factories import a_bank, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank
from jkn.core.actor import Actor, Role
from jkn.core.errors import Conflict, Refused
from jkn.core.month import Month
from jkn.membership.models import Family, Member
from jkn.membership.rules import Segment, Status
from jkn.membership.tests.factories import a_family

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)
JOKO = Actor(account_id=4711, role=Role.MEMBER, name="Joko")


@pytest.fixture
def joko(on_day):
    """Joko has owed 30 months of class 3, and November."""
    on_day("2026-11-22")
    return a_billed_family(months=31)


@pytest.fixture
def bank(db):
    return Bank(a_bank())


def begin(family, stages=6, on=DAY):
    return register_plan(actor=JOKO, family_id=family.family_id, stages=stages, on=on)


def statuses(family):
    rows = Member.objects.filter(family_id=family.family_id)
    return set(rows.values_list("status", flat=True))


def plan_of(family):
    return InstalmentPlan.objects.filter(family_id=family.family_id).latest("id")


def asked(bank, family, request):
    answer = bank.inquire(va_of(family), request).json()
    return answer.get("virtualAccountData", {}).get("totalAmount", answer["responseCode"])


def test_30_months_are_settled_by_instalments_to_activation(joko, bank, on_day):
    begin(joko, stages=6)
    assert plan_of(joko).arrears == 24 * 35_000
    for n in range(6):
        month = Month(2026, 11).plus(n)
        on_day(month.last_day().isoformat())
        run_day(on=month.last_day())
        assert asked(bank, joko, f"R{n}") == {"value": "175000.00", "currency": "IDR"}
        assert statuses(joko) == {Status.SUSPENDED_ARREARS}
        assert bank.pay(va_of(joko), f"R{n}", 175_000).json()["responseCode"] == "2002500"
        assert broken_promises() == []
    assert statuses(joko) == {Status.ACTIVE}
    assert plan_of(joko).status == "completed"
    assert Family.objects.get(family_id=joko.family_id).paid_until == Month(2027, 4)
    assert not Bill.objects.filter(family_id=joko.family_id, status="open").exists()
    assert Bill.objects.filter(family_id=joko.family_id, status="beyond_cap").count() == 6
    verbs = Entry.objects.filter(group_id=joko.family_id).values_list("verb", flat=True)
    assert {"instalments.registered", "instalments.completed"} <= set(verbs)


def test_a_stage_that_is_paid_is_not_asked_twice(joko, bank):
    begin(joko)
    assert bank.pay(va_of(joko), "R1", 175_000).status_code == 200
    assert bank.pay(va_of(joko), "R2", 175_000).json()["responseCode"] == "4042514"
    assert asked(bank, joko, "R3") == "4042414"
    assert Payment.objects.filter(family_id=joko.family_id).count() == 1


def test_another_sum_than_the_stage_is_refused(joko, bank):
    begin(joko)
    assert bank.pay(va_of(joko), "R1", 25 * 35_000).json()["responseCode"] == "4042513"


def test_the_bank_sees_one_line_for_a_stage(joko, bank):
    begin(joko)
    data = bank.inquire(va_of(joko), "R1").json()["virtualAccountData"]
    assert [(b["billName"], b["billAmount"]["value"]) for b in data["billDetails"]] == [
        ("Cicilan JKN Nov 2026", "175000.00")
    ]


def test_a_missed_stage_ends_the_plan_and_nothing_paid_is_lost(joko, bank, on_day):
    begin(joko)
    assert bank.pay(va_of(joko), "R1", 175_000).status_code == 200
    assert run_day(on=date(2026, 12, 31)).missed == 0
    on_day("2027-01-01")
    assert asked(bank, joko, "R2")["value"] != "175000.00"  # the rule needs no run

    assert run_day(on=date(2027, 1, 1)).missed == 1
    assert plan_of(joko).status == "missed"
    assert run_day(on=date(2027, 1, 1)).missed == 0
    paid = Bill.objects.filter(family_id=joko.family_id, status="paid").order_by("month")
    assert [Month.at(b.month) for b in paid] == [Month(2024, 11).plus(n) for n in range(5)]
    # The plan's 24 months less five, November to January beside them; what was above the cap stays.
    assert family_bills(joko.family_id, on=date(2027, 1, 1)).debt.amount == 22 * 35_000
    assert statuses(joko) == {Status.SUSPENDED_ARREARS}
    assert broken_promises() == []


def test_who_stops_pays_all_at_once_and_is_active(joko, bank):
    begin(joko)
    assert bank.pay(va_of(joko), "R1", 175_000).status_code == 200
    stop_plan(actor=JOKO, family_id=joko.family_id, on=DAY)
    with pytest.raises(Conflict, match=r"instalments\.none"):
        stop_plan(actor=JOKO, family_id=joko.family_id, on=DAY)
    assert bank.pay(va_of(joko), "R2", 20 * 35_000).status_code == 200
    assert statuses(joko) == {Status.ACTIVE}
    assert broken_promises() == []


def test_held_money_does_not_bring_cover_back_by_the_daily_run(on_day, bank):
    on_day("2026-11-22")
    family = a_billed_family(months=5)
    begin(family, stages=2)
    assert bank.pay(va_of(family), "R1", 105_000).status_code == 200
    assert use_credit(family_id=family.family_id, on=DAY) == 0
    assert statuses(family) == {Status.SUSPENDED_ARREARS}
    run_day(on=date(2027, 1, 1))
    assert statuses(family) == {Status.SUSPENDED_ARREARS}
    assert broken_promises() == []


def test_one_plan_at_a_time(joko):
    begin(joko)
    with pytest.raises(Conflict, match=r"instalments\.running"):
        begin(joko)
    assert InstalmentPlan.objects.filter(family_id=joko.family_id).count() == 1


@pytest.mark.parametrize(
    ("months", "over", "on", "code"),
    [
        (4, {}, DAY, "instalments.too_few"),
        (9, {}, date(2026, 11, 29), "instalments.deadline"),
        (9, {"segment": Segment.WORKER.value}, DAY, "instalments.segment"),
    ],
)
def test_who_may_not_is_refused_and_nothing_is_written(months, over, on, code, on_day):
    on_day(on.isoformat())
    family = a_billed_family(months=months, **over)
    with pytest.raises(Refused) as refused:
        begin(family, on=on)
    assert refused.value.code == code
    assert not InstalmentPlan.objects.filter(family_id=family.family_id).exists()


def test_who_owes_nothing_may_not(on_day):
    on_day("2026-11-22")
    with pytest.raises(Refused, match=r"instalments\.too_few"):
        begin(a_family())


def test_a_planted_fault_is_noticed(joko):
    begin(joko)
    Bill.objects.filter(family_id=joko.family_id).update(status="beyond_cap")
    assert "plan.owes" in broken_promises()
    Bill.objects.filter(family_id=joko.family_id).update(status="open")
    Member.objects.filter(family_id=joko.family_id).update(status="active")
    assert "plan.not_covered" in broken_promises()
