"""Many at once, with real commits: two files, two runs, two payments."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import partial

import pytest
from django.test import Client

from jkn.contribution.models import Payment
from jkn.contribution.tests.crowd import at_once
from jkn.contribution.tests.factories import a_bank
from jkn.contribution.tests.snap import Bank
from jkn.core.errors import NotFound
from jkn.employer.actions import import_employees, run_day
from jkn.employer.models import Employee, EmployerBill, Wage
from jkn.employer.sheet import COLUMNS
from jkn.employer.tests.factories import ON, a_row, acting, an_employer, enrol_all, hired, va_of
from jkn.employer.tests.test_journey import broken
from jkn.employer.uploads import confirm, take_file

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _november(on_day):
    on_day("2026-11-22")


def test_two_files_at_once_add_everybody_once(transactional_db):
    employer = an_employer()
    rows = [a_row(row=n) for n in range(2, 42)]
    plans = at_once(
        [
            partial(
                import_employees, actor=acting(employer), employer_id=employer.employer_id,
                rows=rows[start : start + 30], on=ON,
            )
            for start in (0, 10, 0, 10)
        ]
    )  # fmt: skip
    assert sum(len(p.added) for p in plans) == 40
    assert not any(p.errors for p in plans)
    assert Employee.objects.filter(employer_id=employer.employer_id).count() == 40
    assert Wage.objects.filter(employer_id=employer.employer_id).count() == 40


def test_one_file_confirmed_twice_at_once_counts_once(transactional_db):
    employer = an_employer()
    line = "3275017101680001;Siti;31-01-1968;6500000;01-11-2026;"
    raw = "\n".join([";".join(COLUMNS), line]).encode()
    looked = take_file(actor=acting(employer), employer_id=employer.employer_id, raw=raw, on=ON)

    def confirmed():
        try:
            confirm(
                actor=acting(employer), employer_id=employer.employer_id,
                upload_id=looked.upload_id, on=ON,
            )  # fmt: skip
        except NotFound:
            return "gone"
        return "done"

    assert "done" in at_once([confirmed] * 4)
    assert Employee.objects.filter(employer_id=employer.employer_id).count() == 1


def test_billing_runs_at_once_make_one_bill_each(transactional_db):
    employers = [an_employer() for _ in range(3)]
    for employer in employers:
        hired(employer, 2)
    done = at_once([partial(run_day, on=date(2026, 11, 22))] * 6)
    assert sum(d.billed for d in done) == 3
    assert EmployerBill.objects.count() == 3
    assert broken() == []


def test_sixteen_tellers_with_one_bill_pay_it_once(transactional_db):
    employer = an_employer()
    hired(employer, 2)
    run_day(on=ON)
    partner = a_bank()
    first = Bank(partner)
    token = first.signed_in()
    tellers = [Bank(partner, Client()) for _ in range(16)]
    for teller in tellers:
        teller.token = token
    va = va_of(employer)
    answers = at_once([partial(t.pay, va, f"R{n % 4}", 650_000) for n, t in enumerate(tellers)])
    codes = Counter(a.json()["responseCode"] for a in answers)
    assert codes == {"2002500": 4, "4042514": 12}
    assert Payment.objects.filter(family_id=employer.employer_id).count() == 1
    assert broken() == []


def test_two_jobs_register_one_person_once(transactional_db):
    employer = an_employer()
    hired(employer, 1)
    Employee.objects.filter(employer_id=employer.employer_id).update(state="pending")
    at_once([partial(enrol_all, employer)] * 4)
    assert Employee.objects.get(employer_id=employer.employer_id).state == "enrolled"
    assert broken() == []
