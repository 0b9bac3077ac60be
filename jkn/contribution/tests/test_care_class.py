"""Changing the class: the whole family, after a year, from the next month; old bills stay."""

from __future__ import annotations

from datetime import date

import pytest

from jkn.audit.models import Entry
from jkn.contribution.actions import run_day
from jkn.contribution.models import Bill
from jkn.contribution.tests.crowd import broken_promises
from jkn.contribution.tests.factories import a_billed_family
from jkn.core.actor import Level, Role
from jkn.core.month import Month
from jkn.membership.models import Family, FamilyChange
from jkn.membership.queries import family_of
from jkn.membership.tests.factories import a_family, a_staff_account, an_account, members_of

pytestmark = pytest.mark.django_db
URL = "/keluarga/kelas/"


@pytest.fixture
def siti(on_day):
    on_day("2026-11-22")
    return a_family(names=("Siti Rahmawati", "Budi Santoso"), paid_month=Month(2026, 10).index)


def signed_in(client, family):
    client.force_login(an_account(members_of(family)[0]))
    return client


def test_siti_moves_her_family_to_class_2_from_next_month(client, siti, on_day):
    run_day(on=date(2026, 11, 1))
    client = signed_in(client, siti)
    page = client.get(URL).content.decode()
    assert "Rp200.000" in page
    assert "1 Desember 2026" in page
    assert (
        client.post(URL, {"care_class": "2", "_key": "k1"}).headers["Location"]
        == "/keluarga/?tercatat"
    )

    assert family_of(siti.family_id, on=date(2026, 11, 30)).care_class == "3"
    assert family_of(siti.family_id, on=date(2026, 12, 1)).care_class == "2"
    run_day(on=date(2026, 11, 30))
    run_day(on=date(2026, 12, 1))
    bills = Bill.objects.filter(family_id=siti.family_id).order_by("month")
    assert [(b.care_class, b.amount) for b in bills] == [("3", 70_000), ("2", 200_000)]
    family = Family.objects.get(family_id=siti.family_id)
    assert (family.care_class, family.class_since) == ("2", date(2026, 12, 1))
    on_day("2026-12-02")
    assert broken_promises() == []
    assert "Kelas 3 menjadi kelas 2" in client.get("/keluarga/").content.decode()


def test_a_server_that_slept_bills_each_month_in_its_class(siti):
    Family.objects.filter(family_id=siti.family_id).update(
        next_class="2", next_class_from=date(2026, 12, 1)
    )
    run_day(on=date(2027, 1, 5))
    bills = Bill.objects.filter(family_id=siti.family_id).order_by("month")
    assert [b.care_class for b in bills] == ["3", "2", "2"]


def test_months_paid_ahead_keep_their_class(client, siti):
    Family.objects.filter(family_id=siti.family_id).update(paid_month=Month(2027, 2).index)
    signed_in(client, siti).post(URL, {"care_class": "1", "_key": "k1"})
    assert Family.objects.get(family_id=siti.family_id).next_class_from == date(2027, 3, 1)


def test_twice_is_once_and_a_second_change_waits(client, siti):
    client = signed_in(client, siti)
    for _ in range(2):
        assert client.post(URL, {"care_class": "2", "_key": "k1"}).status_code == 302
    assert client.post(URL, {"care_class": "1", "_key": "k2"}).status_code == 409
    assert FamilyChange.objects.filter(family_id=siti.family_id).count() == 1
    assert Entry.objects.filter(verb="membership.class_changed").count() == 1


def test_within_a_year_it_is_refused_with_the_day(client, siti):
    Family.objects.filter(family_id=siti.family_id).update(class_since=date(2026, 1, 31))
    answer = signed_in(client, siti).post(URL, {"care_class": "2", "_key": "k1"})
    assert answer.status_code == 409
    assert "31 Januari 2027" in answer.content.decode()
    assert Family.objects.get(family_id=siti.family_id).next_class == ""


def test_too_soon_is_said_before_anybody_chooses(client, siti):
    Family.objects.filter(family_id=siti.family_id).update(class_since=date(2026, 1, 31))
    page = signed_in(client, siti).get(URL).content.decode()
    assert "Belum dapat pindah kelas" in page
    assert "31 Januari 2027" in page
    assert 'name="care_class"' not in page


def test_with_arrears_it_is_refused(client, on_day):
    on_day("2026-11-22")
    family = a_billed_family(months=3)
    answer = signed_in(client, family).post(URL, {"care_class": "2", "_key": "k1"})
    assert answer.status_code == 409
    assert "Lunasi iuran dulu" in answer.content.decode()


@pytest.mark.parametrize("segment", ["ppu", "pbi_jk"])
def test_who_does_not_pay_does_not_choose(client, on_day, segment):
    on_day("2026-11-22")
    family = a_family(segment=segment, paid_month=None)
    client = signed_in(client, family)
    assert "Tanyakan ke sana" in client.get(URL).content.decode()
    assert client.post(URL, {"care_class": "2", "_key": "k1"}).status_code == 422


@pytest.mark.parametrize("wanted", ["", "3", "4", "kris"])
def test_bad_input_changes_nothing(client, siti, wanted):
    answer = signed_in(client, siti).post(URL, {"care_class": wanted, "_key": "k1"})
    assert answer.status_code == 422
    assert Family.objects.get(family_id=siti.family_id).next_class_from is None


def test_andi_does_it_with_a_reason_and_rina_may_not(client, siti):
    url = f"/petugas/kepesertaan/{siti.family_id}/kelas/"
    client.force_login(a_staff_account())
    assert client.post(url, {"care_class": "2", "reason": "x"}).status_code == 403
    andi = a_staff_account(
        role=Role.BRANCH, name="Andi", facility_id="", level=Level.SEEN_FACE_TO_FACE
    )
    client.force_login(andi)
    assert client.post(url, {"care_class": "2", "_key": "k0"}).status_code == 422
    form = {"care_class": "2", "reason": "Surat permintaan", "_key": "k1"}
    assert client.post(url, form).status_code == 302
    change = FamilyChange.objects.get(family_id=siti.family_id)
    assert (change.by_name, change.reason) == ("Andi", "Surat permintaan")
    assert "Kelas 2 mulai" in client.get(f"/petugas/kepesertaan/{siti.family_id}/").content.decode()
