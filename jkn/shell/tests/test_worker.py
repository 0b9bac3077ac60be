"""/sw.js, the manifest and the offline page."""

from __future__ import annotations

import json

from django.contrib.staticfiles import finders

from jkn.shell import web, worker
from jkn.shell.tests.factories import SITI, a_request


def test_the_worker_is_asked_for_again_but_sent_once():
    first = web.worker(a_request("/sw.js"))
    assert first.headers["Cache-Control"] == "no-cache"
    assert first.headers["Content-Type"].startswith("text/javascript")
    again = a_request("/sw.js", headers={"if-none-match": first.headers["ETag"]})
    assert web.worker(again).status_code == 304


def test_the_worker_keeps_six_files_at_most_and_they_exist():
    listed = worker.precache()
    assert len(listed) <= 6
    assert {worker.OFFLINE_PAGE, worker.UNSURE_PAGE} <= set(listed)
    assert json.dumps(listed) in worker.source(kill=False)
    assert "%" not in worker.source(kill=False).split("const LOST")[0]


def test_its_version_changes_with_what_it_keeps(monkeypatch):
    before = worker.source(kill=False)
    worker.source.cache_clear()
    monkeypatch.setattr(worker, "_content", lambda: "another style sheet")
    after = worker.source(kill=False)
    worker.source.cache_clear()
    assert before.splitlines()[0] != after.splitlines()[0]
    assert before.splitlines()[1:] == after.splitlines()[1:]


def test_the_way_back_is_one_setting(settings):
    settings.WORKER_KILL = True
    text = bytes(web.worker(a_request("/sw.js"))).decode()
    assert "registration.unregister()" in text
    assert "deleteDatabase" in text


def test_the_manifest_names_icons_that_exist():
    content = json.loads(web.manifest(a_request("/manifest.webmanifest")).content)
    assert content["id"] == content["scope"] == "/"
    assert content["lang"] == "id"
    assert {icon["purpose"] for icon in content["icons"]} == {"any", "maskable"}
    for name in ("192", "512", "maskable"):
        assert finders.find(f"shell/icon-{name}.png")


def test_the_offline_page_is_the_same_for_everyone():
    anonymous = web.offline(a_request("/luring/")).content.decode()
    siti = web.offline(a_request("/luring/", actor=SITI)).content.decode()
    assert "Siti" not in siti
    assert siti.replace('<link rel="manifest" href="/manifest.webmanifest">\n', "") == anonymous
    assert " data-offline>" in anonymous.split("<head>")[0]


def test_a_bug_of_ours_is_answered_without_anything_that_could_fail():
    response = web.server_error(a_request())
    assert response.status_code == 500
    assert b"Bukan kesalahan Anda" in response.content


def test_the_page_of_a_broken_line_has_the_places_that_the_worker_fills():
    page = web.unsure(a_request("/luring/kirim/")).content.decode()
    script = worker.source(kill=False)
    for place in (" hidden data-typed>", " hidden data-unsent>", " data-unsure>"):
        assert page.count(place) == 1
        assert script.count(f'"{place}"') == 1
    assert "data-offline" not in page, "it must not ask for itself again when the line is back"
