"""/masuk/ with a password: who comes in, and what strangers learn."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from jkn.account.actions.sign_in import account_by_password
from jkn.account.models import Account, DeviceSession
from jkn.account.queries import devices_of
from jkn.account.rules import identifier
from jkn.account.tests import factories as cast
from jkn.account.tests.test_codes import in_threads
from jkn.audit.models import Entry
from jkn.gate import limits

pytestmark = pytest.mark.django_db


def sign_in(client: Client, who: str, password: str = cast.PASSWORD, **more: str):
    return client.post("/masuk/", {"siapa": who, "sandi": password, "cara": "sandi", **more})


@pytest.mark.parametrize(
    "who", [cast.SITI_NIK, "3275 0145 0687 0003", cast.SITI_CARD, "Siti@contoh.id"]
)
def test_siti_signs_in_by_nik_card_or_email(client, who):
    account = cast.siti()
    response = sign_in(client, who)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert response.cookies["jkn"]["httponly"]
    session = client.get("/api/v1/session").json()
    assert session["signed_in"]
    assert session["account"] == str(account.id)
    assert Entry.objects.filter(verb="account.signed_in", actor_id=account.id).count() == 1


def test_a_phone_with_a_password_asks_for_the_nik_too(client):
    cast.siti()
    response = sign_in(client, "0812-3456-7890")
    assert response.status_code == 422
    assert 'name="nomor"' in response.content.decode()
    assert sign_in(client, "081234567890", nomor=cast.SITI_NIK).status_code == 302


def test_the_phone_must_be_the_one_of_the_nik(client):
    cast.siti()
    response = sign_in(client, "081298765432", nomor=cast.SITI_NIK)
    assert response.status_code == 422
    assert not DeviceSession.objects.exists()


def test_known_and_unknown_get_the_same_answer_of_the_same_size(client):
    cast.siti()
    known = sign_in(client, cast.SITI_NIK, "salah sekali")
    unknown = sign_in(client, cast.WATI_NIK, "salah sekali")
    assert known.status_code == unknown.status_code == 422
    assert _without_tokens(known).replace(cast.SITI_NIK, cast.WATI_NIK) == _without_tokens(unknown)
    assert not DeviceSession.objects.exists()


def _without_tokens(response) -> str:
    """Return the page without what differs at every rendering: tokens and padding."""
    return re.sub(r'value="[^"]{40,}"|<!--[^>]*-->$', "", response.content.decode())


def test_an_account_without_password_answers_alike(client):
    cast.siti(password_hash="")
    response = sign_in(client, cast.SITI_NIK)
    assert response.status_code == 422
    assert "tidak cocok" in response.content.decode()


def test_the_sixth_wrong_password_is_refused_and_the_right_one_too(client):
    cast.siti()
    for _ in range(5):
        assert sign_in(client, cast.SITI_NIK, "salah sekali").status_code == 422
    refused = sign_in(client, cast.SITI_NIK)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    # The same account by its card is the same account.
    assert sign_in(client, cast.SITI_CARD).status_code == 429
    assert not DeviceSession.objects.exists()


def test_a_good_sign_in_clears_the_count(client):
    cast.siti()
    for _ in range(4):
        sign_in(client, cast.SITI_NIK, "salah sekali")
    assert sign_in(client, cast.SITI_NIK).status_code == 302
    for _ in range(4):
        assert sign_in(Client(), cast.SITI_NIK, "salah sekali").status_code == 422


@pytest.mark.parametrize(
    "who", ["", "abc", "123", "9" * 300, "327501450687000", "3275014506870003 OR 1=1", "a@b"]
)
def test_bad_identifiers_are_refused_and_kept_in_the_form(client, who):
    response = sign_in(client, who)
    assert response.status_code == 422
    assert "errs" in response.content.decode()


def test_without_password_the_other_way_is_named(client):
    response = sign_in(client, cast.SITI_NIK, "")
    assert response.status_code == 422
    assert "Kirim kode" in response.content.decode()


@pytest.mark.parametrize(
    ("go_on", "to"),
    [
        ("/kartu/", "/kartu/"),
        ("//jahat.contoh.id/", "/"),
        ("https://jahat.contoh.id/", "/"),
        ("/\\jahat.contoh.id", "/"),
        ("javascript:alert(1)", "/"),
        ("/kartu/\r\nX: y", "/"),
    ],
)
def test_after_sign_in_only_own_pages_follow(client, go_on, to):
    cast.siti()
    assert sign_in(client, cast.SITI_NIK, lanjut=go_on)["Location"] == to


def test_staff_land_on_their_own_page(client):
    cast.rina()
    assert sign_in(client, cast.RINA_NIK)["Location"] == "/petugas/"
    cast.andi()
    assert sign_in(Client(), cast.ANDI_EMAIL)["Location"] == "/petugas/"


def test_a_clerk_who_is_also_a_member_has_two_accounts_and_two_passwords(client):
    clerk = cast.rina()
    member = cast.a_member(nik=cast.RINA_NIK, name="Rina", password="kata sandi peserta")
    sign_in(client, cast.RINA_NIK, "kata sandi peserta")
    assert [d.account_id for d in devices_of(member.id)] == [member.id]
    other = Client()
    sign_in(other, cast.RINA_NIK)
    assert len(devices_of(clerk.id)) == 1


def test_who_signs_in_on_a_shared_phone_ends_the_session_before(client):
    first, second = cast.siti(), cast.wati()
    sign_in(client, cast.SITI_NIK)
    sign_in(client, cast.WATI_NIK)
    assert devices_of(first.id) == []
    assert len(devices_of(second.id)) == 1


def test_a_closed_account_does_not_come_in(client):
    cast.siti()
    Account.objects.update(is_active=False)
    assert sign_in(client, cast.SITI_NIK).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_of_ten_wrong_passwords_at_once_five_are_compared():
    cast.siti()

    def guess() -> None:
        account_by_password(identifier(cast.SITI_NIK), "salah sekali", source="10.0.0.1")

    outcomes = in_threads(10, guess)
    assert outcomes == ["signin.account.limit"] * 5 + ["signin.wrong"] * 5


def test_a_source_has_its_own_limit(client, monkeypatch):
    monkeypatch.setitem(limits.ALLOWANCES, "signin.source", (limits.Allowance(2, 900),))
    cast.siti()
    for who in (cast.BUDI_NIK, cast.WATI_NIK):
        assert sign_in(client, who, "salah sekali").status_code == 422
    assert sign_in(client, cast.SITI_NIK).status_code == 429
    assert client.post("/masuk/", {"siapa": cast.SITI_NIK, "cara": "kode"}).status_code == 429
    assert not DeviceSession.objects.exists()
