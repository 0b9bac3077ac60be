"""Whoever asks for a number of another family hears what a number that is not there answers."""

from __future__ import annotations

import json
import re

import httpx
import pytest

NOBODYS = 9_100_000_000_000_000_001
# What differs from one answer to the next for everyone: the time, the form's token and key, and
# the padding that hides a page's length.
_VARYING = re.compile(
    rb'<p class="net.*?</p>|name="(?:csrfmiddlewaretoken|_key)" value="[^"]*"|<!--.*?-->', re.DOTALL
)
_OF_THE_LINE = {"date", "set-cookie", "content-length", "connection", "transfer-encoding"}
# Route → where its owner finds a number of theirs. Every route with a number must stand here.
PAGES = {
    "/kartu/<int:id>/": "member",
    "/iuran/riwayat/<int:id>/": "payment",
    "/iuran/riwayat/<int:id>/kuitansi.pdf": "payment",
    "/pengaturan/masuk/kunci/<int:passkey_id>/": "session",
    "/keluarga/data/<int:member_id>/": "member",
    "/keluarga/faskes/<int:member_id>/": "member",
}
# The branch may open every family; the doors' own tests show that nobody else gets in, and those of
# jkn/employer what another employer or worker hears. A year is no number of anybody's, and a review
# is public.
OF_OTHERS = ("/petugas/", "/perusahaan/")
NOBODYS_ROUTES = {
    "/iuran/riwayat/tahun/<int:year>.pdf", "/faskes/<slug:code>/ulasan/<int:review_id>/lapor/",
    "/keluarga/tambahan/<int:id>/berhenti/", "/api/v1/extra-family/<int:id>",
}  # fmt: skip
FORMS = {
    "/pengaturan/perangkat/<int:session_id>/": "session",
    "/pengaturan/token/<int:token_id>/": "token",
    "/pengaturan/masuk/kunci/<int:passkey_id>/": "session",
}
API = {
    ("POST", "/api/v1/bills/<int:id>/pay"): "bill",
    ("GET", "/api/v1/bills/<int:id>/qris"): "bill",
    ("DELETE", "/api/v1/sessions/<int:session_id>"): "session",
}


@pytest.fixture
def api(stack):
    def ask(account, method, path, **more):
        token = {"Authorization": f"Bearer {account['token']}", **more.pop("headers", {})}
        return httpx.request(method, stack.url(path), headers=token, **more)

    return ask


@pytest.fixture
def jokos(stack, visitor, api):
    """Numbers that are Joko's, by kind; Wati is to ask for them."""
    joko = stack.account("Joko Susanto")
    program = visitor(joko)

    def found(path, pattern):
        return re.search(pattern, program.get(path).text)[1]

    return {
        "member": found("/kartu/", r'href="/kartu/(\d+)/"'),
        "payment": found("/iuran/riwayat/", r'href="/iuran/riwayat/(\d+)/"'),
        "token": found("/pengaturan/token/", r'action="/pengaturan/token/(\d+)/"'),
        "session": api(joko, "GET", "/api/v1/sessions").json()[0]["id"],
        "bill": api(joko, "GET", "/api/v1/bills").json()["bills"][0]["id"],
    }


def same(theirs, nobodys, number):
    """Compare two answers to the last byte, but for what varies and the number asked for."""

    def plain(answer, asked):
        body = _VARYING.sub(b"", answer.content).replace(str(asked).encode(), b"?")
        heads = {k: v for k, v in answer.headers.items() if k not in _OF_THE_LINE}
        return answer.status_code, heads, body

    assert plain(theirs, number) == plain(nobodys, NOBODYS)


def test_no_route_with_a_number_is_left_out(stack):
    routes = json.loads(stack.manage("routes", "--json"))
    with_number = {r["path"] for r in routes if "<int:" in r["path"]}
    known = {*PAGES, *FORMS, *(path for _, path in API), *NOBODYS_ROUTES}
    assert {path for path in with_number - known if not path.startswith(OF_OTHERS)} == set()


@pytest.mark.parametrize("route", PAGES)
def test_a_page_of_somebody_else_is_not_there(stack, visitor, jokos, route):
    wati, number = visitor(stack.account("Wati Kusuma")), jokos[PAGES[route]]
    theirs, nobodys = (wati.get(re.sub("<int:[a-z_]+>", str(n), route)) for n in (number, NOBODYS))
    assert theirs.status_code == 404
    same(theirs, nobodys, number)


@pytest.mark.parametrize("route", FORMS)
def test_a_form_about_something_of_somebody_else_changes_nothing(stack, visitor, jokos, route):
    wati, number = visitor(stack.account("Wati Kusuma")), jokos[FORMS[route]]
    theirs, nobodys = (
        wati.post(re.sub("<int:[a-z_]+>", str(n), route), {"cara": "hapus"}, form_on="/pengaturan/")
        for n in (number, NOBODYS)
    )
    assert theirs.status_code in (302, 404)
    same(theirs, nobodys, number)
    again = visitor(stack.account("Joko Susanto"))
    assert again.get("/pengaturan/token/").text.count('action="/pengaturan/token/') >= 2


@pytest.mark.parametrize(("method", "route"), API)
@pytest.mark.parametrize("who", ["Wati Kusuma", "Rina Marlina"])
def test_the_api_answers_alike(stack, api, jokos, who, method, route):
    asking, number = stack.account(who), jokos[API[method, route]]
    theirs, nobodys = (
        api(
            asking, method, re.sub("<int:[a-z_]+>", str(n), route),
            headers={"Idempotency-Key": f"stranger-{who[:4]}-{n}"},
            json={"channel": "va", "bank": "BCA"},
        )
        for n in (number, NOBODYS)
    )  # fmt: skip
    assert theirs.status_code in (403, 404)
    same(theirs, nobodys, number)


def test_who_is_not_signed_in_is_told_nothing_either(stack, visitor, jokos):
    nobody = visitor()
    for route, kind in PAGES.items():
        theirs, nobodys = (
            nobody.get(re.sub("<int:[a-z_]+>", str(n), route)) for n in (jokos[kind], NOBODYS)
        )
        assert theirs.status_code == 302
        assert theirs.headers["location"].replace(str(jokos[kind]), "?") == nobodys.headers[
            "location"
        ].replace(str(NOBODYS), "?")
