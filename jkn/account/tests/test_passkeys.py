"""Passkeys: added, used once per question, held after a weak proof, removed."""

from __future__ import annotations

import json
import re
import time
from datetime import timedelta

import pytest
from django.test import Client

from jkn.account.actions import proofs
from jkn.account.actions.sign_in import PROOFS
from jkn.account.authenticators import handle_of
from jkn.account.challenges import fresh_question
from jkn.account.models import DeviceSession, Passkey
from jkn.account.queries import passkeys_of
from jkn.account.rules import Strength
from jkn.account.tests import factories as cast
from jkn.account.tests.phone_key import PhoneKey
from jkn.account.tests.test_who_asks import signed_in
from jkn.core.clock import now
from jkn.core.errors import NotFound, Refused

pytestmark = pytest.mark.django_db


def question_of(page) -> str:
    found = re.search(r'name="tanya" value="([^"]+)"', page.content.decode())
    assert found
    return found.group(1)


def add(client, account, key: PhoneKey, **more: str):
    page = client.get("/pengaturan/masuk/kunci/")
    question = question_of(page)
    return client.post(
        "/pengaturan/masuk/kunci/",
        {
            "nama": "Ponsel Siti",
            "tanya": question,
            "jawab": key.make(question, handle_of(account.id)),
        }
        | more,
    )


def come_in(client, key: PhoneKey, question: str = "", **more: str):
    question = question or question_of(client.get("/masuk/", headers={"host": "localhost"}))
    return client.post("/masuk/kunci/", {"tanya": question, "jawab": key.answer(question)} | more)


def proven_by(client, how: str) -> None:
    session = client.session
    session[PROOFS] = {how: int(time.time())}
    session.save()


def test_siti_adds_a_key_and_signs_in_with_it():
    account, key = cast.siti(), PhoneKey()
    assert add(signed_in(account), account, key)["Location"] == "/pengaturan/masuk/?ok=kunci"
    client = Client()
    assert come_in(client, key, lanjut="/kartu/")["Location"] == "/kartu/"
    assert client.get("/api/v1/session").json()["account"] == str(account.id)
    stored = passkeys_of(account.id)[0]
    assert (stored.label, stored.transports, stored.sign_count) == ("Ponsel Siti", "internal", 1)


@pytest.mark.parametrize("counts", [True, False])
def test_an_answer_counts_once(counts):
    account, key = cast.siti(), PhoneKey(counts=counts)
    add(signed_in(account), account, key)
    client = Client()
    question = question_of(client.get("/masuk/", headers={"host": "localhost"}))
    answer = key.answer(question)
    assert client.post("/masuk/kunci/", {"tanya": question, "jawab": answer}).status_code == 302
    before = DeviceSession.objects.count()
    # Somebody else sends what they overheard.
    assert Client().post("/masuk/kunci/", {"tanya": question, "jawab": answer}).status_code == 422
    assert DeviceSession.objects.count() == before


@pytest.mark.parametrize(
    "key",
    [
        PhoneKey(origin="https://jahat.contoh.id"),
        PhoneKey(host="jahat.contoh.id"),
        PhoneKey(verifies=False),
    ],
    ids=["other origin", "other host", "nobody verified"],
)
def test_keys_of_other_pages_or_without_a_person_are_refused(key):
    account = cast.siti()
    assert add(signed_in(account), account, key).status_code == 422
    assert passkeys_of(account.id) == []


def test_a_key_that_was_copied_is_noticed():
    account, key = cast.siti(), PhoneKey()
    add(signed_in(account), account, key)
    come_in(Client(), key)
    key.count -= 1
    assert come_in(Client(), key).status_code == 422


def test_an_answer_to_another_question_is_refused():
    account, key = cast.siti(), PhoneKey()
    add(signed_in(account), account, key)
    answer = key.answer(fresh_question())
    refused = Client().post("/masuk/kunci/", {"tanya": fresh_question(), "jawab": answer})
    assert refused.status_code == 422


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "null", "x" * 100_000, '{"response": {"userHandle": "AAAAAAAAAAE"}}']
)
def test_broken_answers_are_refused(client, answer):
    cast.siti()
    refused = client.post("/masuk/kunci/", {"tanya": fresh_question(), "jawab": answer})
    assert refused.status_code == 422
    assert not DeviceSession.objects.exists()


def test_broken_answers_of_a_known_key_are_refused(client):
    account, key = cast.siti(), PhoneKey()
    add(signed_in(account), account, key)
    question = fresh_question()
    good = json.loads(key.answer(question))
    for name in ("clientDataJSON", "authenticatorData", "signature"):
        for value in ("", "AAAA", None, 5):
            bad = good | {"response": good["response"] | {name: value}}
            answer = client.post("/masuk/kunci/", {"tanya": question, "jawab": json.dumps(bad)})
            assert answer.status_code == 422, (name, value)


