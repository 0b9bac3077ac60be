"""Pages and JSON of extra family: the price, the consent, the end; a stranger learns nothing."""

from __future__ import annotations

import json
from datetime import date

import pytest

from jkn.audit.models import Entry
from jkn.core.month import Month
from jkn.employer.actions import run_day
from jkn.employer.models import EmployerBill, Extra
from jkn.employer.tests.factories import (
    an_employer_account,
)
from jkn.employer.tests.household import Home
from jkn.employer.tests.test_journey import broken
from jkn.gate.tests.hospital import Hospital, a_hospital
from jkn.membership.models import Member
from jkn.membership.rules import Status
from jkn.membership.tests.factories import (
    a_member,
    a_nik,
    a_staff_account,
    an_account,
    bearer,
    members_of,
    signed_in,
)
from jkn.membership.tests.register import register

__all__ = ["register"]
pytestmark = pytest.mark.django_db
HERE = "/keluarga/tambahan/"
DEC = date(2026, 12, 1)
NOV, DECEMBER = Month(2026, 11), Month(2026, 12)


@pytest.fixture(autouse=True)
def _november(on_day):
    on_day("2026-11-22")


@pytest.fixture
def home():
    return Home()


def test_the_page_says_the_price_and_takes_the_consent_once(home):
    siti = signed_in(home.account)
    page = siti.get(HERE).content.decode()
    assert "Rp65.000 sebulan tiap orang" in page
    assert "Desember 2026" in page
    assert "Sulastri" in page
    without = siti.post(HERE, home.typed(home.parent, consent="", _key="k0"))
    assert without.status_code == 422
    assert "Centang persetujuan" in without.content.decode()
    assert "Anak 0" not in without.content.decode()  # has a place: nothing to choose
    for _ in range(2):
        assert siti.post(HERE, home.typed(home.parent, _key="k1")).status_code == 302
    extra = Extra.objects.get()
    assert (extra.member_id, extra.consent) == (home.parent.id, "upah-2026-11")
    page = siti.get(HERE).content.decode()
    assert "Hentikan untuk Sulastri" in page
    assert "Menjadi keluarga tambahan" in siti.get("/keluarga/").content.decode()
    assert Entry.objects.filter(verb="employer.extra_asked").count() == 2
    for _ in range(2):
        assert siti.post(f"{HERE}{extra.id}/berhenti/", {"_key": "k2"}).status_code == 302
    assert Extra.objects.get().until_month == NOV.index


def test_others_of_the_family_and_strangers_learn_nothing(home):
    extra = home.ask(home.parent)
    other = signed_in(an_account(members_of(home.family)[0]))
    page = other.get(HERE).content.decode()
    assert "Rp65.000" not in page
    assert "Hanya pekerja" in page
    refused = other.post(HERE, home.typed(home.fourth))
    assert refused.status_code == 422
    strange = signed_in(Home().account)
    for browser in (other, strange):
        assert browser.post(f"{HERE}{extra.id}/berhenti/").status_code == 404
    theirs = strange.post(HERE, home.typed(home.parent))
    assert theirs.status_code == 422
    assert signed_in(a_staff_account()).get(HERE).status_code == 403
    assert Extra.objects.get().until_month is None


def test_the_employer_reads_how_many_and_not_who(home):
    ratna = signed_in(an_employer_account(home.employer))
    home.ask(home.parent)
    page = ratna.get(f"/perusahaan/pekerja/{home.employee.id}/").content.decode()
    assert "1 orang, mulai 1 Desember 2026" in page
    assert "Sulastri" not in page
    run_day(on=DEC)
    bill = EmployerBill.objects.get(employer_id=home.employer.employer_id, month=DECEMBER.index)
    page = ratna.get(f"/perusahaan/tagihan/{bill.id}/").content.decode()
    assert "1 orang, Rp65.000" in page
    assert "Sulastri" not in page
    assert (
        "Keluarga tambahan, 1 orang"
        in signed_in(home.account).get("/iuran/pemberi-kerja/").content.decode()
    )


def on_card(home, register, **over):
    """Let the register know a parent on the worker's card."""
    mother = {
        "nik": a_nik(9000), "name": "Wagiyem", "birth_date": "1950-02-01", "sex": "f",
        "relation": "parent", "alive": True, **over,
    }  # fmt: skip
    worker = {
        "nik": home.worker.nik, "name": home.worker.name, "birth_date": "1968-01-31", "sex": "f",
        "relation": "head", "alive": True,
    }  # fmt: skip
    register.answer = {**register.answer, "family": [worker, mother]}
    return {"who": "kk", "nik": mother["nik"], "birth_date": "01-02-1950"}


def test_a_parent_on_the_same_card_joins_the_family(home, register):
    siti = signed_in(home.account)
    typed = home.typed(home.parent, **on_card(home, register))
    for _ in range(2):
        assert siti.post(HERE, {**typed, "_key": "k1"}).status_code == 302
    mother = Member.objects.get(family_id=home.family.family_id, name="Wagiyem")
    assert (mother.relation, mother.status) == ("parent", "waiting_place")
    assert home.status(mother, DEC) is Status.ACTIVE
    assert register.asked[0]["kk"] == home.family.kk
    assert Extra.objects.get().member_id == mother.id
    assert broken() == []


