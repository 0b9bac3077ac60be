"""Rina checks a card at the clinic: by QR, NIK or card number; the member sees that she did."""

from __future__ import annotations

import json
import time
from datetime import date

import pytest
from django.test import Client

from jkn.audit.models import Entry
from jkn.core.actor import Role
from jkn.gate import limits
from jkn.membership.checks import _key, token_for
from jkn.membership.models import Family, Member
from jkn.membership.rules import Status
from jkn.membership.tests.factories import (
    a_family,
    a_staff_account,
    an_account,
    bearer,
    members_of,
    signed_in,
)
from jkn.membership.token import CardToken, write_token

pytestmark = pytest.mark.django_db
API = "/api/v1/card-checks"
STALE = "Salinan luring, cocokkan KTP."


@pytest.fixture(autouse=True)
def _november(on_day):
    on_day("2026-11-22")


@pytest.fixture
def rina(db):
    return a_staff_account()


@pytest.fixture
def family(db):
    return a_family(names=("Siti Rahmawati", "Budi Santoso"))


@pytest.fixture
def siti(family):
    return members_of(family)[0]


def check(account, **body):
    body.setdefault("purpose", "registration")
    return Client(headers=bearer(account)).post(API, json.dumps(body), "application/json")


def stale_token(member, seconds=3600):
    made = int(time.time()) - seconds
    return write_token(CardToken(member.family_id, member.id, made), key=_key())


def reads(family):
    return Entry.objects.filter(group_id=family.family_id, verb="membership.card_checked")


@pytest.mark.parametrize("how", ["token", "nik", "card"])
def test_rina_sees_todays_status(rina, family, siti, how):
    asked = {"token": token_for(family.family_id, siti.id), "nik": siti.nik, "card": siti.card}
    answer = check(rina, **{how: asked[how]})

    assert answer.status_code == 200
    told = answer.json()
    assert (told["status"], told["is_active"], told["on"]) == ("active", True, "2026-11-22")
    assert (told["name"], told["card"]) == ("Siti Rahmawati", siti.card)
    assert told["nik"] == f"{siti.nik[:4]}••••••••{siti.nik[-4:]}"
    assert told["fresh"] is (True if how == "token" else None)
    assert told["notice"] == ""
    assert told["primary_facility"]["code"] == siti.facility_id


def test_the_status_is_the_rules_not_the_stored_copy(rina, family, siti):
    Family.objects.filter(family_id=family.family_id).update(paid_month=family.paid_month - 2)
    told = check(rina, nik=siti.nik).json()
    assert (told["status"], told["is_active"]) == ("suspended_arrears", False)
    assert Member.objects.get(family_id=family.family_id, id=siti.id).status == Status.ACTIVE


def test_a_stale_token_answers_an_offline_copy_with_todays_status(rina, siti):
    told = check(rina, token=stale_token(siti)).json()
    assert (told["fresh"], told["notice"], told["status"]) == (False, STALE, "active")


@pytest.mark.parametrize("wrong", ["A" * 40, "-_" * 20, "é" * 40])
def test_a_forged_token_is_refused(rina, family, wrong):
    answer = check(rina, token=wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "card.token")
    assert not reads(family).exists()


def test_each_check_is_in_the_audit_with_its_purpose_and_without_a_number(rina, family, siti):
    for purpose in ("registration", "emergency", "emergency"):
        check(rina, nik=siti.nik, purpose=purpose)

    entries = list(reads(family).order_by("id"))
    assert [e.purpose for e in entries] == ["registration", "emergency", "emergency"]
    first = entries[0]
    assert (first.actor_id, first.actor_role, first.facility_id) == (
        rina.id, Role.FACILITY, rina.facility_id,
    )  # fmt: skip
    assert first.subject == siti.id
    assert siti.nik not in json.dumps(first.details)


def test_the_member_sees_who_looked_and_why(rina, siti):
    check(rina, nik=siti.nik, purpose="emergency")
    page = signed_in(an_account(siti)).get("/pengaturan/akses/").content.decode()
    assert "Rina" in page
    assert "Gawat darurat" in page
    assert "Memeriksa kartu" in page


