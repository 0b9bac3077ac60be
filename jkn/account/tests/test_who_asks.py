"""Who asks: cookies and tokens, each one statement; strangers none. Devices are seen and ended."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jkn.account.actions import deactivate, issue_token, revoke_token
from jkn.account.models import ApiToken, DeviceSession
from jkn.account.queries import devices_of, tokens_of
from jkn.account.rules import device_label
from jkn.account.sessions import SessionStore
from jkn.account.tests import factories as cast
from jkn.core.actor import SYSTEM
from jkn.core.clock import day_of, now

pytestmark = pytest.mark.django_db

PHONE = "Mozilla/5.0 (Linux; Android 11; A03) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"


def signed_in(account, agent: str = PHONE) -> Client:
    client = Client(headers={"user-agent": agent})
    response = client.post(
        "/masuk/",
        {"siapa": _nik_of(account), "sandi": cast.PASSWORD, "cara": "sandi"},
    )
    assert response.status_code == 302
    return client


def _nik_of(account) -> str:
    return {"Siti Aminah": cast.SITI_NIK, "Budi Santoso": cast.BUDI_NIK, "Wati Lestari": cast.WATI_NIK,
            "Rina": cast.RINA_NIK, "Andi": cast.ANDI_NIK}[account.name]  # fmt: skip


def count(client: Client, path: str, **more) -> int:
    with CaptureQueriesContext(connection) as seen:
        client.get(path, **more)
    return len([q for q in seen if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))])


def test_a_stranger_costs_no_statement(client):
    assert count(client, "/masuk/") == 0
    assert count(client, "/api/v1/session") == 0


def test_a_cookie_or_a_token_costs_one_statement():
    account = cast.siti()
    client = signed_in(account)
    assert count(client, "/api/v1/session") == 1
    token = issue_token(account_id=account.id, label="Komputer")
    assert count(Client(), "/api/v1/session", headers={"authorization": f"Bearer {token}"}) == 1


def test_a_good_sign_in_stays_cheap(client):
    """A packaged sign-in cost 18 statements."""
    cast.siti()
    with CaptureQueriesContext(connection) as seen:
        client.post("/masuk/", {"siapa": cast.SITI_NIK, "sandi": cast.PASSWORD, "cara": "sandi"})
    plain = [q["sql"] for q in seen if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(plain) <= 11, plain


def test_neither_the_key_nor_the_token_is_stored():
    account = cast.siti()
    client = signed_in(account)
    key = client.cookies["jkn"].value
    token = issue_token(account_id=account.id, label="Komputer")
    device = DeviceSession.objects.get()
    assert bytes(device.digest) == hashlib.sha256(key.encode()).digest()
    assert key not in device.data
    assert bytes(ApiToken.objects.get().digest) == hashlib.sha256(token.encode()).digest()


def test_signed_in_answers_say_whose_they_are_and_are_not_kept():
    siti, wati = signed_in(cast.siti()), signed_in(cast.wati())
    mine, hers = siti.get("/pengaturan/perangkat/"), wati.get("/pengaturan/perangkat/")
    assert mine["X-Owner"] != hers["X-Owner"]
    assert "no-store" in mine["Cache-Control"]
    assert "Cookie" in mine["Vary"]
    assert "X-Owner" not in Client().get("/masuk/")


def test_a_device_is_named_and_one_can_be_signed_out_from_another():
    account = cast.siti()
    phone, old = (
        signed_in(account),
        signed_in(account, "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"),
    )
    assert {d.label for d in devices_of(account.id)} == {"Chrome, Android", "Firefox, Windows"}
    page = phone.get("/pengaturan/perangkat/").content.decode()
    assert "Firefox, Windows" in page
    other = next(d for d in devices_of(account.id) if d.label.startswith("Firefox"))
    ended = phone.post(f"/pengaturan/perangkat/{other.id}/", {"_key": "k1"})
    assert ended.status_code == 302
    # Effective at the next request, and the other device is told to empty itself.
    refused = old.get("/pengaturan/perangkat/")
    assert refused["Location"].startswith("/masuk/")
    assert refused["X-Revoked"] == "1"
    assert refused.cookies["jkn"]["max-age"] == 0
    assert phone.get("/pengaturan/perangkat/").status_code == 200
    # The same form sent twice says the same.
    assert (
        phone.post(f"/pengaturan/perangkat/{other.id}/", {"_key": "k1"})["Location"]
        == ended["Location"]
    )


def test_all_others_are_signed_out_at_once():
    account = cast.siti()
    here, there, elsewhere = (signed_in(account) for _ in range(3))
    assert here.post("/pengaturan/perangkat/lain/").status_code == 302
    assert here.get("/api/v1/session").json()["signed_in"]
    assert not there.get("/api/v1/session").json()["signed_in"]
    assert not elsewhere.get("/api/v1/session").json()["signed_in"]


def test_a_strangers_device_is_as_one_that_does_not_exist():
    siti, wati = cast.siti(), cast.wati()
    signed_in(siti)
    mine = devices_of(siti.id)[0].id
    client = signed_in(wati)
    theirs = client.delete(f"/api/v1/sessions/{mine}")
    nobodys = client.delete("/api/v1/sessions/123456789")
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content
    assert client.post(f"/pengaturan/perangkat/{mine}/").status_code == 404
    assert len(devices_of(siti.id)) == 1


def test_sign_out_ends_the_session_and_empties_the_phone():
    client = signed_in(cast.siti())
    response = client.post("/keluar/")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert not DeviceSession.objects.exists()
    assert client.get("/keluar/").status_code == 200
    assert client.post("/keluar/").status_code == 302


def test_public_lists_stay_on_the_phone_where_its_worker_has_wiped():
    client = signed_in(cast.siti())
    response = client.post("/keluar/?bersih")
    assert response["Clear-Site-Data"] == '"cache"'
    assert not DeviceSession.objects.exists()


def test_a_session_ends_with_its_time():
    client = signed_in(cast.siti())
    DeviceSession.objects.update(expires_at=now() - timedelta(seconds=1))
    assert not client.get("/api/v1/session").json()["signed_in"]


def test_last_seen_is_written_once_an_hour_and_a_member_stays():
    client = signed_in(cast.siti())
    long_ago = now() - timedelta(hours=2)
    DeviceSession.objects.update(last_seen=long_ago, expires_at=now() + timedelta(days=1))
    assert count(client, "/api/v1/session") == 2
    assert count(client, "/api/v1/session") == 1
    device = DeviceSession.objects.get()
    assert device.last_seen > long_ago
    assert device.expires_at > now() + timedelta(days=170)


def test_staff_sessions_last_one_shift():
    signed_in(cast.rina())
    assert DeviceSession.objects.get().expires_at < now() + timedelta(hours=12, minutes=1)


def test_rights_are_read_at_each_request():
    account = cast.siti()
    client = signed_in(account)
    token = issue_token(account_id=account.id, label="Komputer")
    deactivate(account_id=account.id, actor=SYSTEM)
    assert not client.get("/api/v1/session").json()["signed_in"]
    answer = Client().get("/api/v1/session", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401


@pytest.mark.parametrize("token", ["jkn_salah", "", "x" * 5000, "jkn_%00", "é"])
def test_a_bad_token_is_401_as_problem(client, token):
    answer = client.get("/api/v1/session", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "token.invalid"
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_revoked_token_is_refused_and_a_good_one_needs_no_csrf():
    account = cast.siti()
    signed_in(account)
    token = issue_token(account_id=account.id, label="Komputer")
    program = Client(enforce_csrf_checks=True, headers={"authorization": f"Bearer {token}"})
    device = devices_of(account.id)[0].id
    assert program.delete(f"/api/v1/sessions/{device}").status_code == 204
    assert program.delete(f"/api/v1/sessions/{device}").status_code == 404
    actor = account.as_actor()
    revoke_token(actor=actor, token_id=tokens_of(account.id)[0].id)
    assert program.get("/api/v1/session").status_code == 401


def test_a_cookie_needs_the_csrf_token():
    account = cast.siti()
    cookie = signed_in(account).cookies["jkn"].value
    browser = Client(enforce_csrf_checks=True)
    browser.cookies["jkn"] = cookie
    device = devices_of(account.id)[0].id
    assert browser.delete(f"/api/v1/sessions/{device}").status_code == 403
    csrf = browser.get("/api/v1/session").json()["csrf"]
    answer = browser.delete(f"/api/v1/sessions/{device}", headers={"x-csrftoken": csrf})
    assert answer.status_code == 204


def test_the_session_answer_tells_all_the_worker_needs():
    account = cast.siti()
    told = signed_in(account).get("/api/v1/session").json()
    assert told | {"csrf": "", "owner": ""} == {
        "signed_in": True, "csrf": "", "account": str(account.id), "role": "member", "level": 1,
        "name": "Siti Aminah", "owner": "",
    }  # fmt: skip
    assert len(told["owner"]) == 16


def test_the_sessions_answer_lists_own_devices_with_string_ids():
    account = cast.siti()
    client = signed_in(account)
    (device,) = client.get("/api/v1/sessions").json()
    assert device["id"] == str(devices_of(account.id)[0].id)
    assert device["current"] is True
    assert device["last_seen"].endswith("+07:00")
    assert Client().get("/api/v1/sessions").status_code == 401


def test_a_new_sign_in_changes_the_key():
    account = cast.siti()
    client = signed_in(account)
    before = client.cookies["jkn"].value
    client.post("/masuk/", {"siapa": cast.SITI_NIK, "sandi": cast.PASSWORD, "cara": "sandi"})
    assert client.cookies["jkn"].value != before
    assert len(devices_of(account.id)) == 1


def test_a_key_that_somebody_chose_is_never_adopted(client):
    client.cookies["jkn"] = "a" * 32
    cast.siti()
    client.post("/masuk/", {"siapa": cast.SITI_NIK, "sandi": cast.PASSWORD, "cara": "sandi"})
    assert client.cookies["jkn"].value != "a" * 32


def test_token_page_shows_the_text_once(client):
    account = cast.siti()
    client = signed_in(account)
    page = client.post("/pengaturan/token/", {"nama": "Komputer", "_key": "k"}).content.decode()
    assert page.count("jkn_") == 1
    again = client.post("/pengaturan/token/", {"nama": "Komputer", "_key": "k"})
    assert again.status_code == 302
    assert len(tokens_of(account.id)) == 1
    assert "jkn_" not in client.get("/pengaturan/token/").content.decode()
    token_id = tokens_of(account.id)[0].id
    assert signed_in(cast.wati()).post(f"/pengaturan/token/{token_id}/").status_code == 404
    assert client.post(f"/pengaturan/token/{token_id}/").status_code == 302
    assert tokens_of(account.id) == []


@pytest.mark.parametrize("label", ["", " ", "x" * 61])
def test_a_token_needs_a_name(label):
    account = cast.siti()
    assert signed_in(account).post("/pengaturan/token/", {"nama": label}).status_code == 422
    assert tokens_of(account.id) == []


def test_devices_have_short_names():
    assert device_label(PHONE) == "Chrome, Android"
    assert device_label("<script>alert(1)</script>") == ""


def test_a_token_beside_an_old_cookie_wipes_nothing():
    account = cast.siti()
    token = issue_token(account_id=account.id, label="Komputer")
    client = Client(headers={"authorization": f"Bearer {token}"})
    client.cookies["jkn"] = "a" * 32
    answer = client.get("/api/v1/session")
    assert answer.json()["signed_in"]
    assert "X-Revoked" not in answer
    assert "jkn" not in answer.cookies


def test_a_token_is_marked_once_a_day():
    account = cast.siti()
    token = issue_token(account_id=account.id, label="Komputer")
    ApiToken.objects.update(last_used=None)
    header = {"authorization": f"Bearer {token}"}
    assert count(Client(), "/api/v1/session", headers=header) == 2
    assert count(Client(), "/api/v1/session", headers=header) == 1
    assert tokens_of(account.id)[0].last_used == day_of(now())


def test_a_device_that_was_signed_out_while_it_asked_is_told(monkeypatch):
    """The row goes between reading the session and saving it."""
    client = signed_in(cast.siti())
    real = SessionStore.save

    def save(self, must_create=False):
        DeviceSession.objects.all().delete()
        real(self, must_create)

    monkeypatch.setattr(SessionStore, "save", save)
    answer = client.get("/pengaturan/masuk/autentikator/")
    assert answer["X-Revoked"] == "1"
    assert answer.cookies["jkn"]["max-age"] == 0


def test_a_program_of_a_partner_is_not_ours(client):
    """SNAP carries bearer tokens of its own; they are left to its door."""
    answer = client.get("/masuk/", headers={"authorization": "Bearer something.of.theirs"})
    assert answer.status_code == 200
