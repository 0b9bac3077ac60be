"""Correcting data: Siti asks, Andi decides within 72 hours with a reason, Siti reads it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jkn.account.queries import Whose
from jkn.account.queries import family_of as by_number
from jkn.audit.models import Entry
from jkn.core.actor import Level, Role
from jkn.core.clock import now
from jkn.membership.models import Correction, Member, StatusChange
from jkn.membership.promises import PROMISES
from jkn.membership.tests.factories import (
    a_family,
    a_member,
    a_staff_account,
    an_account,
    members_of,
)

pytestmark = pytest.mark.django_db
NIK = "3275012510260001"


@pytest.fixture
def siti(on_day):
    on_day("2026-11-22")
    return a_family(names=("Siti Rahmawati", "Budi Santoso"))


def member(family, n=0):
    return members_of(family)[n]


def url(family):
    return f"/keluarga/data/{member(family).id}/"


def ask(client, family, field, value, key="k1"):
    client.force_login(an_account(member(family)))
    return client.post(url(family), {"field": field, "value": value, "_key": key})


def andi(client):
    client.force_login(
        a_staff_account(
            role=Role.BRANCH, name="Andi", facility_id="", level=Level.SEEN_FACE_TO_FACE
        )
    )
    return client


def decide(client, row, decision="accept", key="d1", reason="Cocok dengan KK"):
    desk = f"/petugas/kepesertaan/{row.family_id}/perbaikan/{row.id}/"
    return client.post(desk, {"decision": decision, "reason": reason, "_key": key})


def fresh(family):
    return Member.objects.get(family_id=family.family_id, id=member(family).id)


def test_siti_asks_andi_decides_and_siti_reads_the_reason(client, siti):
    answer = ask(client, siti, "name", "Siti  Rachmawati")
    assert answer.headers["Location"] == url(siti)
    row = Correction.objects.get(family_id=siti.family_id)
    assert timedelta(hours=71) < row.due_at - now() <= timedelta(hours=72)
    page = client.get(url(siti)).content.decode()
    assert "Siti Rahmawati menjadi Siti Rachmawati" in page
    assert page.index("Dijawab paling lambat") < page.index("<form"), "the first screen says so"
    assert fresh(siti).name == "Siti Rahmawati"

    client = andi(client)
    assert "Nama" in client.get("/petugas/kepesertaan/perbaikan/").content.decode()
    desk = client.get(f"/petugas/kepesertaan/{siti.family_id}/perbaikan/{row.id}/").content.decode()
    assert "Siti Rachmawati" in desk
    assert "Data kependudukan belum menjawab." in desk
    assert decide(client, row).headers["Location"] == "/petugas/kepesertaan/perbaikan/"
    assert fresh(siti).name == "Siti Rachmawati"
    assert Correction.objects.get(family_id=siti.family_id).decided_by == "Andi"
    client.force_login(an_account(member(siti, 1)))
    page = client.get(url(siti)).content.decode()
    assert page.index("<form") < page.index("Alasan petugas: Cocok dengan KK")
    assert Entry.objects.filter(verb__startswith="membership.correction").count() == 2


@pytest.mark.parametrize(
    ("field", "typed", "held"),
    [("birth_date", "01-02-1968", date(1968, 2, 1)), ("sex", "Laki-laki", "m")],
)
def test_each_field_is_corrected_in_its_form(client, siti, field, typed, held):
    ask(client, siti, field, typed)
    decide(andi(client), Correction.objects.get(family_id=siti.family_id))
    assert getattr(fresh(siti), field) == held


def test_a_new_nik_moves_the_directory_with_it(client, siti):
    old = member(siti).nik
    ask(client, siti, "nik", NIK)
    sealed = Correction.objects.get(family_id=siti.family_id)
    assert NIK.encode() not in bytes(sealed.sealed)
    decide(andi(client), sealed)
    assert fresh(siti).nik == NIK
    assert by_number("nik", NIK) == Whose(siti.family_id, member(siti).id)
    assert by_number("nik", old) is None
    assert [p.name for p in PROMISES if p.broken()] == []


def test_a_baby_on_hold_is_covered_again_with_its_nik(client, siti):
    baby = a_member(
        siti, name="Bayi", nik="", has_nik=False, status="data_hold", relation="child",
        birth_date=date(2026, 5, 1),
    )  # fmt: skip
    client.force_login(an_account(member(siti)))
    client.post(f"/keluarga/data/{baby.id}/", {"field": "nik", "value": NIK, "_key": "k1"})
    decide(andi(client), Correction.objects.get(family_id=siti.family_id))
    held = Member.objects.get(family_id=siti.family_id, id=baby.id)
    assert (held.status, held.has_nik, held.nik) == ("active", True, NIK)
    assert StatusChange.objects.filter(member_id=baby.id, event="data_confirmed").count() == 1


def test_a_refusal_changes_nothing_and_says_why(client, siti):
    ask(client, siti, "name", "Orang Lain")
    row = Correction.objects.get(family_id=siti.family_id)
    decide(andi(client), row, "refuse", reason="KK tidak cocok")
    assert fresh(siti).name == "Siti Rahmawati"
    client.force_login(an_account(member(siti, 1)))
    assert "KK tidak cocok" in client.get(url(siti)).content.decode()


def test_twice_is_once_and_another_decision_is_a_conflict(client, siti):
    ask(client, siti, "name", "Siti R")
    assert client.post(
        url(siti), {"field": "name", "value": "Siti R", "_key": "k1"}
    ).status_code == 302  # fmt: skip
    again = client.post(url(siti), {"field": "name", "value": "Siti Er", "_key": "k2"})
    assert again.status_code == 409
    row = Correction.objects.get(family_id=siti.family_id)
    client = andi(client)
    assert decide(client, row).status_code == 302
    assert decide(client, row, key="d2").status_code == 302
    assert decide(client, row, "refuse", key="d3").status_code == 409
    assert fresh(siti).name == "Siti R"


def test_after_72_hours_both_are_told_that_it_is_late(client, siti):
    ask(client, siti, "name", "Siti R")
    Correction.objects.update(due_at=now() - timedelta(minutes=1))
    assert "Jawaban kami terlambat" in client.get(url(siti)).content.decode()
    assert "Lewat batas" in andi(client).get("/petugas/kepesertaan/perbaikan/").content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("nik", "123"), ("birth_date", "31-02-2020"), ("sex", "x"), ("name", ""), ("kk", "1"),
        ("name", "Siti Rahmawati"),
    ],
)  # fmt: skip
def test_bad_input_is_said_and_nothing_is_kept(client, siti, field, value):
    assert ask(client, siti, field, value).status_code == 422
    assert Correction.objects.count() == 0


def test_a_nik_of_somebody_else_is_refused_and_nothing_changes(client, siti):
    wati = a_family(names=("Wati",))
    ask(client, siti, "nik", member(wati).nik)
    row = Correction.objects.get(family_id=siti.family_id)
    before = member(siti).nik
    assert decide(andi(client), row).status_code == 409
    assert fresh(siti).nik == before
    assert Correction.objects.get(family_id=siti.family_id).state == "asked"


def test_strangers_learn_nothing_and_rina_may_not_decide(client, siti):
    ask(client, siti, "name", "Siti R")
    row = Correction.objects.get(family_id=siti.family_id)
    wati = a_family(names=("Wati",))
    client.force_login(an_account(member(wati)))
    assert client.get(url(siti)).status_code == 404
    assert decide(client, row).status_code == 403
    client.force_login(a_staff_account())
    assert decide(client, row).status_code == 403
    assert client.get("/petugas/kepesertaan/perbaikan/").status_code == 403
    assert decide(andi(client), row, reason="").status_code == 422
    assert fresh(siti).name == "Siti Rahmawati"
