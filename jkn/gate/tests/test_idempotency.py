"""A POST that is repeated counts once, however often and however many at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.test import Client
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from jkn.core.actor import Actor, Role
from jkn.core.errors import Refused
from jkn.gate.actions import forget_old_keys
from jkn.gate.doors import api, page
from jkn.gate.idempotency import Answer, once
from jkn.gate.models import IdempotencyKey, Limit
from jkn.gate.policy import ANYONE

did: list[int] = []
GROUP = 4711


class Body(msgspec.Struct):
    amount: int


def _act(amount):
    """Write something, so that it can be seen to be rolled back, and count that it was done."""
    Limit.objects.create(name=f"effect.{len(did)}", key=bytes([len(did)]), hits=[])
    did.append(amount)
    if amount < 0:
        raise Refused("amount.negative", "Jumlah harus di atas nol.")
    return Answer(201, location=f"/x/{amount}/", body={"id": str(amount)})


@csrf_exempt
@api(who=ANYONE, method="POST", body=Body, status=201)
def pay(request, *, body):
    who = int(request.headers.get("X-Who", "1"))  # gate knows no accounts: the test says who asks
    request.actor = Actor(account_id=who, role=Role.MEMBER, name="Siti")
    answer = once(request, group=GROUP, act=lambda: _act(body.amount))
    return JsonResponse(answer.body, status=answer.status)


@page(who=ANYONE, methods=("GET", "POST"))
def form(request):
    answer = once(request, group=GROUP, act=lambda: _act(int(request.POST.get("amount", "1"))))
    return HttpResponse(answer.location, status=answer.status)


urlpatterns = [path("api/pay", pay, name="pay"), path("form/", form, name="form")]
handler404 = "jkn.gate.answers.not_found"
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture(autouse=True)
def _nothing_done():
    did.clear()


def send(client, amount=5, key="k1", who=1):
    headers = {"X-Who": str(who)} | ({"Idempotency-Key": key} if key else {})
    return client.post("/api/pay", {"amount": amount}, "application/json", headers=headers)


def effects():
    return Limit.objects.filter(name__startswith="effect.").count()


def test_the_same_key_and_body_gets_the_first_answer(client):
    first, again = send(client), send(client)
    assert (first.status_code, first.json()) == (201, {"id": "5"})
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert did == [5]


def test_the_same_key_with_another_body_is_refused(client):
    send(client)
    other = send(client, 6)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.other")
    assert did == [5]


def test_another_key_is_another_act(client):
    send(client, key="k1")
    send(client, key="k2")
    assert did == [5, 5]


def test_without_a_key_nothing_is_remembered(client):
    send(client, key="")
    assert did == [5]
    assert not IdempotencyKey.objects.exists()


def test_a_key_belongs_to_who_sent_it(client):
    send(client)
    assert send(client, 6, who=2).status_code == 201
    assert did == [5, 6]


def test_a_refusal_stores_nothing_and_frees_the_key(client):
    refused = send(client, -1)
    assert (refused.status_code, refused.json()["code"]) == (422, "amount.negative")
    assert not IdempotencyKey.objects.exists()
    assert effects() == 0  # what it wrote is gone too
    assert send(client, 5).status_code == 201


@pytest.mark.parametrize("key", ["x" * 65, "dengan spasi", "é", "a\tb"])
def test_a_key_that_is_none_is_refused(client, key):
    answer = client.post("/api/pay", {"amount": 5}, "application/json", HTTP_IDEMPOTENCY_KEY=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency.invalid")
    assert did == []


def test_a_form_carries_its_key_in_a_hidden_field(client):
    body = {"amount": "7", "_key": "k1", "csrfmiddlewaretoken": "first"}
    first = client.post("/form/", body)
    again = client.post("/form/", {**body, "csrfmiddlewaretoken": "second"})
    assert first.content == again.content == b"/x/7/"
    assert client.post("/form/", {**body, "amount": "8"}).status_code == 422
    assert did == [7]


def test_one_key_on_two_addresses_is_two_acts(client):
    send(client)
    client.post("/form/", {"amount": "7", "_key": "k1"})
    assert did == [5, 7]


def test_reading_uses_no_key(client):
    client.get("/form/", headers={"Idempotency-Key": "k1"})
    client.get("/api/v1/session", headers={"Idempotency-Key": "k1"})
    assert IdempotencyKey.objects.count() <= 1


def test_what_is_stored_is_status_address_and_ids_only(client):
    send(client)
    row = IdempotencyKey.objects.get()
    assert (row.status, row.location, row.body) == (201, "/x/5/", {"id": "5"})
    assert len(bytes(row.digest)) == 32


def test_keys_live_thirty_days(client):
    send(client, key="old")
    send(client, key="young")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE gate_idempotencykey SET at = now() - interval '31 days' WHERE key = 'old'"
        )
    forget_old_keys()
    assert [row.key for row in IdempotencyKey.objects.all()] == ["young"]


@pytest.mark.django_db(transaction=True)
def test_sixteen_at_once_are_one_act_and_all_get_its_answer(client):
    gate = threading.Barrier(16)

    def one(_):
        try:
            connection.ensure_connection()
            gate.wait(20)
            return send(Client())
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(one, range(16)))
    assert {(a.status_code, a.content) for a in answers} == {(201, b'{"id": "5"}')}
    assert effects() == 1


@pytest.mark.django_db(transaction=True)
def test_after_a_refused_first_one_a_waiting_one_may_act(client):
    """Sixteen at once whose first is refused: each is refused, the key stays free."""
    gate = threading.Barrier(8)

    def one(n):
        try:
            connection.ensure_connection()
            gate.wait(20)
            return send(Client(), -1).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(one, range(8))) == {422}
    assert effects() == 0
    assert send(client).status_code == 201
