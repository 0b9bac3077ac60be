"""What the family of before owes, seen and paid in stages by those who moved to another segment."""

from __future__ import annotations

from datetime import date

import pytest

from jkn.contribution.actions import run_day
from jkn.contribution.models import InstalmentPlan
from jkn.contribution.moves import move_members
from jkn.contribution.queries import family_bills
from jkn.contribution.tests.crowd import broken_promises
from jkn.contribution.tests.factories import DAY, a_bank, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank
from jkn.core.actor import Actor, Role
from jkn.membership.models import Family
from jkn.membership.moves import Move, NewHome
from jkn.membership.rules import Segment
from jkn.membership.tests.factories import a_family, an_account, members_of

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
