"""What a new day brings: bills once, cover that stops on the 1st, registrations that lapse."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.core.management import call_command

from jkn.audit.models import Entry
from jkn.contribution.actions import DayDone, run_day, use_credit
from jkn.contribution.models import Bill, Posting, Tariff
from jkn.contribution.tests.crowd import at_once, broken_promises
from jkn.contribution.tests.factories import a_bank, a_bill, a_billed_family, open_accounts, va_of
from jkn.contribution.tests.snap import Bank
from jkn.core.month import Month
from jkn.membership.models import Family, Member, StatusChange
from jkn.membership.rules import Segment, Status
from jkn.membership.tests.factories import a_family, members_of

pytestmark = pytest.mark.django_db
NOTHING = DayDone(0, 0, 0, 0)


def bills_of(family):
    rows = Bill.objects.filter(family_id=family.family_id).order_by("month")
    return [(str(Month.at(b.month)), b.amount, b.status) for b in rows]


def statuses_of(family):
    rows = Member.objects.filter(family_id=family.family_id)
    return set(rows.values_list("status", flat=True))


def test_the_month_is_billed_once_for_everyone_on_the_card():
    siti = a_family(names=("Siti", "Budi"), paid_month=Month(2026, 10).index)
    done = run_day(on=date(2026, 11, 1))

    assert done == DayDone(1, 0, 0, 0)
    assert bills_of(siti) == [("2026-11", 70_000, "open")]
    bill = Bill.objects.get(family_id=siti.family_id)
    assert (bill.persons, bill.per_person, bill.due_on) == (2, 35_000, date(2026, 11, 10))
    assert "Perpres" in bill.basis
    assert run_day(on=date(2026, 11, 1)) == run_day(on=date(2026, 11, 30)) == NOTHING
    assert broken_promises_on("2026-11-30") == []


def broken_promises_on(day):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JKN_TODAY", day)
        return broken_promises()


def test_a_server_that_slept_bills_what_it_missed():
    siti = a_family(paid_month=Month(2026, 8).index)
    run_day(on=date(2026, 11, 3))
    assert [month for month, *_ in bills_of(siti)] == ["2026-09", "2026-10", "2026-11"]


@pytest.mark.parametrize(
    "segment", [Segment.WORKER, Segment.PBI_NATIONAL, Segment.PBI_REGIONAL], ids=str
)
def test_who_does_not_pay_is_neither_billed_nor_suspended(segment):
    family = a_family(segment=segment.value, paid_month=None)
    assert run_day(on=date(2026, 11, 1)) == NOTHING
    assert statuses_of(family) == {Status.ACTIVE}


def test_nothing_is_billed_for_the_dead_or_those_abroad():
    family = a_family(names=("Siti", "Budi", "Ani"), paid_month=Month(2026, 10).index)
    _, budi, ani = members_of(family)
    set_status(budi, Status.DECEASED)
    set_status(ani, Status.ABROAD)
    run_day(on=date(2026, 11, 1))
    assert bills_of(family) == [("2026-11", 35_000, "open")]


def set_status(member, status):
    Member.objects.filter(family_id=member.family_id, id=member.id).update(status=status.value)
    StatusChange.objects.create(
        family_id=member.family_id, member_id=member.id, event="died", status=status.value,
        since=date(2026, 1, 1), by_account=0, by_name="sistem", reason="",
    )  # fmt: skip


def test_old_bills_keep_the_tariff_they_were_made_with():
    siti = a_family(paid_month=Month(2026, 10).index)
    run_day(on=date(2026, 11, 1))
    Tariff.objects.create(
        segment="pbpu", care_class="3", valid_from=date(2026, 12, 1), monthly=40_000,
        government=7_000, basis="Perpres contoh", verified=False,
    )  # fmt: skip
    run_day(on=date(2026, 12, 1))
    assert [amount for _, amount, _ in bills_of(siti)] == [35_000, 40_000]


def test_a_tariff_that_begins_within_the_month_counts_from_the_next():
    siti = a_family(paid_month=Month(2026, 10).index)
    Tariff.objects.create(
        segment="pbpu", care_class="3", valid_from=date(2026, 11, 2), monthly=40_000,
        government=7_000, basis="Perpres contoh", verified=False,
    )  # fmt: skip
    run_day(on=date(2026, 11, 20))
    assert bills_of(siti) == [("2026-11", 35_000, "open")]


def test_cover_stops_on_the_first_after_an_unpaid_month():
    """Perpres 82/2018 art. 42 (1): an unpaid month suspends from the 1st of the next."""
    siti = a_family(names=("Siti", "Budi"), paid_month=Month(2026, 9).index)
    run_day(on=date(2026, 10, 31))
    assert statuses_of(siti) == {Status.ACTIVE}

    assert run_day(on=date(2026, 11, 1)).suspended == 1
    assert statuses_of(siti) == {Status.SUSPENDED_ARREARS}
    changes = StatusChange.objects.filter(family_id=siti.family_id, event="fell_behind")
    assert {(c.since, c.by_name, c.reason != "") for c in changes} == {
        (date(2026, 11, 1), "sistem", True)
    }
    assert run_day(on=date(2026, 11, 2)).suspended == 0
    assert changes.count() == 2


def test_a_late_run_dates_the_suspension_to_the_first():
    siti = a_family(paid_month=Month(2026, 9).index)
    run_day(on=date(2026, 11, 17))
    change = StatusChange.objects.get(family_id=siti.family_id, event="fell_behind")
    assert change.since == date(2026, 11, 1)


def test_a_registration_lapses_after_its_last_day():
    siti = a_family(
        status=Status.CANDIDATE.value, paid_month=None, pay_from=date(2026, 11, 6),
        pay_by=date(2026, 11, 22),
    )  # fmt: skip
    assert run_day(on=date(2026, 11, 22)) == NOTHING
    assert run_day(on=date(2026, 11, 23)) == DayDone(0, 0, 0, 1)
    assert statuses_of(siti) == {Status.REGISTRATION_LAPSED}
    assert run_day(on=date(2026, 11, 24)) == NOTHING
    assert bills_of(siti) == []


@pytest.fixture
def credited(on_day):
    """Siti's family paid November twice (two tellers, both quoted): 70.000 rupiah of credit."""
    on_day("2026-11-22")
    siti = a_billed_family(months=1, names=("Siti", "Budi"))
    bank, va = Bank(a_bank()), va_of(siti)
    for request in ("R1", "R2"):
        bank.inquire(va, request)
    for request in ("R1", "R2"):
        assert bank.pay(va, request, 70_000).status_code == 200
    return siti