def test_a_number_that_nobody_has_is_not_found_and_still_in_the_audit(rina, family):
    answer = check(rina, nik="3275017112990042")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    unknown = Entry.objects.get(verb="membership.card_unknown")
    assert (unknown.actor_id, unknown.details) == (rina.id, {"how": "nik"})
    assert check(rina, card="0009999999999").content == answer.content


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "card.one_of"),
        ({"nik": "1", "card": "2"}, "card.one_of"),
        ({"nik": "123"}, "nik.invalid"),
        ({"nik": "3275017101680001", "purpose": "curiosity"}, "purpose.missing"),
        ({"nik": "3275017101680001", "purpose": ""}, "purpose.missing"),
        ({"nik": 3275017101680001}, "body.invalid"),
        ({"nik": "\u0000" * 16}, "body.invalid"),
        ({"nik": "x" * 100_000}, "nik.invalid"),
    ],
)
def test_what_cannot_be_asked_is_refused(rina, body, code):
    answer = check(rina, **body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer["Content-Type"] == "application/problem+json"


def test_a_member_may_not_check_cards(siti):
    account = an_account(siti)
    assert check(account, nik=siti.nik).json()["code"] == "forbidden"
    assert check(account, nik=siti.nik).status_code == 403
    assert signed_in(account).get("/petugas/peserta/").status_code == 403


def test_a_stranger_must_sign_in(client, siti):
    answer = client.post(API, json.dumps({"nik": siti.nik, "purpose": "counter"}), "text/json")
    assert answer.status_code == 401
    page = client.get("/petugas/peserta/")
    assert page["Location"] == "/masuk/?lanjut=/petugas/peserta/"


def test_an_administrator_may_not_look_into_cards(siti):
    admin = a_staff_account(role=Role.ADMIN, name="Admin", facility_id="")
    assert check(admin, nik=siti.nik).status_code == 403


def test_branch_staff_may(siti):
    andi = a_staff_account(role=Role.BRANCH, name="Andi", facility_id="")
    assert check(andi, nik=siti.nik).status_code == 200


def test_a_person_checks_three_hundred_cards_an_hour(rina, siti, family, monkeypatch):
    assert limits.ALLOWANCES["card.check"] == (limits.Allowance(300, 3600),)
    monkeypatch.setitem(limits.ALLOWANCES, "card.check", (limits.Allowance(2, 3600),))
    answers = [check(rina, nik=siti.nik) for _ in range(3)]

    assert [a.status_code for a in answers] == [200, 200, 429]
    assert 3590 < int(answers[2]["Retry-After"]) <= 3600
    assert reads(family).count() == 2
    assert check(a_staff_account(name="Dewi"), nik=siti.nik).status_code == 200


# The page.


def ask(account, asked, purpose="registration"):
    return signed_in(account).post("/petugas/peserta/", {"asked": asked, "purpose": purpose})


def test_the_page_shows_status_and_card(rina, family, siti):
    page = ask(rina, siti.card).content.decode()
    for words in ("Siti Rahmawati", "Aktif", siti.card, "31 Januari 1968", "Kelas 3"):
        assert words in page
    assert siti.nik not in page
    assert reads(family).count() == 1


def test_the_page_says_that_a_scan_is_fresh_or_an_offline_copy(rina, family, siti):
    fresh = ask(rina, token_for(family.family_id, siti.id)).content.decode()
    assert "Kode baru saja dibuat" in fresh
    assert "Salinan luring, cocokkan KTP" in ask(rina, stale_token(siti)).content.decode()


def test_what_the_page_refuses_stays_typed(rina, family):
    answer = ask(rina, "3275017112990042", "emergency")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "tidak terdaftar" in page
    assert "3275017112990042" in page
    assert not reads(family).exists()
    assert ask(rina, "123").status_code == ask(rina, "", "").status_code == 422


def test_status_words_change_with_the_status(rina, siti):
    Member.objects.filter(family_id=siti.family_id).update(status=Status.DECEASED.value)
    page = ask(rina, siti.nik).content.decode()
    assert "Meninggal dunia" in page
    assert "Telepon 165 bila data ini salah" in page


def test_a_token_of_a_member_who_is_gone_is_as_an_unknown_number(rina, family, siti):
    Member.objects.filter(family_id=siti.family_id, id=siti.id).update(ended_on=date(2026, 11, 1))
    gone = check(rina, token=token_for(family.family_id, siti.id))
    never = check(rina, token=token_for(4711, 4712))
    assert gone.status_code == never.status_code == 404
    assert gone.content == never.content
