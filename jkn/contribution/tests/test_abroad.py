"""Who leaves the country with arrears: nothing new is billed abroad, the old debt stays."""

from __future__ import annotations

from datetime import date

import pytest

from jkn.contribution.actions import run_day
from jkn.contribution.models import Bill
from jkn.contribution.queries import family_bills
from jkn.contribution.tests.crowd import broken_promises
from jkn.contribution.tests.factories import DAY, a_bank, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank
from jkn.core.actor import Actor, Role
from jkn.core.month import Month
from jkn.membership.acts import come_back, go_abroad, record_death
from jkn.membership.models import Family
from jkn.membership.tests.factories import a_family, an_account, members_of

pytestmark = pytest.mark.django_db
ANDI = Actor(account_id=9, role=Role.BRANCH, name="Andi")
BACK = date(2028, 3, 5)


@pytest.fixture
def siti(on_day):
    """Siti owes August to November and leaves alone."""
    on_day("2026-11-22")
    family = a_billed_family(months=4)
    leaves(family)
    return family


def leaves(family, n=0, on=DAY):
    who = members_of(family)[n]
    go_abroad(actor=ANDI, family_id=family.family_id, member_id=who.id, reason="Paspor", on=on)


def returns(family, n=0, on=BACK):
    who = members_of(family)[n]
    come_back(actor=ANDI, family_id=family.family_id, member_id=who.id, reason="Paspor", on=on)


def open_months(family):
    rows = Bill.objects.filter(family_id=family.family_id, status="open").order_by("month")
    return [str(Month.at(bill.month)) for bill in rows]


def statuses(family):
    return [m.status for m in members_of(family)]


OLD = ["2026-08", "2026-09", "2026-10", "2026-11"]


def test_nothing_new_is_billed_abroad_and_the_old_debt_stays(siti, on_day):
    on_day("2027-02-01")
    run_day(on=date(2027, 2, 1))
    assert statuses(siti) == ["abroad"]
    assert open_months(siti) == OLD
    assert family_bills(siti.family_id, on=date(2027, 2, 1)).debt.amount == 140_000
    assert broken_promises() == []


def test_back_with_the_debt_is_suspended_until_it_and_this_month_are_paid(siti, on_day):
    on_day("2028-03-05")
    returns(siti)
    run_day(on=BACK)
    assert statuses(siti) == ["suspended_arrears"]
    assert open_months(siti) == [*OLD, "2028-03"]  # no month abroad, though the run looks back
    assert Bank(a_bank()).pay(va_of(siti), "R1", 5 * 35_000).status_code == 200
    assert statuses(siti) == ["active"]
    assert Family.objects.get(family_id=siti.family_id).paid_until == Month(2028, 3)
    assert broken_promises() == []


def test_who_pays_the_debt_from_abroad_is_covered_on_return(client, siti, on_day):
    on_day("2027-02-01")
    client.force_login(an_account(members_of(siti)[0]))
    page = client.get("/iuran/").content.decode()
    assert "Rp140.000" in page
    assert "Tunggakan lama tetap utang" in page
    assert Bank(a_bank()).pay(va_of(siti), "R1", 140_000).status_code == 200
    assert statuses(siti) == ["abroad"]
    on_day("2028-03-05")
    returns(siti)
    run_day(on=BACK)
    assert (statuses(siti), open_months(siti)) == (["active"], ["2028-03"])
    assert broken_promises() == []


def test_who_stays_goes_on_being_billed(on_day):
    on_day("2026-11-22")
    siti = a_billed_family(months=4, names=("Siti", "Budi"))
    leaves(siti, 1)
    run_day(on=date(2026, 12, 1))
    newest = Bill.objects.filter(family_id=siti.family_id).latest("month")
    assert (newest.month, newest.persons) == (Month(2026, 12).index, 1)
    returns(siti, 1, on=date(2026, 12, 5))
    assert statuses(siti) == ["suspended_arrears"] * 2


def test_the_debt_of_who_left_last_keeps_who_left_first_from_cover(on_day):
    """Budi leaves in November, paid; Siti stays behind with months unpaid, and leaves in May."""
    on_day("2026-11-22")
    siti = a_family(names=("Siti", "Budi"))
    leaves(siti, 1)
    for month in range(12, 18):
        run_day(on=Month.at(Month(2026, 1).index + month - 1).first_day())
    leaves(siti, 0, on=date(2027, 5, 20))
    on_day("2028-03-05")
    returns(siti, 1)
    run_day(on=BACK)
    assert statuses(siti) == ["abroad", "suspended_arrears"]
    assert open_months(siti)[-2:] == ["2027-05", "2028-03"]


def test_a_death_abroad_is_no_debt_of_who_comes_back(on_day):
    on_day("2026-11-22")
    siti = a_family(names=("Siti", "Budi"))
    leaves(siti, 0)
    leaves(siti, 1)
    record_death(
        actor=ANDI, family_id=siti.family_id, member_id=members_of(siti)[1].id,
        day=date(2027, 6, 1), reason="Surat kematian", on=date(2027, 6, 5),
    )  # fmt: skip
    on_day("2028-03-05")
    returns(siti, 0)
    assert statuses(siti) == ["active", "deceased"]
    assert Family.objects.get(family_id=siti.family_id).paid_until == Month(2028, 2)
