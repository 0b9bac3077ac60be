"""What the family of before owes, seen and paid in stages by those who moved to another segment."""

from __future__ import annotations

from datetime import date

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from jkn.account.models import Account
from jkn.contribution import jobs
from jkn.contribution.actions import run_day
from jkn.contribution.former import Hearers, hearers_of
from jkn.contribution.models import InstalmentPlan
from jkn.contribution.moves import move_members
from jkn.contribution.queries import family_bills
from jkn.contribution.reminders import remind_of_stages
from jkn.contribution.tests.crowd import broken_promises
from jkn.contribution.tests.factories import DAY, a_bank, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank
from jkn.core.actor import Actor, Role
from jkn.membership.models import Family, Member
from jkn.membership.moves import Move, NewHome
from jkn.membership.rules import Segment
from jkn.membership.tests.factories import a_family, an_account, members_of
from jkn.notice.models import Notice

pytestmark = pytest.mark.django_db
URL = "/iuran/lama/"
BRANCH = Actor(account_id=9, role=Role.BRANCH, name="Andi")


def moved(months):
    """A family that owes so many months; its head is a worker now, in a family of their own."""
    old = a_billed_family(months=months, names=("Joko",))
    home = NewHome("3275010101019999", Segment.WORKER, "2", None)
    move = Move(old.family_id, [m.id for m in members_of(old)], home)
    new = move_members(actor=BRANCH, move=move, on=DAY, reason="bekerja").family_id
    return old, new


@pytest.fixture
def joko(client, on_day):
    """Joko owes eleven months of arrears and November: 420.000 rupiah."""
    on_day("2026-11-22")
    old, new = moved(12)
    client.force_login(an_account(members_of(Family.objects.get(family_id=new))[0]))
    return old


def text(answer):
    return answer.content.decode()


def test_it_is_seen_paid_in_stages_and_ends(client, joko, on_day):
    page = text(client.get(URL))
    assert "Rp420.000" in page
    assert va_of(joko) in page
    made = client.post(URL, {"stages": "2", "_key": "k"})
    assert (made.status_code, made.headers["Location"]) == (302, URL)
    assert client.post(URL, {"stages": "2", "_key": "k"}).status_code == 302
    assert client.post(URL, {"stages": "2", "_key": "k2"}).status_code == 409
    due = family_bills(joko.family_id, on=DAY).debt.amount
    assert due == 192_500 + 35_000  # half of 385.000, and November, which was billed before
    bank = Bank(a_bank())
    assert bank.pay(va_of(joko), "R1", due).status_code == 200
    assert broken_promises() == []

    on_day("2026-12-01")
    run_day(on=date(2026, 12, 1))
    assert family_bills(joko.family_id, on=date(2026, 12, 1)).debt.amount == 192_500
    assert bank.pay(va_of(joko), "R2", 192_500).status_code == 200
    assert InstalmentPlan.objects.get(family_id=joko.family_id).status == "completed"
    assert "Tidak ada tunggakan" in text(client.get(URL))
    assert broken_promises() == []


@pytest.mark.parametrize(
    ("stages", "status", "words"),
    [("37", 422, "Pilih 2 sampai 36 tahap"), ("12", 422, "paling sedikit"), ("x", 422, "angka")],
)
def test_what_is_wrong_is_said_and_nothing_is_written(client, joko, stages, status, words):
    answer = client.post(URL, {"stages": stages, "_key": "k"})
    assert answer.status_code == status
    assert words in text(answer)
    assert not InstalmentPlan.objects.exists()


def test_strangers_learn_nothing(client, joko):
    wati = a_family(names=("Wati",))
    client.force_login(an_account(members_of(wati)[0]))
    page = text(client.get(URL))
    assert "Rp" not in page
    assert client.post(URL, {"stages": "2", "_key": "k"}).status_code == 404
    client.logout()
    assert client.get(URL).status_code == 302


