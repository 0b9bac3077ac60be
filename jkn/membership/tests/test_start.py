"""Beginning at /daftar/: a phone, one code, and the person is signed in at level 0."""

from __future__ import annotations

import re

import pytest

from jkn.account import jobs
from jkn.account.models import Account, Code, DeviceSession
from jkn.core.actor import Level
from jkn.membership.tests.factories import a_family, an_account, members_of, signed_in

pytestmark = pytest.mark.django_db
PHONE = "0812 3456 7890"


def begin(client, path="keluarga", phone=PHONE):
    return client.post("/daftar/", {"path": path, "phone": phone})


def sent_code(gateway):
    jobs.send_code(Code.objects.order_by("-id")[0].id)
    return gateway.last_code()


def type_code(client, code):
    return client.post("/daftar/kode/", {"kode": code})


@pytest.mark.parametrize(
    ("path", "next_page"), [("akun", "/daftar/akun/"), ("keluarga", "/daftar/keluarga/")]
)
def test_one_code_and_the_person_is_signed_in(client, gateway, path, next_page):
    assert begin(client, path)["Location"] == "/daftar/kode/"
    page = client.get("/daftar/kode/").content.decode()
    assert "6281••••••••" in page.replace("6281•••••7890", "6281••••••••")
    assert "81234567890" not in page
    done = type_code(client, sent_code(gateway))

    assert done["Location"] == next_page
    account = Account.objects.get()
    assert (account.level, account.person_id, account.family_id) == (
        Level.CONTACT_PROVEN, None, None,
    )  # fmt: skip
    assert client.get("/api/v1/session").json()["level"] == 0
    assert client.get("/daftar/kode/")["Location"] == "/daftar/"  # a code is typed once


def test_the_same_phone_again_goes_on_with_the_same_account(client, gateway):
    for _ in range(2):
        begin(client)
        type_code(client, sent_code(gateway))
        client.post("/keluar/")
    assert Account.objects.count() == 1


def test_a_phone_of_a_member_begins_anew_and_never_opens_the_members_account(client, gateway):
    """Families share phones: a code on the phone alone is not the member."""
    siti = an_account(members_of(a_family())[0], phone="6281234567890")
    begin(client)
    type_code(client, sent_code(gateway))
    told = client.get("/api/v1/session").json()
    assert told["account"] != str(siti.id)
    assert client.get("/kartu/").status_code == 403


def test_a_wrong_code_says_so_and_the_third_ends_it(client, gateway):
    begin(client)
    right = sent_code(gateway)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    pages = [type_code(client, wrong) for _ in range(3)]
    assert [p.status_code for p in pages] == [422] * 3
    assert "2 kali lagi" in pages[0].content.decode()
    assert type_code(client, right).status_code == 422
    assert not Account.objects.exists()
    assert client.get("/api/v1/session").json()["signed_in"] is False


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "123 45", "\x00"])
def test_what_is_no_code_costs_no_try(client, gateway, code):
    begin(client)
    assert type_code(client, code).status_code == 422
    assert Code.objects.get().tries == 0


@pytest.mark.parametrize(
    ("path", "phone"), [("akun", "12345"), ("akun", ""), ("", PHONE), ("other", PHONE)]
)
def test_a_bad_form_is_shown_again_with_what_was_typed(client, path, phone):
    answer = begin(client, path, phone)
    assert answer.status_code == 422
    assert not phone or f'value="{phone}"' in answer.content.decode()
    assert not Code.objects.exists()


def test_the_fourth_code_in_a_quarter_of_an_hour_is_refused_and_what_was_typed_stays(client):
    answers = [begin(client) for _ in range(4)]
    assert [a.status_code for a in answers] == [302, 302, 302, 429]
    assert PHONE in answers[3].content.decode()
    assert Code.objects.count() == 3


def test_without_a_code_asked_for_there_is_nothing_to_type(client):
    assert client.get("/daftar/kode/")["Location"] == "/daftar/"
    assert type_code(client, "123456")["Location"] == "/daftar/"


def test_a_code_is_sent_again_on_another_way(client, gateway, monkeypatch):
    begin(client)
    early = client.post("/daftar/kode/", {"channel": "sms"})
    assert early.status_code == 429
    monkeypatch.setattr("jkn.account.actions.codes.RESEND_SECONDS", 0)
    again = client.post("/daftar/kode/", {"channel": "sms"})
    assert "kirim lagi" in again.content.decode()
    assert client.post("/daftar/kode/", {"channel": "pigeon"}).status_code == 422
    assert Code.objects.get().channels == "whatsapp,sms"


def test_who_has_a_membership_goes_home():
    siti = signed_in(an_account(members_of(a_family())[0]))
    for path in ("/daftar/", "/daftar/akun/", "/daftar/keluarga/"):
        assert siti.get(path)["Location"] == "/"


def test_a_code_of_another_purpose_does_not_fit(client, gateway):
    """A code for signing in, typed where registrations are proven."""
    an_account(members_of(a_family())[0], phone="6281234567890")
    client.post("/masuk/", {"siapa": PHONE, "cara": "kode"})
    code = sent_code(gateway)
    begin(client)
    assert type_code(client, code).status_code == 422
    assert not DeviceSession.objects.filter(account_id__isnull=False).exists()


def test_the_page_names_no_number_in_its_address(client, gateway):
    begin(client)
    page = client.get("/daftar/kode/").content.decode()
    assert not re.search(r'(href|action)="[^"]*\d{6,}', page)
