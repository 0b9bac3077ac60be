"""A debt whose number's holder has died: those who were billed with it see it, and the branch."""

from __future__ import annotations

from datetime import date

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from jkn.account.models import Directory
from jkn.audit.models import Entry
from jkn.contribution import jobs
from jkn.contribution.former import Hearers, former_debt, hearers_of
from jkn.contribution.left_debts import show_left_debt, viewers_of
from jkn.contribution.models import InstalmentPlan
from jkn.contribution.moves import move_members
from jkn.contribution.tests.crowd import broken_promises
from jkn.contribution.tests.factories import DAY, NOW, a_bank, a_bill, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank
from jkn.core.actor import Actor, Level, Role
from jkn.membership.acts import record_death
from jkn.membership.models import Family
from jkn.membership.moves import Move, NewHome
from jkn.membership.rules import Segment
from jkn.membership.tests.factories import (
    a_family,
    a_member,
    a_staff_account,
    an_account,
    members_of,
)
from jkn.notice.models import Notice

pytestmark = pytest.mark.django_db
ANDI = Actor(account_id=9, role=Role.BRANCH, name="Andi")
OLD = "/iuran/lama/"


@pytest.fixture
def siti(on_day):
    """Siti holds the account number; she and Budi owe September to November: 210.000 rupiah."""
    on_day("2026-11-22")
    return a_billed_family(months=3, names=("Siti", "Budi"))


def dies(family, n=0, day=DAY):
    who = members_of(family)[n]
    record_death(
        actor=ANDI, family_id=family.family_id, member_id=who.id, day=day, reason="Surat", on=DAY
    )


def leaves(family, n=1, kk="3275010101019990", segment=Segment.WORKER):
    """One of a family goes to a KK of their own; the new family."""
    home = NewHome(kk, segment, "2", None)
    move = Move(family.family_id, [members_of(family)[n].id], home)
    moved = move_members(actor=ANDI, move=move, on=DAY, reason="KK baru")
    return Family.objects.get(family_id=moved.family_id)


def page_of(client, family):
    client.force_login(
        a_staff_account(
            role=Role.BRANCH, name="Andi", facility_id="", level=Level.SEEN_FACE_TO_FACE
        )
    )
    return client.get(f"/petugas/kepesertaan/{family.family_id}/").content.decode()


def test_who_left_before_the_holder_died_sees_pays_and_is_told(client, siti):
    an_account(members_of(siti)[0])  # Siti's, whom nobody tells any more
    home = leaves(siti)
    account = an_account(members_of(home)[0])
    client.force_login(account)
    assert "Rp210.000" not in client.get(OLD).content.decode()
    dies(siti)
    assert "Rp210.000" in client.get(OLD).content.decode()
    assert hearers_of(siti.family_id) == Hearers([account.id], has_left=True)
    args = ProcrastinateJob.objects.get(task_name="contribution.tell_former").args
    jobs.tell_former(**args)
    assert Notice.objects.get(account_id=account.id).link == OLD
    assert Entry.objects.filter(verb="contribution.debt_shown").count() == 1
    assert Bank(a_bank()).pay(va_of(siti), "R1", 210_000).status_code == 200
    assert "Tidak ada tunggakan" in client.get(OLD).content.decode()


def test_who_leaves_after_the_holder_died_sees_it_and_may_pay_in_stages(client, siti):
    dies(siti, day=date(2026, 11, 2))
    home = leaves(siti, segment=Segment.SELF_PAYING)
    client.force_login(an_account(members_of(home)[0]))
    assert "Rp210.000" in client.get(OLD).content.decode()
    answer = client.post(OLD, {"stages": "2", "_key": "k"})
    assert (answer.status_code, InstalmentPlan.objects.get().family_id) == (302, siti.family_id)
    assert [p for p in broken_promises() if p != "membership.places"] == []


def test_months_after_the_death_are_no_debt_of_theirs(siti):
    home = leaves(siti)
    dies(siti, day=date(2026, 10, 3))
    assert former_debt(home.family_id, on=DAY).bills.debt.whole == 2 * 70_000 + 35_000


def test_who_had_left_before_the_debt_is_asked_for_nothing(on_day):
    on_day("2026-11-22")
    siti = a_billed_family(months=0, names=("Siti", "Ani"))
    ani = leaves(siti)
    a_bill(siti, NOW, persons=1)
    dies(siti)
    assert former_debt(ani.family_id, on=DAY) is None
    assert not Directory.objects.filter(kind="former").exists()


def test_where_nobody_is_left_the_branch_reads_what_to_do(client, siti):
    dies(siti, 1)
    dies(siti, 0)
    page = page_of(client, siti)
    assert "Tunggakan tanpa anggota di keluarga ini: Rp210.000" in page
    assert "jangan menagih mereka" in page
    assert va_of(siti) in page
    assert hearers_of(siti.family_id) == Hearers([], has_left=True)


def test_the_branch_finds_it_from_both_families(client, siti):
    home = leaves(siti)
    dies(siti)
    page = page_of(client, siti)
    assert "Tunggakan tanpa anggota di keluarga ini: Rp210.000" in page
    assert "Yang ikut ditagih dan sudah pindah melihatnya" in page
    page = page_of(client, home)
    assert f'href="/petugas/kepesertaan/{siti.family_id}/"' in page
    assert "Tunggakan keluarga lama: Rp210.000" in page
    Bank(a_bank()).pay(va_of(siti), "R1", 210_000)
    assert "Rp210.000" not in page_of(client, siti) + page_of(client, home)


def test_a_family_with_people_has_no_such_note(client, siti):
    assert "Tunggakan tanpa anggota" not in page_of(client, siti)
    dies(siti)
    assert "Tunggakan tanpa anggota" not in page_of(client, siti)


def test_a_holder_who_dies_elsewhere_leaves_it_to_who_was_billed(siti):
    """Siti works and lives in a new family with Wati; Budi left, too. Then Siti dies."""
    budi = leaves(siti)
    work = leaves(siti, 0, kk="3275010101019991")
    a_member(work, name="Wati", relation="spouse")
    assert viewers_of(siti.family_id) == [work.family_id]
    place = [m.name for m in members_of(work)].index("Siti")
    dies(work, place)
    assert viewers_of(siti.family_id) == [budi.family_id]
    assert former_debt(work.family_id, on=DAY) is None
    assert former_debt(budi.family_id, on=DAY).family_id == siti.family_id


def test_twice_is_once_and_a_debt_that_is_paid_makes_room_for_another(siti):
    home = leaves(siti)
    dies(siti)
    assert not show_left_debt(siti.family_id)
    assert Directory.objects.filter(kind="former").count() == 1
    Bank(a_bank()).pay(va_of(siti), "R1", 210_000)
    joko = a_billed_family(months=1, names=("Joko",))
    budi = [members_of(home)[0].id]
    move = Move(home.family_id, budi, joko.family_id)
    move_members(actor=ANDI, move=move, on=DAY, reason="Ikut Joko")
    a_bill(joko, NOW.plus(-1), persons=2)
    places = [m.id for m in members_of(joko)]
    last = leaves(joko, places.index(budi[0]), kk="3275010101019992")
    dies(joko, 1 - places.index(budi[0]))
    assert former_debt(last.family_id, on=DAY).family_id == joko.family_id


def test_a_stranger_learns_nothing(client, siti):
    leaves(siti)
    dies(siti)
    wati = a_family(names=("Wati",))
    client.force_login(an_account(members_of(wati)[0]))
    assert "Rp" not in client.get(OLD).content.decode()