@pytest.mark.parametrize("told", ["no match", "another relation", "another card"])
def test_whoever_is_no_parent_on_the_card_gets_one_answer(home, register, told):
    siti = signed_in(home.account)
    relation = "other" if told == "another relation" else "parent"
    typed = home.typed(home.parent, **on_card(home, register, relation=relation))
    if told == "no match":
        register.answer = {"match": False, "differs": ["kk"]}
    if told == "another card":
        register.answer = {**register.answer, "family": register.answer["family"][1:]}
    answer = siti.post(HERE, typed)
    assert answer.status_code == 422
    assert "bukan orang tua di KK Anda" in answer.content.decode()
    assert not Extra.objects.exists()


def test_a_parent_who_is_a_member_elsewhere_goes_to_the_branch(home, register):
    siti = signed_in(home.account)
    typed = on_card(home, register)
    other = Home()
    a_member(other.family, nik=typed["nik"], relation="parent", status="waiting_place")
    answer = siti.post(HERE, home.typed(home.parent, **typed))
    assert answer.status_code == 409
    assert "Kantor cabang memindahkannya" in answer.content.decode()
    assert broken() == []


def test_a_silent_register_keeps_what_was_typed(home, register):
    siti = signed_in(home.account)
    typed = on_card(home, register)
    register.status = 500
    answer = siti.post(HERE, home.typed(home.parent, **typed))
    assert answer.status_code == 503
    assert typed["nik"] in answer.content.decode()
    empty = siti.post(HERE, home.typed(home.parent, who="kk"))
    assert empty.status_code == 422


def test_family_page_and_card_say_from_when_and_until_when(home, on_day):
    siti = signed_in(home.account)
    pages = ("/keluarga/", f"/kartu/{home.parent.id}/")
    extra = home.ask(home.parent)
    for page in pages:
        assert "dijamin mulai 1 Desember 2026" in siti.get(page).content.decode()
    on_day("2026-12-01")
    for page in pages:
        assert "Keluarga tambahan sejak 1 Desember 2026" in siti.get(page).content.decode()
    run_day(on=DEC)
    home.withdraw(extra, on=DEC)
    for page in pages:
        assert "dijamin sampai 31 Desember 2026" in siti.get(page).content.decode()
    on_day("2027-01-01")
    assert "dijamin sampai 31 Desember" not in siti.get("/keluarga/").content.decode()


def test_a_hospital_reads_the_status_of_its_day(home):
    home.ask(home.parent)
    hospital = Hospital(a_hospital())
    told = [
        hospital.read(hospital.card(home.parent.card, day))["peserta"]["statusPeserta"][
            "keterangan"
        ]
        for day in ("2026-11-30", "2026-12-01", "2026-12-31")
    ]
    assert told == ["BELUM DITANGGUNG", "AKTIF", "AKTIF"]


def asked(client, account, body=None, *, method="get", path="/api/v1/extra-family", **headers):
    send = getattr(client, method)
    content = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    return send(path, **content, headers={**bearer(account), **headers})


def test_a_worker_reads_asks_and_withdraws_by_json(home, client):
    told = asked(client, home.account).json()
    assert told["jobs"][0]["each"] == 65_000
    assert told["jobs"][0]["first_month"] == "2026-12"
    assert {c["name"] for c in told["choices"]} == {"Anak Keempat", "Sulastri"}
    body = {"job": told["jobs"][0]["id"], "member_id": str(home.parent.id), "consent": True}
    for _ in range(2):
        made = asked(client, home.account, body, method="post", **{"Idempotency-Key": "k1"})
        assert made.status_code == 200
    (extra,) = made.json()["extras"]
    assert (extra["covered_from"], extra["covered_until"]) == ("2026-12-01", None)
    family = asked(client, home.account, path="/api/v1/family").json()
    days = {m["name"]: (m["extra_from"], m["extra_until"]) for m in family["members"]}
    assert days["Sulastri"] == ("2026-12-01", None)
    assert days["Anak Keempat"] == (None, None)
    ratna = an_employer_account(home.employer)
    (worker,) = asked(client, ratna, path="/api/v1/employer/employees").json()["employees"]
    assert worker["extra_family"] == 1
    path = f"/api/v1/extra-family/{extra['id']}"
    gone = asked(client, home.account, method="delete", path=path)
    assert gone.json()["extras"] == []
    assert broken() == []


@pytest.mark.parametrize(
    "over",
    [
        {"consent": False}, {"job": "1"}, {"job": "x"}, {"member_id": "1"}, {"member_id": "x"},
        {"member_id": ""}, {"member_id": "", "nik": "1", "birth_date": "1950-01-01"},
    ],
)  # fmt: skip
def test_bad_bodies_are_refused_and_change_nothing(home, client, over):
    body = {
        "job": str(home.employee.id), "member_id": str(home.parent.id), "consent": True, **over,
    }  # fmt: skip
    assert asked(client, home.account, body, method="post").status_code in (404, 409, 422)
    assert not Extra.objects.exists()
