"""From a name in a list to a member: old debts stay, families come along, the branch helps."""

from __future__ import annotations

from datetime import date

import pytest

from jkn.account.models import Directory
from jkn.contribution.billing import suspend_overdue
from jkn.contribution.models import Bill, Payment
from jkn.contribution.tests.factories import a_bank, a_billed_family
from jkn.contribution.tests.snap import Bank
from jkn.core.errors import Unavailable
from jkn.core.month import Month
from jkn.employer import jobs
from jkn.employer.actions import end_work, import_employees, run_day, try_again
from jkn.employer.enrolment import enrol, follow_paid, guarantee_after_layoff
from jkn.employer.models import Employee, EmployerBill
from jkn.employer.queries import nik_digest
from jkn.employer.rules import EndReason
from jkn.employer.tests.factories import (
    ON,
    a_row,
    acting,
    an_employer,
    an_employer_account,
    enrol_all,
    hired,
    va_of,
)
from jkn.employer.tests.test_journey import broken
from jkn.gate.tests.hospital import Hospital, a_hospital
from jkn.membership.models import Family, Member
from jkn.membership.rules import Relation, Segment, Status
from jkn.membership.tests.factories import a_family, a_member, members_of
from jkn.membership.tests.register import BORN, KK, NIK, register
from jkn.notice.models import Notice

__all__ = ["register"]
pytestmark = pytest.mark.django_db
DECEMBER = date(2026, 12, 3)


@pytest.fixture(autouse=True)
def _november(on_day):
    on_day("2026-11-22")


def take_on(employer, **over):
    plan = import_employees(
        actor=acting(employer), employer_id=employer.employer_id, rows=[a_row(**over)], on=ON
    )
    assert not plan.errors
    states = enrol_all(employer)
    person = Employee.objects.get(
        employer_id=employer.employer_id, nik_digest=nik_digest(over["nik"])
    )
    return states, person


def now_of(person_id):
    rows = Member.objects.filter(id=person_id, ended_on__isnull=True)
    member = rows.get()
    return member, Family.objects.get(family_id=member.family_id)


def test_a_self_paying_family_moves_and_its_arrears_stay_a_debt():
    family = a_billed_family(months=5)
    head = members_of(family)[0]
    child = a_member(family, relation=Relation.CHILD.value, birth_date=date(2015, 5, 1),
                     status=Status.SUSPENDED_ARREARS.value)  # fmt: skip
    states, person = take_on(an_employer(), nik=head.nik)
    assert states == ["enrolled"]
    assert person.bill_from == Month(2026, 11).index
    for one in (head, child):
        member, home = now_of(one.id)
        assert (home.segment, member.status) == (Segment.WORKER, Status.ACTIVE)
        assert home.care_class == "1"
        assert home.paid_month == Month(2026, 10).index
    owed = Bill.objects.filter(family_id=family.family_id, status="open")
    assert owed.count() == 5
    assert broken() == []


@pytest.mark.parametrize(("wage", "care_class"), [(4_000_000, "2"), (4_000_001, "1")])
def test_the_class_follows_the_wage(wage, care_class):
    head = members_of(a_family())[0]
    take_on(an_employer(), nik=head.nik, wage=wage)
    assert now_of(head.id)[1].care_class == care_class


@pytest.mark.parametrize("status", [Status.CANDIDATE, Status.REGISTRATION_LAPSED])
def test_a_registration_that_was_not_paid_does_not_hold_who_begins_to_work(status):
    family = a_family(status=status.value, paid_month=None, pay_by=date(2026, 12, 1))
    head = members_of(family)[0]
    states, _ = take_on(an_employer(), nik=head.nik)
    assert states == ["enrolled"]
    member, family = now_of(head.id)
    assert (member.status, family.segment) == (Status.ACTIVE, Segment.WORKER)


def test_a_list_of_the_government_ends_with_work():
    head = members_of(a_family(segment=Segment.PBI_NATIONAL.value, paid_month=None))[0]
    take_on(an_employer(), nik=head.nik)
    assert now_of(head.id)[1].segment == Segment.WORKER


@pytest.mark.parametrize(
    "over",
    [
        {"relation": Relation.PARENT.value},
        {"relation": Relation.CHILD.value, "birth_date": date(2005, 11, 22)},
        {"status": Status.ABROAD.value, "relation": Relation.SPOUSE.value},
    ],
)
def test_who_would_be_left_behind_or_lose_cover_sees_the_branch(over):
    family = a_family()
    head = members_of(family)[0]
    a_member(family, **over)
    states, person = take_on(an_employer(), nik=head.nik)
    assert states == ["branch"]
    assert person.why == "employee.branch"
    assert Family.objects.get(family_id=family.family_id).segment == Segment.SELF_PAYING
    assert not Member.objects.filter(family_id=family.family_id, ended_on__isnull=False).exists()


def test_another_birth_date_tells_the_employer_no_more_than_that_the_branch_helps():
    head = members_of(a_family())[0]
    states, person = take_on(an_employer(), nik=head.nik, birth_date=date(1969, 1, 31))
    assert (states, person.why) == (["branch"], "employee.branch")
    dead = members_of(a_family(status=Status.DECEASED.value))[0]
    states, person = take_on(an_employer(), nik=dead.nik)
    assert (states, person.why) == (["branch"], "employee.branch")


