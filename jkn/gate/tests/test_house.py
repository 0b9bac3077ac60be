"""What every request needs: room on the disk, one log line that tells no secret."""

from __future__ import annotations

import json
import logging

import pytest
from django.test import Client

from jkn.gate.logs import AllowListFilter, JsonFormatter
from jkn.gate.middleware import free_disk

NIK = "3275017101680001"


def line(record):
    AllowListFilter().filter(record)
    return json.loads(JsonFormatter().format(record))


def a_record(name="jkn.request", message="request", *args, **extra):
    record = logging.LogRecord(name, logging.INFO, __file__, 1, message, args, None)
    for field, value in extra.items():
        setattr(record, field, value)
    return record


def test_a_line_has_only_the_fields_that_are_allowed():
    told = line(a_record(route="home:card", status=200, path=f"/x/{NIK}", nik=NIK, ms=1.5))
    assert set(told) == {"at", "level", "logger", "message", "route", "status", "ms"}


def test_what_others_log_loses_its_values():
    told = line(a_record("django.request", "Not Found: %s", f"/x/{NIK}"))
    assert told["message"] == "Not Found: %s"


def test_an_error_shows_its_kind_and_places_and_not_its_text():
    try:
        raise ValueError(f"bad NIK {NIK}")
    except ValueError as error:
        record = a_record()
        record.exc_info = (type(error), error, error.__traceback__)
    told = line(record)
    assert told["error"] == "ValueError"
    assert any("test_house.py" in place for place in told["places"])
    assert NIK not in json.dumps(told)


def test_a_request_is_one_line_with_its_route(client, caplog, db):
    client.get(f"/kartu/{NIK}/?nik={NIK}")
    client.get(f"/tidak-ada/{NIK}/")
    requests = [r for r in caplog.records if r.name == "jkn.request"]
    assert [r.route for r in requests] == ["home:card-of", "-"]
    assert NIK not in " ".join(json.dumps(line(r)) for r in caplog.records)


# Free disk.


@pytest.fixture
def full(settings):
    settings.FREE_DISK_MB = 10**9
    free_disk._looked = -1e9
    yield
    free_disk._looked = -1e9


@pytest.mark.django_db
def test_on_a_full_disk_writes_are_refused_and_reads_go_on(full):
    client = Client()
    page = client.post("/daftar/", {"path": "akun", "phone": "081234567890"})
    assert page.status_code == 507
    assert "tidak bisa menyimpan" in page.content.decode()
    api = client.delete("/api/v1/sessions/1")
    assert (api.status_code, api.json()["code"]) == (507, "disk.full")
    assert client.get("/masuk/").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json() == {"database": True, "migrations": True, "jobs": True, "disk": False}
    assert client.get("/healthz").content == b"ok"


@pytest.mark.django_db
def test_a_bank_is_told_in_its_own_words_that_we_cannot_write(full):
    answer = Client().post("/openapi/v1.0/transfer-va/payment", "{}", "application/json")
    assert answer.status_code == 507
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["responseCode"] == "5072500"


@pytest.mark.django_db
def test_with_room_all_is_ready(client):
    free_disk._looked = -1e9
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert set(ready.json().values()) == {True}


def test_the_disk_is_looked_at_every_five_seconds(monkeypatch, settings):
    free_disk._looked = -1e9
    assert free_disk.has_room()
    settings.FREE_DISK_MB = 10**9
    assert free_disk.has_room()  # not looked at again yet
    free_disk._looked -= 5.1
    assert not free_disk.has_room()
    free_disk._looked = -1e9
