"""The simulated message gateway: takes, shows, repeats nothing, fails on demand."""

from __future__ import annotations

import time

import pytest

from jkn.nonprod.partners.messages import Gateway
from jkn.nonprod.tests.partners import serving

MESSAGE = {"channel": "whatsapp", "to": "6280012345678", "text": "Kode Anda 123456", "id": "m1"}


@pytest.fixture
def gateway():
    with serving(Gateway(slow_seconds=0.3, kept=3).app()) as client:
        yield client


def sent(client, to="6280012345678"):
    return client.get("/messages.json", params={"to": to}).json()["messages"]


def test_a_message_is_taken_and_listed_newest_first(gateway):
    for number in ("1", "2"):
        answer = gateway.post("/messages", json={**MESSAGE, "id": number, "text": f"Kode {number}"})
        assert answer.status_code == 202
        assert answer.json() == {"id": number, "status": "accepted"}
    assert [m["text"] for m in sent(gateway)] == ["Kode 2", "Kode 1"]
    assert sent(gateway, to="628999") == []


def test_the_same_key_sends_once(gateway):
    for text in ("pertama", "kedua"):
        answer = gateway.post(
            "/messages", json={**MESSAGE, "text": text}, headers={"Idempotency-Key": "k1"}
        )
        assert answer.status_code == 202
    assert [m["text"] for m in sent(gateway)] == ["pertama"]


def test_only_so_many_are_kept(gateway):
    for number in range(5):
        gateway.post("/messages", json={**MESSAGE, "id": str(number)})
    assert [m["id"] for m in sent(gateway)] == ["4", "3", "2"]


def test_a_channel_fails_and_the_others_do_not(gateway):
    gateway.post("/mood", data={"channel": "whatsapp", "mood": "failing"})
    assert gateway.post("/messages", json=MESSAGE).status_code == 503
    assert gateway.post("/messages", json={**MESSAGE, "channel": "sms"}).status_code == 202
    gateway.post("/mood", data={"channel": "whatsapp", "mood": "slow"})
    started = time.monotonic()
    assert gateway.post("/messages", json={**MESSAGE, "id": "m2"}).status_code == 202
    assert time.monotonic() - started >= 0.3


@pytest.mark.parametrize(
    "change",
    [
        {"channel": "pigeon"},
        {"to": ""},
        {"text": None},
        {"text": "x" * 701},
        {"id": "x" * 41},
        {"id": {}},
    ],
)
def test_bad_messages_are_refused(gateway, change):
    assert gateway.post("/messages", json={**MESSAGE, **change}).status_code == 400
    assert sent(gateway) == []


def test_the_page_shows_what_was_sent_and_escapes_it(gateway):
    gateway.post("/messages", json={**MESSAGE, "text": "<script>alert(1)</script>"})
    text = gateway.get("/", params={"to": "0800-1234-5678"}).text
    assert "&lt;script&gt;" in text
    assert "<script>" not in text
    assert "Muat ulang" in text
    assert "Belum ada pesan" in gateway.get("/", params={"to": "0899"}).text


def test_a_body_that_is_too_long_is_refused(gateway):
    assert gateway.post("/messages", content=b"x" * 70_000).status_code == 400


def test_it_is_well_while_any_channel_works(gateway):
    for channel, status in (("whatsapp", 200), ("sms", 200), ("email", 503)):
        gateway.post("/mood", data={"channel": channel, "mood": "failing"})
        assert gateway.get("/healthz").status_code == status