def child(n, born):
    return {
        "nik": f"32750101011500{n:02}", "name": f"Anak {n}", "birth_date": born, "sex": "f",
        "relation": "child", "alive": True,
    }  # fmt: skip


def test_somebody_new_is_registered_with_spouse_and_three_children(register):
    register.answer = {
        **register.answer,
        "family": [
            *register.answer["family"], child(1, "2010-01-01"), child(2, "2012-01-01"),
            child(3, "2014-01-01"), child(4, "2016-01-01"), child(5, "2000-01-01"),
        ],
    }  # fmt: skip
    employer = an_employer()
    states, _ = take_on(employer, nik=NIK, kk=KK, birth_date=date.fromisoformat(BORN))
    assert states == ["enrolled"]
    family = Family.objects.get(segment="ppu")
    statuses = {m.name: m.status for m in members_of(family)}
    assert len(statuses) == 6  # the grown child is not among them
    assert [n for n, s in statuses.items() if s != Status.ACTIVE] == ["Anak 4"]
    assert statuses["Anak 4"] == Status.WAITING_PLACE
    assert family.paid_month == Month(2026, 10).index
    assert run_day(on=ON).billed == 1
    assert broken() == []


def test_without_a_kk_or_with_a_wrong_one_nothing_is_registered(register):
    employer = an_employer()
    states, person = take_on(employer, nik=NIK, birth_date=date.fromisoformat(BORN))
    assert (states, person.why) == (["branch"], "employee.kk_needed")
    assert register.asked == []
    register.answer = {"match": False, "differs": ["kk"]}
    other = an_employer()
    states, person = take_on(other, nik=NIK, kk=KK, birth_date=date.fromisoformat(BORN))
    assert (states, person.why) == (["branch"], "employee.register_differs")
    assert not Directory.objects.filter(kind="nik").exists()
    assert run_day(on=ON).billed == 0


def test_a_silent_register_is_asked_again(register):
    register.status = 500
    employer = an_employer()
    row = a_row(nik=NIK, kk=KK, birth_date=date.fromisoformat(BORN))
    import_employees(actor=acting(employer), employer_id=employer.employer_id, rows=[row], on=ON)
    with pytest.raises(Unavailable):
        enrol_all(employer)
    assert Employee.objects.get(employer_id=employer.employer_id).state == "pending"
    register.status = 200
    assert enrol_all(employer) == ["enrolled"]
    assert enrol_all(employer) == []


def test_work_that_begins_later_is_registered_on_its_first_day():
    head = members_of(a_family())[0]
    employer = an_employer()
    states, person = take_on(employer, nik=head.nik, start=date(2026, 12, 1))
    assert (states, person.state) == ([], "pending")
    assert enrol_all(employer, on=date(2026, 12, 1)) == ["enrolled"]


def test_tried_again_after_the_branch_helped():
    family = a_family()
    head = members_of(family)[0]
    parent = a_member(family, relation=Relation.PARENT.value)
    employer = an_employer()
    _, person = take_on(employer, nik=head.nik)
    Member.objects.filter(family_id=family.family_id, id=parent.id).update(relation="child",
        birth_date=date(2015, 1, 1))  # fmt: skip
    try_again(actor=acting(employer), employer_id=employer.employer_id, employee_id=person.id)
    assert enrol_all(employer) == ["enrolled"]


def laid_off(employer, person, day=date(2026, 11, 20), on=ON):
    end_work(
        actor=acting(employer), employer_id=employer.employer_id, employee_id=person.id,
        day=day, reason=EndReason.LAID_OFF, on=on,
    )  # fmt: skip
    return guarantee_after_layoff(employer_id=employer.employer_id, employee_id=person.id, on=on)


def test_after_a_layoff_the_family_is_covered_six_months_and_not_suspended(on_day):
    employer = an_employer()
    (person,) = hired(employer)
    assert laid_off(employer, person)
    home = Family.objects.get(segment="ppu")
    assert (home.guarantee_until, home.care_class) == (date(2027, 5, 20), "3")
    assert not guarantee_after_layoff(
        employer_id=employer.employer_id, employee_id=person.id, on=ON
    )
    assert run_day(on=ON).billed == 1  # the month of the last day of work
    assert run_day(on=date(2026, 12, 1)).billed == 0
    assert broken() == []


def behind_until_december(on_day):
    """Return an employer that owes November, and its worker, suspended for it in December."""
    employer = an_employer()
    (person,) = hired(employer)
    run_day(on=ON)
    on_day("2026-12-03")
    suspend_overdue(on=DECEMBER)
    return employer, person, Family.objects.get(segment="ppu")


def at_the_hospital(person, on):
    hospital = Hospital(a_hospital())
    said = hospital.read(hospital.nik(person.nik, on.isoformat()))["peserta"]
    return said["statusPeserta"]["kode"], said["hakKelas"]["kode"]


