"""Newborns: in time and late, twins, who pays, and a mother who is not covered."""

from __future__ import annotations

from datetime import date

import pytest

from jkn.account.queries import Whose
from jkn.account.queries import family_of as by_number
from jkn.audit.models import Entry
from jkn.contribution.actions import run_day
from jkn.contribution.models import Bill
from jkn.contribution.tests.crowd import broken_promises
from jkn.contribution.tests.factories import (
    NOW,
    a_bank,
    a_bill,
    a_billed_family,
    open_accounts,
    va_of,
)
from jkn.contribution.tests.snap import Bank
from jkn.core.actor import Level, Role
from jkn.core.month import Month
from jkn.membership.models import Member, StatusChange
from jkn.membership.queries import family_of
from jkn.membership.rules import Relation, Segment, Status
from jkn.membership.tests.factories import (
    a_family,
    a_member,
    a_staff_account,
    an_account,
    members_of,
)

pytestmark = pytest.mark.django_db
URL = "/keluarga/bayi/"
DAY = date(2026, 11, 22)
NIK = "3275012510260001"


@pytest.fixture
def siti(on_day):
    """Siti's family has paid November."""
    on_day("2026-11-22")
    family = a_family(names=("Siti Rahmawati",))
    open_accounts(family)
    return family


def typed(family, **over):
    return {
        "parent": str(members_of(family)[0].id), "birth_date": "25-10-2026", "name": "Bayi Ny. Siti",
        "sex": "f", "nik": "", "twin_name": "", "twin_nik": "", "_key": "k1", **over,
    }  # fmt: skip


def signed_in(client, family):
    client.force_login(an_account(members_of(family)[0]))
    return client


def babies_of(family):
    rows = Member.objects.filter(family_id=family.family_id, relation="child")
    return list(rows.order_by("id"))


def bills_of(family):
    rows = Bill.objects.filter(family_id=family.family_id).order_by("month", "id")
    return [(str(Month.at(b.month)), b.amount, b.member_id is not None, b.status) for b in rows]


def test_on_day_28_the_baby_is_registered_and_this_month_is_billed_for_it(client, siti):
    answer = signed_in(client, siti).post(URL, typed(siti))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/keluarga/?tercatat")
    (baby,) = babies_of(siti)
    assert (baby.status, baby.birth_date, baby.has_nik) == ("candidate", date(2026, 10, 25), False)
    assert bills_of(siti) == [("2026-11", 35_000, True, "open")]
    assert by_number("card", baby.card) == Whose(siti.family_id, baby.id)
    assert broken_promises() == []
    assert Entry.objects.filter(group_id=siti.family_id, verb="membership.newborn").count() == 1


def test_the_baby_is_covered_once_its_month_is_paid(client, siti):
    signed_in(client, siti).post(URL, typed(siti))
    before = family_of(siti.family_id, on=DAY)
    assert [m.status for m in before.members] == [Status.ACTIVE, Status.CANDIDATE]

    assert Bank(a_bank()).pay(va_of(siti), "R1", 35_000).status_code == 200
    after = family_of(siti.family_id, on=DAY)
    assert [m.status for m in after.members] == [Status.ACTIVE, Status.ACTIVE]
    assert after.paid_until == NOW
    assert StatusChange.objects.filter(family_id=siti.family_id, event="first_paid").count() == 1
    assert broken_promises() == []


def test_credit_of_the_family_covers_the_baby_at_once(client, siti):
    client = signed_in(client, siti)
    client.post("/iuran/di-muka/", {"months": "2", "_key": "a1"})
    assert Bank(a_bank()).pay(va_of(siti), "R1", 70_000).status_code == 200
    client.post(URL, typed(siti))
    assert {b.status for b in babies_of(siti)} == {"active"}
    assert bills_of(siti) == [("2026-11", 35_000, True, "paid")]
    assert broken_promises() == []


def test_a_mother_without_cover_is_told_before_anything_is_typed(client, siti, on_day):
    assert "Belum ada ibu yang aktif" not in signed_in(client, siti).get(URL).content.decode()
    behind = a_billed_family(months=5)
    page = signed_in(client, behind).get(URL).content.decode()
    assert "Belum ada ibu yang aktif" in page


def test_next_month_the_baby_is_on_the_familys_bill(client, siti, on_day):
    signed_in(client, siti).post(URL, typed(siti))
    on_day("2026-12-01")
    run_day(on=date(2026, 12, 1))
    assert bills_of(siti)[-1] == ("2026-12", 70_000, False, "open")
    page = client.get("/iuran/").content.decode()
    assert "Bayi Ny. Siti: 1 orang" in page
    assert broken_promises() == []


