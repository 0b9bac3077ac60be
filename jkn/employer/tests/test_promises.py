"""Each promise about employers' money notices what breaks it; orphans are refused by the database."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from jkn.contribution.models import Payment
from jkn.contribution.tests.factories import a_bank
from jkn.contribution.tests.snap import Bank
from jkn.core.db import execute
from jkn.core.ids import new_id
from jkn.employer.actions import run_day
from jkn.employer.models import BillLine, Employee, EmployerBill, Wage
from jkn.employer.tests.factories import ON, an_employer, hired, va_of
from jkn.employer.tests.household import Home
from jkn.employer.tests.test_journey import broken

pytestmark = pytest.mark.django_db


@pytest.fixture
def employer(on_day):
    """November is paid, December is open."""
    on_day("2026-12-01")
    made = an_employer()
    hired(made, 2)
    run_day(on=ON)
    Bank(a_bank()).pay(va_of(made), "R1", 650_000)
    execute("UPDATE membership_family SET paid_month = %s WHERE segment = 'ppu'", [2026 * 12 + 10])
    run_day(on=date(2026, 12, 1))
    assert broken() == []
    return made


@pytest.mark.parametrize(
    ("change", "promises"),
    [
        (
            "UPDATE employer_employerbill SET amount = amount + 1,"
            " employer_part = employer_part + 1 WHERE status = 'open'",
            {"employer.receivable", "employer.income", "employer.lines"},
        ),
        (
            "UPDATE employer_employerbill SET status = 'open', payment_id = NULL",
            {"employer.receivable", "employer.whole_bills"},
        ),
        (
            "UPDATE employer_employerbill SET month = month + 5 WHERE status = 'paid'",
            {"employer.oldest_first"},
        ),
        ("UPDATE employer_employerbill SET persons = persons + 1", {"employer.lines"}),
        (
            "ALTER TABLE employer_wage DISABLE TRIGGER never_changed; DELETE FROM employer_wage",
            {"employer.wage"},
        ),
    ],
)
def test_what_breaks_a_promise_is_noticed(employer, change, promises):
    for statement in change.split("; "):
        execute(statement)
    assert set(broken()) == promises


def test_a_payment_of_nobody_is_noticed(employer):
    paid = Payment.objects.filter(family_id=employer.employer_id).values()[0]
    del paid["id"]
    Payment.objects.create(**{**paid, "family_id": new_id(), "request_id": "R9", "reference": "R9"})
    assert "employer.group" in broken()


def test_orphans_and_changed_lines_are_refused(employer):
    bill = EmployerBill.objects.filter(employer_id=employer.employer_id)[0]
    acts = (
        lambda: Wage.objects.create(
            employer_id=employer.employer_id, employee_id=new_id(), valid_from=ON, monthly=1,
            by_account=0,
        ),
        lambda: EmployerBill.objects.filter(employer_id=employer.employer_id, id=bill.id).update(
            status="paid", payment_id=new_id()
        ),
        lambda: Employee.objects.filter(employer_id=employer.employer_id).delete(),
        lambda: BillLine.objects.filter(employer_id=employer.employer_id).update(wage=1),
        lambda: Wage.objects.filter(employer_id=employer.employer_id).delete(),
    )  # fmt: skip
    for act in acts:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


@pytest.mark.parametrize(
    ("change", "promises"),
    [
        ("UPDATE employer_extra SET from_month = from_month + 1", {"employer.extras"}),
        ("UPDATE membership_member SET extra_until = '2026-12-31' WHERE extra_from IS NOT NULL",
         {"employer.extra_cover"}),
        ("UPDATE membership_member SET extra_from = NULL", {"employer.extra_cover"}),
        ("UPDATE employer_employerbill SET extra_part = extra_part + 1, amount = amount + 1"
         " WHERE extra_part > 0", {"employer.receivable", "employer.income", "employer.lines"}),
    ],
)  # fmt: skip
def test_what_breaks_a_promise_of_extra_family_is_noticed(on_day, change, promises):
    on_day("2026-11-22")
    home = Home()
    home.ask(home.parent)
    run_day(on=date(2026, 12, 1))
    assert broken() == []
    execute(change)
    assert set(broken()) == promises