def test_a_forged_question_is_refused(client):
    key = PhoneKey()
    assert (
        client.post("/masuk/kunci/", {"tanya": "x:y", "jawab": key.answer("x:y")}).status_code
        == 422
    )


def test_a_key_after_a_code_alone_waits_72_hours():
    account, key = cast.siti(), PhoneKey()
    client = signed_in(account)
    proven_by(client, "code")
    assert add(client, account, key).status_code == 302
    assert passkeys_of(account.id)[0].usable_from > now() + timedelta(hours=71)
    assert come_in(Client(), key).status_code == 422
    Passkey.objects.update(usable_from=now())
    assert come_in(Client(), key).status_code == 302


def test_sms_alone_neither_adds_nor_removes_a_key():
    account, key = cast.siti(), PhoneKey()
    client = signed_in(account)
    add(client, account, key)
    proven_by(client, "sms")
    assert client.get("/pengaturan/masuk/kunci/")["Location"].startswith("/pengaturan/bukti/")
    stored = passkeys_of(account.id)[0]
    answer = client.post(f"/pengaturan/masuk/kunci/{stored.id}/", {"cara": "hapus"})
    assert answer["Location"].startswith("/pengaturan/bukti/")
    assert len(passkeys_of(account.id)) == 1


def test_a_key_is_renamed_and_removed_by_its_owner_only():
    account, key = cast.siti(), PhoneKey()
    client = signed_in(account)
    add(client, account, key)
    stored = passkeys_of(account.id)[0]
    address = f"/pengaturan/masuk/kunci/{stored.id}/"
    wati = signed_in(cast.wati())
    assert wati.get(address).status_code == wati.post(address, {"cara": "hapus"}).status_code == 404
    assert client.post(address, {"cara": "nama", "nama": "Tablet"}).status_code == 302
    assert passkeys_of(account.id)[0].label == "Tablet"
    assert client.post(address, {"cara": "nama", "nama": ""}).status_code == 422
    assert client.post(address, {"cara": "hapus"}).status_code == 302
    assert passkeys_of(account.id) == []
    assert come_in(Client(), key).status_code == 422


def test_the_same_key_twice_is_one():
    account, key = cast.siti(), PhoneKey()
    client = signed_in(account)
    add(client, account, key)
    assert add(client, account, key).status_code == 422
    assert len(passkeys_of(account.id)) == 1


def test_a_question_for_one_account_adds_no_key_to_another():
    siti, wati, key = cast.siti(), cast.wati(), PhoneKey()
    question = question_of(signed_in(siti).get("/pengaturan/masuk/kunci/"))
    refused = signed_in(wati).post(
        "/pengaturan/masuk/kunci/",
        {"nama": "X", "tanya": question, "jawab": key.make(question, handle_of(wati.id))},
    )
    assert refused.status_code == 422
    assert passkeys_of(wati.id) == []


def test_keys_have_a_greatest_number(monkeypatch):
    monkeypatch.setattr(proofs, "PASSKEYS_AT_MOST", 1)
    account = cast.siti()
    client = signed_in(account)
    add(client, account, PhoneKey())
    assert add(client, account, PhoneKey()).status_code == 422
    assert len(passkeys_of(account.id)) == 1


def test_acts_on_keys_that_are_not_there_find_nothing():
    actor = cast.siti().as_actor()
    with pytest.raises(NotFound):
        proofs.rename_passkey(actor=actor, passkey_id=1, label="Tablet")
    with pytest.raises(NotFound):
        proofs.remove_passkey(actor=actor, passkey_id=1, strength=Strength.STRONG)
    with pytest.raises(Refused, match=r"passkey\.label"):
        proofs.rename_passkey(actor=actor, passkey_id=1, label=" ")


def test_without_script_the_button_leads_to_a_page_of_words(client):
    assert "kata sandi atau kode" in client.get("/masuk/kunci/").content.decode()


def test_on_an_address_of_digits_no_key_is_offered(client):
    offered = client.get("/masuk/", headers={"host": "localhost:8000"}).content.decode()
    assert "data-passkey" in offered
    for host in ("127.0.0.1:8000", "127.0.0.1", "[::1]:8000"):
        page = client.get("/masuk/", headers={"host": host}).content.decode()
        assert "data-passkey" not in page, host


def test_a_key_proves_again_that_it_is_you():
    account, key = cast.siti(), PhoneKey()
    client = signed_in(account)
    add(client, account, key)
    proven_by(client, "sms")
    page = client.get("/pengaturan/bukti/?lanjut=/pengaturan/masuk/hp/")
    question = question_of(page)
    answer = client.post(
        "/pengaturan/bukti/kunci/",
        {"tanya": question, "jawab": key.answer(question), "lanjut": "/pengaturan/masuk/hp/"},
    )
    assert answer["Location"] == "/pengaturan/masuk/hp/"
    assert client.get("/pengaturan/masuk/hp/").status_code == 200