def test_on_day_29_contributions_count_from_the_birth_month(client, siti, on_day):
    on_day("2026-11-23")
    signed_in(client, siti).post(URL, typed(siti))
    assert bills_of(siti) == [
        ("2026-10", 35_000, True, "open"), ("2026-11", 35_000, True, "open")
    ]  # fmt: skip
    assert Bank(a_bank()).pay(va_of(siti), "R1", 70_000).status_code == 200
    assert {b.status for b in babies_of(siti)} == {"active"}
    assert broken_promises() == []


def test_years_late_24_months_and_this_one_are_billed_each_at_its_tariff(client, siti):
    signed_in(client, siti).post(URL, typed(siti, birth_date="01-02-2020", nik=NIK))
    bills = bills_of(siti)
    assert (len(bills), bills[0][0], bills[-1][0]) == (25, "2024-11", "2026-11")
    assert broken_promises() == []


def test_late_months_are_of_the_class_in_which_the_family_was_then(client, siti):
    """Class 2 until September, class 3 since October."""
    for number, care_class, price in ((9, "2", 100_000), (10, "3", 35_000)):
        a_bill(siti, Month(2026, number), care_class=care_class, per_person=price)
    late = {"birth_date": "05-09-2026"}
    assert signed_in(client, siti).post(URL, typed(siti, **late)).status_code == 302
    baby = babies_of(siti)[0]
    rows = Bill.objects.filter(family_id=siti.family_id, member_id=baby.id).order_by("month")
    assert [(b.care_class, b.amount) for b in rows] == [
        ("2", 100_000), ("3", 35_000), ("3", 35_000),
    ]  # fmt: skip


def test_an_open_month_of_the_family_keeps_its_bill_and_the_baby_gets_one_beside_it(client, on_day):
    on_day("2026-11-22")
    family = a_billed_family(months=1)
    signed_in(client, family).post(URL, typed(family))
    assert bills_of(family) == [
        ("2026-11", 35_000, False, "open"), ("2026-11", 35_000, True, "open")
    ]  # fmt: skip
    assert Bank(a_bank()).pay(va_of(family), "R1", 70_000).status_code == 200
    assert {m.status for m in members_of(family)} == {"active"}
    assert family_of(family.family_id, on=DAY).paid_until == NOW
    assert broken_promises() == []


def test_a_month_that_is_not_billed_yet_is_left_to_the_run(client, on_day):
    on_day("2026-12-01")
    family = a_family()
    signed_in(client, family).post(URL, typed(family, birth_date="20-11-2026"))
    assert bills_of(family) == []
    run_day(on=date(2026, 12, 1))
    assert bills_of(family) == [("2026-12", 70_000, False, "open")]


def test_twins_are_two_members_with_two_bills(client, siti):
    form = typed(siti, twin_name="Bayi Kedua", twin_sex="m", nik=NIK, twin_nik="3275012510260002")
    signed_in(client, siti).post(URL, form)
    assert {(b.name, b.sex, b.has_nik) for b in babies_of(siti)} == {
        ("Bayi Ny. Siti", "f", True), ("Bayi Kedua", "m", True)
    }  # fmt: skip
    assert len(bills_of(siti)) == 2
    (first,) = (b for b in babies_of(siti) if b.name == "Bayi Ny. Siti")
    assert by_number("nik", NIK) == Whose(siti.family_id, first.id)
    assert broken_promises() == []


@pytest.mark.parametrize("segment", [Segment.PBI_NATIONAL, Segment.PBI_REGIONAL], ids=str)
def test_a_mother_on_the_governments_list_makes_the_baby_one(client, on_day, segment):
    on_day("2026-11-22")
    family = a_family(segment=segment.value, paid_month=None)
    signed_in(client, family).post(URL, typed(family))
    (baby,) = babies_of(family)
    assert (baby.status, baby.since) == ("active", date(2026, 10, 25))
    assert bills_of(family) == []
    assert broken_promises() == []


def test_a_workers_fourth_child_waits_for_a_place(client, on_day):
    on_day("2026-11-22")
    family = a_family(names=("Siti", "A", "B"), segment="ppu", paid_month=None)
    for member in members_of(family)[1:]:
        Member.objects.filter(family_id=family.family_id, id=member.id).update(
            birth_date=date(2015, 1, 1)
        )
    form = typed(family, twin_name="Kembar", twin_sex="f")
    signed_in(client, family).post(URL, form)
    babies = {b.name: b.status for b in babies_of(family)}
    assert (babies["Bayi Ny. Siti"], babies["Kembar"]) == ("active", "waiting_place")
    assert "bukan suami, istri, atau tiga anak pertama" in client.get("/keluarga/").content.decode()


