"""A death that is recorded late: the bills of later months count who lives."""

from __future__ import annotations

from datetime import date

import pytest

from jkn.contribution.instalments import register_plan
from jkn.contribution.models import Bill, Posting
from jkn.contribution.moves import move_members
from jkn.contribution.queries import family_bills
from jkn.contribution.tests.crowd import broken_promises
from jkn.contribution.tests.factories import (
    DAY,
    NOW,
    a_bank,
    a_bill,
    a_billed_family,
    open_accounts,
    va_of,
)
from jkn.contribution.tests.snap import Bank
from jkn.core.actor import Actor, Role
from jkn.core.errors import Conflict
from jkn.membership.acts import record_death
from jkn.membership.models import Family
from jkn.membership.moves import Move, NewHome
from jkn.membership.rules import Relation, Segment
from jkn.membership.tests.factories import a_family, a_member, members_of

pytestmark = pytest.mark.django_db
BRANCH = Actor(account_id=9, role=Role.BRANCH, name="Andi")


def dies(family, n, day):
    member = members_of(family)[n]
    record_death(
        actor=BRANCH, family_id=family.family_id, member_id=member.id, day=day,
        reason="Surat kematian", on=DAY,
    )  # fmt: skip


def bills(family):
    rows = Bill.objects.filter(family_id=family.family_id).order_by("month", "id")
    return [(b.status, b.persons, b.amount) for b in rows]


def broken():
    return [name for name in broken_promises() if name != "membership.places"]  # a job counts them


def test_open_bills_of_later_months_count_one_person_less(on_day):
    on_day("2026-11-22")
    siti = a_billed_family(months=3, names=("Siti", "Budi", "Rina"))  # September to November
    dies(siti, 0, date(2026, 10, 1))
    assert bills(siti) == [("open", 3, 105_000), ("open", 3, 105_000), ("open", 2, 70_000)]
    assert broken() == []
    assert Bank(a_bank()).pay(va_of(siti), "R1", 280_000).status_code == 200
    assert [m.status for m in members_of(siti)] == ["deceased", "active", "active"]
    assert broken() == []


def test_the_last_day_of_a_month_still_is_of_that_month(on_day):
    on_day("2026-11-22")
    siti = a_billed_family(months=2, names=("Siti", "Budi"))
    dies(siti, 1, date(2026, 10, 31))
    assert bills(siti) == [("open", 2, 70_000), ("open", 1, 35_000)]


def test_a_bill_for_nobody_is_cancelled(on_day):
    on_day("2026-11-22")
    siti = a_billed_family(months=3)
    dies(siti, 0, date(2026, 9, 30))
    assert [status for status, *_ in bills(siti)] == ["open", "cancelled", "cancelled"]
    assert family_bills(siti.family_id, on=DAY).debt.amount == 35_000
    assert broken() == []


def test_what_was_paid_for_the_dead_becomes_credit_and_pays_on(on_day):
    on_day("2026-11-22")
    siti = a_billed_family(months=2, names=("Siti", "Budi"))
    assert Bank(a_bank()).pay(va_of(siti), "R1", 140_000).status_code == 200
    dies(siti, 1, date(2026, 9, 5))
    assert bills(siti) == [("paid", 2, 70_000), ("paid", 2, 70_000)]
    assert family_bills(siti.family_id, on=DAY).debt.credit == 70_000
    assert broken() == []


def test_who_joined_after_a_bill_is_not_taken_out_of_it(on_day):
    on_day("2026-11-22")
    siti = a_billed_family(months=2, names=("Siti", "Budi"))
    a_member(
        siti, name="Agus", relation=Relation.OTHER.value, status="suspended_arrears", since=DAY
    )
    dies(siti, 2, date(2026, 9, 1))
    assert bills(siti) == [("open", 2, 70_000), ("open", 2, 70_000)]


def test_who_joined_before_the_first_payment_is_taken_out_of_the_first_bill(on_day):
    on_day("2026-11-22")
    home = NewHome("3275010102000077", Segment.SELF_PAYING, "3", None)
    siti, budi = a_family(names=("Siti",)), a_family(names=("Budi",))
    for family in (siti, budi):
        open_accounts(family)
    alone = moved(siti, home)
    moved(budi, alone.family_id)
    assert bills(alone) == [("open", 2, 70_000)]
    assert Bank(a_bank()).pay(va_of(alone), "R1", 70_000).status_code == 200
    dies(alone, 1, date(2026, 10, 31))
    assert bills(alone) == [("paid", 2, 70_000)]
    assert family_bills(alone.family_id, on=DAY).debt.credit == 35_000
    assert broken() == []


def moved(family, to):
    """Move all of a family to another, and return that."""
    leaving = [member.id for member in members_of(family)]
    move = Move(family.family_id, leaving, to)
    done = move_members(actor=BRANCH, move=move, on=DAY, reason="Pindah KK")
    return Family.objects.get(family_id=done.family_id)


def test_a_newborns_own_bill_ends_with_it(on_day):
    on_day("2026-11-22")
    siti = a_billed_family(months=1)
    baby = a_member(siti, name="Bayi", relation=Relation.CHILD.value, status="candidate", since=DAY)
    a_bill(siti, NOW, persons=1, member_id=baby.id)
    dies(siti, 1, date(2026, 10, 31))
    assert bills(siti) == [("open", 1, 35_000), ("cancelled", 1, 35_000)]
    assert broken() == []


def test_a_running_plan_asks_no_more_than_what_is_left(on_day):
    on_day("2026-11-22")
    siti = a_billed_family(months=6, names=("Siti", "Budi"))
    register_plan(actor=BRANCH, family_id=siti.family_id, stages=2, on=DAY)
    dies(siti, 1, date(2026, 8, 15))
    debt = family_bills(siti.family_id, on=DAY).debt
    assert 0 <= debt.amount <= debt.whole == 3 * 70_000 + 3 * 35_000
    assert broken() == []


def test_who_is_paid_for_by_others_has_no_bills_to_mend_and_twice_is_refused(on_day):
    on_day("2026-11-22")
    siti = a_family(segment="pbi_jk", paid_month=None)
    dies(siti, 0, date(2026, 9, 1))
    with pytest.raises(Conflict):
        dies(siti, 0, date(2026, 9, 1))
    assert not Posting.objects.exists()
