"""Seeding: rows that agree with each other, the same people for a seed, accounts that work."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO

import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command

from jkn.account.models import Account, Directory
from jkn.account.queries import account_of_person, family_of, token_of
from jkn.contribution.models import Bill, Payment, Posting
from jkn.contribution.queries import banks, family_bills, figure, virtual_accounts_of
from jkn.core.actor import Level, Role
from jkn.core.db import execute
from jkn.core.errors import Conflict
from jkn.core.ids import new_id
from jkn.facility.models import Review
from jkn.facility.reviews.queries import grants_of, opinion_of, reported
from jkn.membership.models import Family, Member, StatusChange
from jkn.membership.promises import PROMISES
from jkn.membership.rules import status_on
from jkn.nonprod.cast import CAST, cast_family
from jkn.nonprod.people import Story
from jkn.nonprod.seeding.accounts import STAFF_FACILITY
from jkn.nonprod.seeding.run import Wish, seed

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
STAFF = ["facility", "branch", "admin", "branch", "employer"]
FAMILIES = 60


@pytest.fixture(autouse=True)
def _no_leftovers():
    caches["memory"].clear()
    yield
    caches["memory"].clear()


@pytest.fixture
def accounts():
    return seed(Wish(seed=1, families=FAMILIES, accounts=30, today=TODAY))


def whose(number):
    found = family_of("nik", cast_family(1, number).head.nik)
    assert found
    return found.family_id


def test_everybody_is_written_with_openable_numbers(accounts):
    assert Family.objects.count() == FAMILIES
    for number in range(FAMILIES):
        made_up = cast_family(1, number)
        family = Family.objects.get(family_id=whose(number))
        assert (family.kk, family.village) == (made_up.kk, made_up.village)
        rows = Member.objects.filter(family_id=family.family_id).order_by("id")
        assert [(m.nik, m.card, m.name) for m in rows] == [
            (p.nik, p.card, p.name) for p in made_up.members
        ]
        assert {m.facility_id[:5] for m in rows} == {"3275P"}


def test_stored_statuses_are_what_the_rule_says(accounts):
    families = {f.family_id: f for f in Family.objects.all()}
    for member in Member.objects.all():
        family = families[member.family_id]
        assert status_on(member.cover_in(family), on=TODAY).value == member.status
        newest = StatusChange.objects.filter(member_id=member.id).order_by("-id").first()
        assert newest
        assert newest.status == member.status


def test_the_ledger_agrees_with_bills_and_payments(accounts):
    for bill in Bill.objects.all():
        lines = Posting.objects.filter(family_id=bill.family_id, bill_id=bill.id)
        told = sorted((p.debit, p.credit, p.amount) for p in lines)
        billed = ("receivable", "income", bill.amount)
        paid = ("clearing.Bank Contoh", "receivable", bill.amount)
        assert told == (sorted([billed, paid]) if bill.status == "paid" else [billed])
    ((bills, payments, cleared),) = execute(
        "SELECT (SELECT sum(amount) FROM contribution_bill WHERE status = 'paid'),"
        " (SELECT sum(amount) FROM contribution_payment),"
        " (SELECT sum(amount) FROM contribution_posting WHERE debit = 'clearing.Bank Contoh')"
    )
    assert bills == payments == cleared


def test_the_cast_owes_what_it_plays(accounts):
    siti = family_bills(whose(0), on=TODAY)
    assert (siti.debt.amount, len(siti.family.members)) == (0, 4)
    assert {m.status for m in siti.family.members} == {"active"}
    assert family_bills(whose(1), on=TODAY).debt.amount == 2 * 100_000
    five = family_bills(whose(2), on=TODAY).debt
    assert (len(five.bills), five.amount) == (6, 6 * 3 * 35_000)
    thirty = family_bills(whose(4), on=TODAY).debt
    assert (len(thirty.bills), len(thirty.beyond_cap)) == (25, 6)


def test_the_dead_are_not_billed(accounts):
    number = next(n for n in range(len(CAST)) if not cast_family(1, n).head.is_alive)
    bills = Bill.objects.filter(family_id=whose(number))
    assert {bill.persons for bill in bills} == {2}


def test_numbers_lead_to_their_family(accounts):
    members, payments = Member.objects.count(), Payment.objects.count()
    counts = dict(execute("SELECT kind, count(*) FROM account_directory GROUP BY kind"))
    billed = Bill.objects.values("family_id").distinct().count()
    assert counts == {
        "nik": members,
        "card": members,
        "kk": FAMILIES,
        "va": 2 * billed + 2,  # the employer's, too
        "employer": 1,
        "payment": payments,
        "bankref": payments,
        "account": 30,
    }


def test_ids_lie_in_the_past(accounts):
    now = new_id()
    assert all(m.id < now for m in Member.objects.all())


def test_accounts_come_with_all_that_signs_in(accounts):
    assert [a["role"] for a in accounts] == ["member"] * 30 + STAFF
    siti, budi, wati = accounts[:3]
    assert (siti["name"], budi["name"]) == ("Siti Rahmawati", "Budi Rahardjo")
    assert siti["phone"] == budi["phone"]
    for account in accounts:
        found = token_of(account["token"])
        assert found
        actor = found[0]
        assert (actor.role.value, actor.name) == (account["role"], account["name"])
        if account["role"] == Role.MEMBER:
            assert actor.level is Level.REGISTER_MATCHED
            assert actor.person_id
            assert account_of_person(actor.person_id)
            assert family_of("card", account["card"] or "").family_id == actor.family_id
    for account in (siti, accounts[-1]):
        actor = token_of(account["token"])[0]
        assert Account.objects.get(id=actor.account_id).check_password(account["password"])
    rina, andi, _, _, ratna = accounts[-5:]
    assert ratna["va"] == {b.code: f"{b.prefix}90012345678" for b in banks()}
    assert token_of(rina["token"])[0].facility_id == "3275P002"
    assert rina["va"] is andi["va"] is andi["card"] is None
    assert wati["va"] == virtual_accounts_of(whose(1))


def test_only_open_bills_have_numbers_to_pay(accounts):
    for account in accounts[:30]:
        whose_card = family_of("card", account["card"] or "")
        assert whose_card
        is_open = Bill.objects.filter(family_id=whose_card.family_id, status="open").exists()
        lapsed = Family.objects.filter(family_id=whose_card.family_id, pay_by__lt=TODAY).exists()
        assert bool(account["va"]) == (is_open and not lapsed)


def test_a_database_with_families_is_left_alone(accounts):
    before = (Family.objects.count(), Directory.objects.count())
    with pytest.raises(Conflict):
        seed(Wish(seed=2, families=1, accounts=0, today=TODAY))
    assert (Family.objects.count(), Directory.objects.count()) == before


def test_more_accounts_than_families_go_to_other_adults():
    accounts = seed(Wish(seed=3, families=5, accounts=9, today=TODAY))
    assert len(accounts) == 9 + len(STAFF)
    assert len({a["nik"] for a in accounts}) == 9 + len(STAFF)


def test_without_wait_a_registration_is_paid_at_once():
    seed(Wish(seed=1, families=1, accounts=0, today=TODAY, has_wait=False))
    wait = figure("registration_wait_days", on=TODAY)
    assert (wait.value, "Demo" in wait.basis) == (0, True)


def test_the_command_prints_one_json_array_and_nothing_else():
    out, err = StringIO(), StringIO()
    call_command("seed", "--families=3", "--accounts=2", "--json", stdout=out, stderr=err)
    told = json.loads(out.getvalue())
    assert [a["role"] for a in told] == ["member", "member", *STAFF]
    assert set(told[0]) >= {"role", "nik", "card", "password", "token", "va"}
    with pytest.raises(CommandError, match="not_empty"):
        call_command("seed", "--families=3", stdout=out, stderr=err)
    with pytest.raises(CommandError, match="--families"):
        call_command("seed", "--families=0")


def test_a_seed_tells_the_same_story_again():
    def story():
        told = seed(Wish(seed=9, families=20, accounts=10, today=TODAY))
        bills = list(Bill.objects.order_by("month", "amount").values_list("month", "amount"))
        return told, bills

    first = story()
    for table in ("account_directory", "contribution_posting", "contribution_journal",
                  "contribution_bill", "contribution_payment", "contribution_virtualaccount",
                  "membership_statuschange", "membership_member", "account_contact",
                  "account_apitoken", "account_account"):  # fmt: skip
        execute(f"TRUNCATE {table} CASCADE")
    execute("TRUNCATE membership_family CASCADE")
    assert story() == first


def test_every_story_is_among_a_thousand_families():
    stories = {cast_family(1, n).story for n in range(1_000)}
    assert stories == set(Story) - {Story.NEWCOMER}


def test_places_are_counted_and_some_visits_are_reviewed(accounts):
    assert [p.broken() for p in PROMISES if p.name == "membership.places"] == [0]
    siti = accounts[0]
    person = account_of_person(Member.objects.get(family_id=whose(0), name=siti["name"]).id)
    assert person
    assert grants_of(STAFF_FACILITY, person.person_id, on=TODAY).count() == 1
    opinion = opinion_of(STAFF_FACILITY, on=TODAY)
    assert opinion.persons == 7
    assert opinion.spreads
    assert Review.objects.exclude(answer="").count() == 1
    assert len(reported()) == 1