def test_a_mother_with_arrears_is_refused_until_they_are_cleared(client, on_day):
    on_day("2026-11-22")
    family = a_billed_family(months=3)
    client = signed_in(client, family)
    answer = client.post(URL, typed(family))
    assert answer.status_code == 409
    assert "Lunasi tunggakan dulu" in answer.content.decode()
    assert "Bayi Ny. Siti" in answer.content.decode()  # what was typed is kept
    assert babies_of(family) == []

    assert Bank(a_bank()).pay(va_of(family), "R1", 105_000).status_code == 200
    assert client.post(URL, typed(family, _key="k2")).status_code == 302
    assert len(babies_of(family)) == 1


def test_twice_is_once_and_the_same_baby_again_is_refused(client, siti):
    client = signed_in(client, siti)
    client.post(URL, typed(siti))
    assert client.post(URL, typed(siti)).status_code == 302
    assert client.post(URL, typed(siti, _key="k2")).status_code == 409
    assert len(babies_of(siti)) == 1
    assert len(bills_of(siti)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"birth_date": "25-12-2026"}, {"birth_date": "31-02-2026"}, {"name": ""}, {"sex": "x"},
        {"nik": "123"}, {"parent": "1"}, {"birth_date": "01-01-2026"}, {"twin_name": "B"},
        {"twin_sex": "f"}, {"nik": NIK, "twin_name": "B", "twin_sex": "f", "twin_nik": NIK},
    ],
    ids=str,
)  # fmt: skip
def test_bad_input_is_said_and_changes_nothing(client, siti, wrong):
    answer = signed_in(client, siti).post(URL, typed(siti, **wrong))
    assert answer.status_code == 422
    assert (babies_of(siti), bills_of(siti)) == ([], [])


def test_a_nik_that_somebody_has_changes_nothing(client, siti):
    taken = members_of(siti)[0].nik
    answer = signed_in(client, siti).post(URL, typed(siti, nik=taken))
    assert answer.status_code == 409
    assert (babies_of(siti), bills_of(siti)) == ([], [])


def test_watis_child_is_not_entered_by_siti(client, siti):
    wati = a_family(names=("Wati Kusuma",))
    answer = signed_in(client, siti).post(URL, typed(siti, parent=str(members_of(wati)[0].id)))
    assert answer.status_code == 422
    assert babies_of(wati) == []


def andi(client):
    client.force_login(
        a_staff_account(
            role=Role.BRANCH, name="Andi", facility_id="", level=Level.SEEN_FACE_TO_FACE
        )
    )
    return client


def test_andi_finds_the_family_and_registers_the_baby(client, siti):
    client = andi(client)
    found = client.post("/petugas/kepesertaan/", {"kind": "nik", "number": members_of(siti)[0].nik})
    desk = found.headers["Location"]
    assert desk == f"/petugas/kepesertaan/{siti.family_id}/"
    assert "Siti Rahmawati" in client.get(desk).content.decode()
    assert client.post(f"{desk}bayi/", typed(siti)).headers["Location"] == f"{desk}?tercatat"
    assert len(babies_of(siti)) == 1
    looked = Entry.objects.filter(group_id=siti.family_id, verb="membership.desk_looked")
    assert [e.actor_name for e in looked] == ["Andi"]


def test_the_staff_page_says_which_figures_are_not_verified(client, siti):
    page = andi(client).get("/petugas/kepesertaan/").content.decode()
    assert "Pendaftaran bayi tepat waktu (hari)" in page
    assert "Perpres 82/2018 pasal 16" in page


def test_a_number_that_nobody_has_is_said(client, siti):
    answer = andi(client).post("/petugas/kepesertaan/", {"kind": "card", "number": "0009999999999"})
    assert answer.status_code == 422


def test_rina_and_strangers_stay_out(client, siti):
    url = f"/petugas/kepesertaan/{siti.family_id}/"
    assert client.post(URL, typed(siti)).status_code == 401
    client.force_login(a_staff_account())
    for page in ("/petugas/kepesertaan/", url, f"{url}bayi/", URL):
        assert client.get(page).status_code == 403
    assert client.post(f"{url}bayi/", typed(siti)).status_code == 403
    assert babies_of(siti) == []


def test_a_family_without_a_woman_registers_with_its_head(client, siti):
    head = members_of(siti)[0]
    Member.objects.filter(family_id=siti.family_id, id=head.id).update(sex="m")
    a_member(siti, name="Anak", relation=Relation.CHILD.value, birth_date=date(2020, 1, 1), sex="f")
    assert signed_in(client, siti).post(URL, typed(siti)).status_code == 302


def test_arrears_beside_a_babys_months_still_count_by_months(on_day):
    on_day("2026-11-22")
    family = a_billed_family(months=30)
    baby = a_member(family, name="Bayi", relation="child", status="suspended_arrears")
    a_bill(family, NOW.plus(-1), persons=1, member_id=baby.id)
    bank = Bank(a_bank())
    assert bank.pay(va_of(family), "R1", 26 * 35_000).status_code == 200
    assert {m.status for m in members_of(family)} == {"active"}
    assert broken_promises() == []