def test_the_bank_shows_a_family_that_everybody_left(client, joko):
    answer = client.post("/iuran/keluarga-lain/", {"number": va_of(joko)})
    assert answer.status_code == 200
    assert "Rp420.000" in text(answer)


# Who is told: those who see it on the page.


def told(account, kind):
    rows = Notice.objects.filter(account_id=account.id, kind=kind).order_by("id")
    return [(n.link, n.values.get("amount")) for n in rows]


def ran(name):
    """Run every job of a name that waits, twice: jobs run at least once."""
    task = getattr(jobs, name.removeprefix("contribution."))
    found = ProcrastinateJob.objects.filter(task_name=name).values_list("args", flat=True)
    for args in [*found, *found]:
        task(**args)
    return len(found)


@pytest.fixture
def hears(joko):
    return Account.objects.get(name="Joko")


def test_who_left_arrears_behind_is_told_of_them_and_of_each_payment(joko, hears):
    wati = an_account(members_of(a_family(names=("Wati",)))[0])
    assert ran("contribution.tell_former") == 1
    assert told(hears, "contribution.former") == [(URL, "Rp420.000")]
    Bank(a_bank()).pay(va_of(joko), "R1", 420_000)
    ran("contribution.tell_paid")
    assert told(hears, "contribution.paid") == [(URL, "Rp420.000")]
    assert not Notice.objects.filter(account_id=wati.id).exists()


def test_who_owes_nothing_is_told_of_no_debt(on_day):
    on_day("2026-11-22")
    old, _ = moved(0)
    assert not ProcrastinateJob.objects.filter(task_name="contribution.tell_former").exists()
    assert family_bills(old.family_id, on=DAY).debt.whole == 0


def test_who_stays_is_told_as_ever_and_who_left_alone_is_not(on_day):
    on_day("2026-11-22")
    old = a_billed_family(months=3, names=("Siti", "Budi"))
    siti, budi = (an_account(m) for m in members_of(old))
    home = NewHome("3275010101019998", Segment.WORKER, "2", None)
    move = Move(old.family_id, [budi.person_id], home)
    move_members(actor=BRANCH, move=move, on=DAY, reason="bekerja")
    assert ran("contribution.tell_former") == 0
    assert hearers_of(old.family_id) == Hearers([siti.id], has_left=False)


def test_without_an_account_nobody_is_told(on_day):
    on_day("2026-11-22")
    old, _ = moved(3)
    assert hearers_of(old.family_id) == Hearers([], has_left=True)
    assert ran("contribution.tell_former") == 1
    assert not Notice.objects.exists()


def test_a_stage_of_the_old_debt_is_reminded_of_and_its_end_told(client, joko, hears, on_day):
    client.post(URL, {"stages": "2", "_key": "k"})
    assert remind_of_stages(on=date(2026, 11, 24)) == 1
    ran("contribution.tell_stage")
    assert told(hears, "instalments.due") == [(URL, "Rp227.500")]
    on_day("2026-12-01")
    run_day(on=date(2026, 12, 1))
    ran("contribution.tell_missed")
    assert [link for link, _ in told(hears, "instalments.missed")] == [URL]


def test_the_dead_who_stay_behind_hide_no_debt(client, on_day):
    on_day("2026-11-22")
    old = a_billed_family(months=3, names=("Joko", "Budi"))
    joko, budi = members_of(old)
    Member.objects.filter(family_id=old.family_id, id=budi.id).update(status="deceased")
    home = NewHome("3275010101019997", Segment.WORKER, "2", None)
    new = move_members(
        actor=BRANCH, move=Move(old.family_id, [joko.id], home), on=DAY, reason="bekerja"
    )
    head = Member.objects.get(family_id=new.family_id, id=joko.id)
    account = an_account(head)
    client.force_login(account)
    assert "Rp210.000" in text(client.get(URL))
    assert hearers_of(old.family_id) == Hearers([account.id], has_left=True)
    assert ran("contribution.tell_former") == 1
