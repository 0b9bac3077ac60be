"""Doors: default deny, methods, bodies that are no bodies; each kind of caller in its own words."""

from __future__ import annotations

import json

import msgspec
import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.test import Client
from django.urls import path

from jkn.core.errors import (
    Conflict,
    Forbidden,
    Limited,
    NotFound,
    Refused,
    SignInNeeded,
    Unavailable,
)
from jkn.gate.doors import api, door_of, doors_of, is_dry, machine, methods, page
from jkn.gate.policy import ANYONE, MEMBER, STAFF

REFUSALS = {
    "refused": (Refused("a.b", "Kurang {n}.", n=3), 422),
    "conflict": (Conflict("a.b", "x"), 409),
    "forbidden": (Forbidden("a.b", "x"), 403),
    "signin": (SignInNeeded("a.b", "x"), 401),
    "limited": (Limited("a.b", "x", retry_after=61), 429),
    "away": (Unavailable("a.b", "x"), 503),
    "missing": (NotFound(), 404),
    "http404": (Http404("secret"), 404),
    "down": (OperationalError("secret"), 503),
    "gone": (InterfaceError("secret"), 503),
    "bug": (ZeroDivisionError("secret"), 500),
    "odd": (SuspiciousOperation("secret"), 400),
}
ran: list[object] = []


class Body(msgspec.Struct):
    name: str
    count: int = 1


class Told(msgspec.Struct):
    name: str


def raising(request, kind):
    raise REFUSALS[kind][0]


@api(who=ANYONE, method="POST", body=Body, answer=Told)
def takes(request, *, body):
    """Take a body."""
    ran.append(body)
    return Told(body.name)


@api(who=ANYONE, method="DELETE", status=204)
def drops(request):
    """Drop it."""
    ran.append("dropped")
    return HttpResponse(status=204)


@api(who=ANYONE, answer=Told)
def gives(request):
    """Give it."""
    return Told("Siti")


def tries(request):
    """Try it, or do it."""
    ran.append("tried" if is_dry(request) else "done")
    return HttpResponse(status=204)


def forgotten(request, word=""):
    ran.append("forgotten")
    return HttpResponse("open")


urlpatterns = [
    path("api/raise/<slug:kind>", api(who=ANYONE)(raising)),
    path("halaman/<slug:kind>/", page(who=ANYONE)(raising)),
    path("api/take", takes),
    path("api/both", methods(GET=gives, DELETE=drops)),
    path("api/give", gives),
    path("api/mine", methods(GET=api(who=MEMBER)(forgotten), DELETE=drops)),
    path("baca/<str:word>/", page(who=ANYONE)(forgotten)),
    path("api/dry", api(who=ANYONE, method="POST")(tries)),
    path("api/forgotten", forgotten),
    path("lupa/", forgotten),
    path("baca/", page(who=ANYONE)(forgotten)),
    path("mesin", machine()(forgotten)),
    path("api/staff", api(who=STAFF, answer=Told)(lambda request: Told("x"))),
    path("anggota/", page(who=MEMBER)(forgotten)),
]
handler400 = "jkn.gate.answers.bad_request"
handler404 = "jkn.gate.answers.not_found"
handler500 = "jkn.gate.answers.broken"
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture(autouse=True)
def _nothing_ran():
    ran.clear()


def post(client, body, kind="application/json", **more):
    return client.generic("POST", "/api/take", body, kind, **more)


# Default deny.


@pytest.mark.parametrize("path", ["/api/forgotten", "/lupa/"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "DELETE"])
def test_a_view_that_declares_nobody_is_closed(client, path, method):
    answer = client.generic(method, path)
    assert answer.status_code == 403
    assert ran == []


def test_programs_are_refused_in_json_and_people_are_sent_to_sign_in(client):
    refused = client.get("/api/staff")
    assert (refused.status_code, refused.json()["code"]) == (401, "signin.needed")
    assert refused["WWW-Authenticate"] == "Bearer"
    assert client.get("/anggota/")["Location"] == "/masuk/?lanjut=/anggota/"
    assert client.post("/anggota/").status_code == 401


def test_what_a_view_declares_can_be_read():
    door = door_of(takes)
    assert door
    assert (door.who, door.summary) == (ANYONE, "Take a body.")
    assert [d.methods for d in doors_of(methods(GET=gives, DELETE=drops))] == [
        ("GET", "HEAD"),
        ("DELETE",),
    ]
    assert doors_of(forgotten) == []


# Refusals in the caller's own form.


@pytest.mark.parametrize("kind", REFUSALS)
def test_programs_get_problem_json(kind):
    answer = Client(raise_request_exception=False).get(f"/api/raise/{kind}")
    assert answer.status_code == REFUSALS[kind][1]
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert set(told) == {"type", "code", "title", "status"}
    assert told["status"] == answer.status_code
    assert "secret" not in answer.content.decode()
    assert "{" not in told["title"]


@pytest.mark.parametrize("kind", REFUSALS)
def test_people_get_a_page(kind):
    answer = Client(raise_request_exception=False).get(f"/halaman/{kind}/")
    if kind == "signin":
        assert answer["Location"] == "/masuk/?lanjut=/halaman/signin/"
        return
    assert answer.status_code == REFUSALS[kind][1]
    assert answer["Content-Type"].startswith("text/html")
    page_text = answer.content.decode()
    assert "secret" not in page_text
    assert "Traceback" not in page_text