def test_who_is_laid_off_by_an_employer_that_is_behind_is_covered_and_it_owes_on(on_day):
    employer, person, home = behind_until_december(on_day)
    assert at_the_hospital(person, DECEMBER)[0] == "9"
    assert laid_off(employer, person, day=DECEMBER, on=DECEMBER)
    assert at_the_hospital(person, DECEMBER) == ("0", "3")
    assert at_the_hospital(person, date(2027, 2, 28)) == ("0", "3")

    bill = EmployerBill.objects.get(employer_id=employer.employer_id)
    assert (bill.status, bill.amount) == ("open", 325_000)
    assert not Bill.objects.filter(family_id=home.family_id).exists()
    assert Bank(a_bank()).pay(va_of(employer), "R1", bill.amount).status_code == 200
    payment = Payment.objects.get(family_id=employer.employer_id)
    follow_paid(employer_id=employer.employer_id, payment_id=payment.id, on=DECEMBER)
    kept = Family.objects.get(family_id=home.family_id)
    assert (kept.guarantee_until, kept.care_class) == (date(2027, 6, 3), "3")
    assert at_the_hospital(person, DECEMBER) == ("0", "3")
    assert broken() == []


def test_who_leaves_an_employer_that_is_behind_gets_no_guarantee(on_day):
    employer, person, home = behind_until_december(on_day)
    end_work(
        actor=acting(employer), employer_id=employer.employer_id, employee_id=person.id,
        day=DECEMBER, reason=EndReason.RESIGNED, on=DECEMBER,
    )  # fmt: skip
    assert at_the_hospital(person, DECEMBER)[0] == "9"
    assert Family.objects.get(family_id=home.family_id).guarantee_until is None


def test_hired_again_after_a_layoff_in_a_new_family_of_workers():
    employer, other = an_employer(), an_employer()
    head = members_of(a_family())[0]
    _, person = take_on(employer, nik=head.nik)
    assert laid_off(employer, person, day=date(2026, 11, 22))
    states, _ = take_on(other, nik=head.nik)
    assert states == ["enrolled"]
    member, home = now_of(head.id)
    assert (home.guarantee_until, home.care_class, member.status) == (None, "1", Status.ACTIVE)
    assert broken() == []


def test_no_layoff_guarantee_while_the_spouse_still_works():
    employer = an_employer()
    family = a_family(segment=Segment.WORKER.value, paid_month=None)
    head = members_of(family)[0]
    wife = a_member(family, relation=Relation.SPOUSE.value)
    _, person = take_on(employer, nik=head.nik)
    take_on(an_employer(), nik=wife.nik)
    assert not laid_off(employer, person)
    assert Family.objects.get(family_id=family.family_id).guarantee_until is None


def test_one_person_may_work_for_two_employers_and_neither_learns_of_the_other():
    first, second = an_employer(), an_employer()
    head = members_of(a_family())[0]
    for employer in (first, second):
        states, _ = take_on(employer, nik=head.nik)
        assert states == ["enrolled"]
    assert run_day(on=ON).billed == 2
    assert enrol(employer_id=first.employer_id, employee_id=Employee.objects.filter(
        employer_id=first.employer_id).get().id, on=ON) == "enrolled"  # fmt: skip


def test_one_who_is_not_answered_for_does_not_hold_up_the_others(register):
    register.status = 500
    employer = an_employer()
    head = members_of(a_family())[0]
    rows = [a_row(nik=NIK, kk=KK, birth_date=date.fromisoformat(BORN)), a_row(row=3, nik=head.nik)]
    import_employees(actor=acting(employer), employer_id=employer.employer_id, rows=rows, on=ON)
    with pytest.raises(Unavailable):
        jobs.enrol_pending(employer.employer_id)
    states = Employee.objects.filter(employer_id=employer.employer_id).values_list(
        "state", flat=True
    )
    assert sorted(states) == ["enrolled", "pending"]
    register.status = 200
    jobs.enrol_pending(employer.employer_id)
    assert not Employee.objects.filter(state="pending").exists()


def test_the_jobs_tell_who_acts_for_the_employer():
    employer = an_employer()
    account = an_employer_account(employer)
    (person,) = hired(employer)
    jobs.day(0)
    bill = EmployerBill.objects.get(employer_id=employer.employer_id)
    jobs.tell_billed(employer.employer_id, bill.id)
    assert Bank(a_bank()).pay(va_of(employer), "R1", bill.amount).status_code == 200
    payment = Payment.objects.get(family_id=employer.employer_id)
    for _ in range(2):
        jobs.follow(employer.employer_id, payment.id)
    end_work(
        actor=acting(employer), employer_id=employer.employer_id, employee_id=person.id,
        day=ON, reason=EndReason.LAID_OFF, on=ON,
    )  # fmt: skip
    jobs.lay_off(employer.employer_id, person.id)
    jobs.enrol_one(employer.employer_id, person.id)
    kinds = list(Notice.objects.filter(account_id=account.id).values_list("kind", flat=True))
    assert sorted(kinds) == ["employer.billed", "employer.paid"]
    assert Family.objects.get(segment="ppu").guarantee_until == date(2027, 5, 22)
    assert broken() == []
