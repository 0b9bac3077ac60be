"""/lupa/: a code to a proven contact, a new password, every other device out."""

from __future__ import annotations

import pytest
from django.test import Client

from jkn.account.models import Account, Contact, DeviceSession
from jkn.account.queries import devices_of, holds_of, password_is_held
from jkn.account.tests import factories as cast
from jkn.account.tests.test_codes import run_jobs
from jkn.account.tests.test_second import digits, with_authenticator
from jkn.account.tests.test_sign_in import sign_in
from jkn.account.tests.test_who_asks import signed_in
from jkn.notice.models import Notice, Outbound

pytestmark = pytest.mark.django_db
NEW = "hujan sore di bekasi"


def with_code(client, gateway, who: str = cast.SITI_NIK):
    assert client.post("/lupa/", {"siapa": who})["Location"] == "/masuk/kode/"
    run_jobs(client)
    return client.post("/masuk/kode/", {"kode": gateway.last_code()})


def test_siti_sets_a_new_password_and_is_signed_in(client, gateway):
    account = cast.siti()
    old = signed_in(account)
    assert with_code(client, gateway)["Location"] == "/lupa/sandi/"
    assert client.get("/lupa/sandi/").status_code == 200
    assert client.post("/lupa/sandi/", {"sandi": NEW})["Location"] == "/"
    assert client.get("/api/v1/session").json()["signed_in"]
    assert not old.get("/api/v1/session").json()["signed_in"]
    assert sign_in(Client(), cast.SITI_NIK).status_code == 422
    assert sign_in(Client(), cast.SITI_NIK, NEW).status_code == 302
    assert Notice.objects.get(account_id=account.id).kind == "security"
    assert Outbound.objects.get(account_id=account.id).state == "queued"


@pytest.mark.parametrize(
    ("password", "words"),
    [("1234567", "paling sedikit 8"), ("x" * 129, "paling banyak 128"), ("", "paling sedikit 8")],
)
def test_only_the_length_is_asked_for_and_the_refusal_says_so(client, gateway, password, words):
    account = cast.siti()
    with_code(client, gateway)
    refused = client.post("/lupa/sandi/", {"sandi": password})
    assert refused.status_code == 422
    assert words in refused.content.decode()
    assert sign_in(Client(), cast.SITI_NIK).status_code == 302
    assert len(devices_of(account.id)) == 1
    # What was proven is not lost by it.
    assert client.post("/lupa/sandi/", {"sandi": "aaaaaaaa"}).status_code == 302


def test_the_new_password_is_worth_no_more_than_the_code_for_72_hours(client, gateway):
    account = cast.siti()
    with_code(client, gateway)
    client.post("/lupa/sandi/", {"sandi": NEW})
    assert password_is_held(account.id)
    other = Client()
    sign_in(other, cast.SITI_NIK, NEW)
    answer = other.get("/pengaturan/masuk/hp/")
    assert answer["Location"].startswith("/pengaturan/bukti/")


def test_with_an_authenticator_both_are_asked_and_nothing_is_held(client, gateway):
    account = cast.siti()
    with_authenticator(account)
    assert with_code(client, gateway)["Location"] == "/masuk/kedua/"
    assert client.get("/lupa/sandi/")["Location"] == "/lupa/"
    assert client.post("/masuk/kedua/", {"kode": digits()})["Location"] == "/lupa/sandi/"
    assert client.post("/lupa/sandi/", {"sandi": NEW}).status_code == 302
    assert holds_of(account.id) == {}


def test_people_on_one_phone_choose_whose_password(client, gateway):
    cast.siti()
    budi = cast.budi()
    assert with_code(client, gateway, cast.SITI_PHONE)["Location"] == "/masuk/pilih/"
    assert client.post("/masuk/pilih/", {"orang": str(budi.id)})["Location"] == "/lupa/sandi/"
    client.post("/lupa/sandi/", {"sandi": NEW})
    assert sign_in(Client(), cast.BUDI_NIK, NEW).status_code == 302
    assert sign_in(Client(), cast.SITI_NIK).status_code == 302


def test_the_proof_counts_once(client, gateway):
    cast.siti()
    with_code(client, gateway)
    kept = client.cookies["masuk"].value
    client.post("/lupa/sandi/", {"sandi": NEW})
    again = Client()
    again.cookies["masuk"] = kept
    assert again.post("/lupa/sandi/", {"sandi": "sandi lain sekali"}).status_code == 422
    assert sign_in(Client(), cast.SITI_NIK, NEW).status_code == 302


def test_unknown_people_go_the_same_way(client, gateway):
    assert client.post("/lupa/", {"siapa": cast.WATI_NIK})["Location"] == "/masuk/kode/"
    run_jobs(client)
    assert gateway.sent == []


def test_a_contact_that_was_never_proven_gets_no_code(client, gateway):
    cast.siti()
    Contact.objects.update(proven_at=None)
    client.post("/lupa/", {"siapa": cast.SITI_NIK})
    run_jobs(client)
    assert gateway.sent == []


def test_the_last_page_needs_the_code(client):
    cast.siti()
    before = Account.objects.get().password
    assert client.post("/lupa/sandi/", {"sandi": NEW})["Location"] == "/lupa/"
    assert Account.objects.get().password == before
    assert not DeviceSession.objects.exists()