def test_a_sentence_is_filled_in_and_a_limit_says_when(client):
    assert client.get("/api/raise/refused").json()["title"] == "Kurang 3."
    assert client.get("/api/raise/limited")["Retry-After"] == "61"
    assert client.get("/halaman/limited/")["Retry-After"] == "61"


def test_what_is_not_there_is_said_in_the_callers_form(client):
    assert client.get("/api/v1/nothing").json()["code"] == "not_found"
    assert "tidak ada" in client.get("/tidak-ada/").content.decode()


# Methods.


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "BREW"])
def test_another_method_is_refused_with_those_that_are_taken(client, method):
    answer = client.generic(method, "/api/take")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    if method != "HEAD":
        assert answer.json()["code"] == "method.not_allowed"


def test_of_two_doors_each_has_its_method(client):
    assert client.get("/api/both").json() == {"name": "Siti"}
    assert client.delete("/api/both").status_code == 204
    assert client.post("/api/both")["Allow"] == "GET, HEAD, DELETE"


@pytest.mark.parametrize("path", ["/api/both", "/api/give"])
def test_what_may_be_got_may_be_asked_for_by_head(client, path):
    answer = client.head(path)
    assert (answer.status_code, answer.content) == (200, b"")


def test_head_is_let_in_by_the_same_policy_as_get(client):
    assert client.head("/api/staff").status_code == 401
    assert client.head("/api/mine").status_code == 401


@pytest.mark.parametrize("path", ["/api/take", "/api/both", "/mesin", "/baca/"])
def test_options_changes_nothing(client, path):
    """It passes no CSRF check and no check of the disk, so it must not reach a view."""
    body = json.dumps({"name": "Siti"})
    answer = client.generic("OPTIONS", path, body, "application/json")
    assert answer.status_code == 204
    assert answer["Allow"]
    assert ran == []


def test_a_page_refuses_a_form_that_it_does_not_take(client):
    assert client.post("/baca/").status_code == 405


@pytest.mark.parametrize(
    ("query", "does"),
    [("", "done"), ("?dry=0", "done"), ("?dry=1", "tried"), ("?dry=true", "tried")],
)
def test_a_caller_may_ask_what_a_write_would_mean(client, query, does):
    assert client.post(f"/api/dry{query}").status_code == 204
    assert ran == [does]


@pytest.mark.parametrize(
    "query", ["dry=yes", "dry=2", "dry=TRUE", "dry=01", "dry=", "dry", "dry=1&dry=0"]
)
def test_whoever_means_to_ask_never_acts_by_mistake(client, query):
    answer = client.post(f"/api/dry?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "dry.invalid")
    assert ran == []


# Bodies.


def test_a_body_is_decoded(client):
    assert post(client, '{"name": "Siti", "more": [1]}').json() == {"name": "Siti"}
    assert ran == [Body("Siti", 1)]


@pytest.mark.parametrize(
    "body", ["{", "", "null", "[]", '"text"', "{}", '{"name": 1}', '{"name": null}',
             '{"name": "a", "count": 1.5}', '{"name": "a", "count": 1e400}', "\x00", "[" * 10_000],
)  # fmt: skip
def test_a_body_of_another_shape_is_refused(client, body):
    answer = post(client, body)
    assert answer.status_code in (400, 422)
    assert answer.json()["code"] in ("body.malformed", "body.invalid")
    assert ran == []


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b'{"name": "\xc3"}', '{"name": "a"}'.encode("utf-16")]
)
def test_a_body_in_another_encoding_is_refused(client, body):
    answer = post(client, body)
    assert answer.status_code == 400
    assert ran == []


@pytest.mark.parametrize("name", ["a\\u0000b", "\\ud800", "\\udc00\\ud800"])
def test_letters_that_cannot_be_kept_are_refused(client, name):
    answer = post(client, f'{{"name": "{name}"}}')
    told = (answer.status_code, answer.json()["code"])
    assert told in ((422, "body.invalid"), (400, "body.malformed"))
    assert ran == []


@pytest.mark.parametrize("path", ["/baca/?cari=a%00b", "/baca/?%00=1", "/baca/a%00b/"])
def test_no_address_holds_nul(client, path):
    assert client.get(path).status_code == 400
    assert client.get(path.replace("%00", "%C3%A9")).status_code == 200
    assert ran == ["forgotten"]


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "", "text/json"])
def test_json_is_read_whatever_it_is_called(client, kind):
    assert post(client, '{"name": "Siti"}', kind).status_code == 200


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_is_no_json(client, kind):
    answer = post(client, "name=Siti", kind)
    assert answer.status_code == 400
    assert ran == []


def test_a_huge_body_is_refused(client, settings):
    big = json.dumps({"name": "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE})
    answer = post(client, big)
    assert (answer.status_code, answer.json()["code"]) == (413, "body.too_large")
    form = Client(enforce_csrf_checks=True).post(
        "/anggota/", "a=" + big, content_type="application/x-www-form-urlencoded"
    )
    assert form.status_code in (401, 413)
    assert ran == []


def test_a_host_that_is_not_ours_is_refused():
    answer = Client(raise_request_exception=False, headers={"host": "evil.example"}).get(
        "/halaman/odd/"
    )
    assert answer.status_code == 400