def test_credit_pays_the_next_month_by_itself(credited, on_day):
    on_day("2026-12-01")
    assert run_day(on=date(2026, 12, 1)) == DayDone(1, 1, 0, 0)

    assert bills_of(credited)[-1] == ("2026-12", 70_000, "paid")
    assert Family.objects.get(family_id=credited.family_id).paid_until == Month(2026, 12)
    used = Posting.objects.filter(family_id=credited.family_id, debit="credit")
    assert [(p.credit, p.amount) for p in used] == [("receivable", 70_000)]
    assert Entry.objects.filter(
        group_id=credited.family_id, verb="contribution.credit_used"
    ).count() == 1  # fmt: skip
    assert run_day(on=date(2026, 12, 1)) == NOTHING
    assert broken_promises() == []


def test_who_has_credit_is_not_suspended_before_it_is_used_up(credited):
    run_day(on=date(2026, 12, 1))
    assert run_day(on=date(2027, 1, 1)).suspended == 0
    assert statuses_of(credited) == {Status.ACTIVE}
    assert run_day(on=date(2027, 2, 1)).suspended == 1


def test_a_server_that_slept_uses_the_credit_before_it_suspends(credited):
    assert run_day(on=date(2027, 1, 2)) == DayDone(2, 1, 0, 0)
    assert statuses_of(credited) == {Status.ACTIVE}


def test_credit_that_is_too_little_waits_and_lowers_the_next_sum(credited, on_day):
    Tariff.objects.create(
        segment="pbpu", care_class="3", valid_from=date(2026, 12, 1), monthly=40_000,
        government=7_000, basis="Perpres contoh", verified=False,
    )  # fmt: skip
    on_day("2026-12-05")
    assert run_day(on=date(2026, 12, 5)) == DayDone(1, 0, 0, 0)
    assert use_credit(family_id=credited.family_id, on=date(2026, 12, 5)) == 0

    bank = Bank(a_bank(client_id="other", name="bank-lain"))
    assert bank.pay(va_of(credited), "R3", 10_000).status_code == 200
    assert bills_of(credited)[-1] == ("2026-12", 80_000, "paid")
    assert broken_promises() == []


def test_the_command_prints_what_changed(capsys):
    a_family(paid_month=Month(2026, 10).index)
    call_command("run_day", "--on", "2026-11-01", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "billed": 1,
        "paid_by_credit": 0,
        "suspended": 0,
        "lapsed": 0,
        "missed": 0,
        "late_newborns": 0,
    }


@pytest.mark.django_db(transaction=True)
def test_eight_runs_at_once_are_as_one(on_day, credited):
    behind = [a_family(paid_month=Month(2026, 10).index) for _ in range(20)]
    behind += [a_billed_family(months=3, status=Status.ACTIVE.value) for _ in range(5)]
    on_day("2026-12-01")
    done = at_once([lambda: run_day(on=date(2026, 12, 1))] * 8)

    assert sum(d.billed for d in done) == 20 * 2 + 5 + 1
    assert sum(d.paid_by_credit for d in done) == 1
    assert sum(d.suspended for d in done) == len(behind)
    changes = StatusChange.objects.filter(
        family_id__in=[f.family_id for f in behind], event="fell_behind"
    )
    assert changes.count() == len(behind)
    assert broken_promises() == []


def test_a_month_billed_already_by_hand_is_left_alone():
    siti = a_family(paid_month=Month(2026, 10).index)
    open_accounts(siti)
    a_bill(siti, Month(2026, 11), per_person=25_500)
    assert run_day(on=date(2026, 11, 5)) == NOTHING
    assert bills_of(siti) == [("2026-11", 25_500, "open")]
