"""The monthly bill: one for each employer and month, as the rule says, at the figures of its month."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jkn.contribution.models import ContributionFigure
from jkn.contribution.wages import wage_shares
from jkn.core.errors import Conflict, Refused
from jkn.core.month import Month
from jkn.employer.actions import change_wage, end_work, import_employees, run_day
from jkn.employer.models import BillLine, Employee, EmployerBill, Wage
from jkn.employer.queries import terms_of
from jkn.employer.rules import EndReason
from jkn.employer.tests.factories import ON, a_row, acting, an_employer, hired
from jkn.employer.tests.test_journey import broken

pytestmark = pytest.mark.django_db
NOV, DEC = Month(2026, 11), Month(2026, 12)


@pytest.fixture(autouse=True)
def _november(on_day):
    on_day("2026-11-22")


def bills(employer):
    rows = EmployerBill.objects.filter(employer_id=employer.employer_id).order_by("month")
    return [(str(Month.at(b.month)), b.persons, b.amount) for b in rows]


def test_twice_is_once_and_each_employer_has_its_own():
    first, second = an_employer(), an_employer()
    hired(first, 2)
    hired(second, 1, wage=20_000_000)
    an_employer()  # with nobody
    assert run_day(on=date(2026, 11, 22)).billed == 2
    assert run_day(on=date(2026, 11, 22)).billed == 0
    assert bills(first) == [("2026-11", 2, 650_000)]
    assert bills(second) == [("2026-11", 1, 600_000)]  # the ceiling: 480.000 + 120.000
    assert broken() == []


def test_below_the_minimum_wage_the_minimum_counts():
    employer = an_employer()
    hired(employer, wage=3_000_000)
    run_day(on=date(2026, 11, 22))
    line = BillLine.objects.get(employer_id=employer.employer_id)
    assert (line.wage, line.base) == (3_000_000, 5_690_752)
    assert (line.employer_part, line.worker_part) == (227_630, 56_908)  # half up


def test_a_new_wage_counts_from_its_month_and_old_bills_keep_theirs():
    employer = an_employer()
    (person,) = hired(employer)
    run_day(on=date(2026, 11, 22))
    change_wage(
        actor=acting(employer), employer_id=employer.employer_id, employee_id=person.id,
        monthly=8_000_000, valid_from=date(2026, 12, 1),
    )  # fmt: skip
    run_day(on=date(2026, 12, 1))
    assert bills(employer) == [("2026-11", 1, 325_000), ("2026-12", 1, 400_000)]
    with pytest.raises(Conflict):
        change_wage(
            actor=acting(employer), employer_id=employer.employer_id, employee_id=person.id,
            monthly=9_000_000, valid_from=date(2026, 12, 1),
        )  # fmt: skip
    assert broken() == []


def test_a_new_ceiling_counts_from_its_month():
    employer = an_employer()
    hired(employer, wage=20_000_000)
    ContributionFigure.objects.create(
        name="wage_ceiling", valid_from=date(2026, 12, 1), value=15_000_000, basis="contoh"
    )
    run_day(on=date(2026, 11, 22))
    run_day(on=date(2026, 12, 1))
    assert bills(employer) == [("2026-11", 1, 600_000), ("2026-12", 1, 750_000)]


def test_who_left_is_billed_up_to_the_last_month_of_work():
    employer = an_employer()
    stays, leaves = hired(employer, 2)
    end_work(
        actor=acting(employer), employer_id=employer.employer_id, employee_id=leaves.id,
        day=date(2026, 11, 20), reason=EndReason.RESIGNED, on=date(2026, 11, 22),
    )  # fmt: skip
    run_day(on=date(2026, 11, 22))
    run_day(on=date(2026, 12, 1))
    assert bills(employer) == [("2026-11", 2, 650_000), ("2026-12", 1, 325_000)]
    with pytest.raises(Conflict):
        end_work(
            actor=acting(employer), employer_id=employer.employer_id, employee_id=leaves.id,
            day=date(2026, 11, 20), reason=EndReason.RESIGNED, on=date(2026, 11, 22),
        )  # fmt: skip
    with pytest.raises(Refused):
        end_work(
            actor=acting(employer), employer_id=employer.employer_id, employee_id=stays.id,
            day=date(2026, 11, 23), reason=EndReason.RESIGNED, on=date(2026, 11, 22),
        )  # fmt: skip


def test_who_comes_after_the_months_bill_is_billed_from_the_next():
    employer = an_employer()
    hired(employer)
    run_day(on=date(2026, 11, 22))
    hired(employer)
    assert run_day(on=date(2026, 11, 30)).billed == 0
    run_day(on=date(2026, 12, 1))
    assert bills(employer) == [("2026-11", 1, 325_000), ("2026-12", 2, 650_000)]


def test_a_server_that_slept_bills_what_it_missed():
    employer = an_employer()
    hired(employer)
    run_day(on=date(2027, 1, 5))
    assert [m for m, _, _ in bills(employer)] == ["2026-11", "2026-12", "2027-01"]
    assert broken() == []


@settings(
    max_examples=15, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(st.lists(st.integers(1, 30_000_000), min_size=1, max_size=4))
def test_the_statement_is_the_rule_and_lines_add_up(wages):
    employer = an_employer()
    for wage in wages:
        hired(employer, wage=wage)
    run_day(on=date(2026, 11, 22))
    ((_, terms),) = terms_of([NOV])
    lines = BillLine.objects.filter(employer_id=employer.employer_id)
    for line in lines:
        shares = wage_shares(line.wage, terms=terms)
        assert (line.base, line.employer_part, line.worker_part) == (
            shares.base, shares.employer, shares.worker,
        )  # fmt: skip
    bill = EmployerBill.objects.get(employer_id=employer.employer_id)
    assert bill.amount == sum(wage_shares(w, terms=terms).total for w in wages)
    assert Wage.objects.filter(employer_id=employer.employer_id).count() == len(wages)


def test_the_command_says_what_it_did(capsys):
    hired(an_employer())
    call_command("employer_day", "--on=2026-11-22", "--json")
    call_command("employer_day")
    first, second = capsys.readouterr().out.strip().splitlines()
    assert json.loads(first) == {"billed": 1, "to_enrol": 0, "classes": 0}
    assert second == "0 employers billed, 0 people to register, 0 classes by wages"


def test_a_large_employer_has_a_line_for_everybody(on_day):
    """Ids of one statement, or of one import, never meet, however many are made at once."""
    employer = an_employer()
    rows = [a_row(row=n, nik=f"3275{n // 999:02}310168{n % 999 + 1:04}") for n in range(2, 6_002)]
    import_employees(actor=acting(employer), employer_id=employer.employer_id, rows=rows, on=ON)
    Employee.objects.filter(employer_id=employer.employer_id).update(
        state="enrolled", bill_from=NOV.index
    )
    assert run_day(on=ON).billed == 1
    assert BillLine.objects.filter(employer_id=employer.employer_id).count() == 6_000
    assert broken() == []
