"""300 script payloads in every text field of reviews show as text, wherever they are read."""

from __future__ import annotations

import os
from html.parser import HTMLParser

import pytest

from jkn.facility.models import Review
from jkn.facility.tests.payloads import payloads
from jkn.facility.tests.people import a_clerk, a_person, andi_of_the_branch, signed_in
from jkn.facility.tests.test_reviews import CLINIC, LIST, WRITE, form, visited

pytestmark = pytest.mark.django_db
PLAIN = "Baik sekali."
# No page of ours has these.
FOREIGN = {"img", "iframe", "object", "embed", "video", "audio", "math", "xmp", "base", "marquee"}
PARTS = 10  # each a test of its own: a transaction ends after half a minute
# All 300 with LONG=1; else 60 of them, since each takes six pages.
CHOSEN = range(PARTS) if os.environ.get("JKN_LONG") == "1" else range(2)


class Seen(HTMLParser):
    """What a browser makes of a page: its elements with their attributes' names, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, ...]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, *(name for name, _ in attrs)))

    def handle_data(self, data):
        self.text += data


def seen(response):
    return Seen(response.content.decode())


def squeezed(text):
    return " ".join(text.split())


@pytest.fixture
def people(on_day):
    on_day("2026-11-22")
    siti = a_person()
    wati = a_person("Wati Lestari")
    rina = a_clerk(CLINIC)
    andi = andi_of_the_branch()
    return siti, *(signed_in(a) for a in (siti, wati, rina, andi))


def test_there_are_300_and_each_is_another():
    assert len(set(payloads())) == 300


def sent(browser, url, values, field, payload):
    """Send a text; where it is refused it stands in the form as text, then a plain one is sent."""
    answer = browser.post(url, {**values, field: payload})
    if answer.status_code == 302:
        return payload
    assert answer.status_code == 422
    refused = seen(answer)
    assert squeezed(payload) in squeezed(refused.text)
    assert not {e[0] for e in refused.elements} & FOREIGN
    assert not any(name.startswith("on") for e in refused.elements for name in e[1:])
    assert browser.post(url, {**values, field: PLAIN}).status_code == 302
    return PLAIN


def written(people, index, payload):
    """Put a payload into every text field of one review; return what stands there."""
    siti, hers, watis, rinas, andis = people
    visited(siti, reference=f"v{index}")
    review = sent(hers, WRITE, form(_key=""), "text", payload)
    row = Review.objects.order_by("-id")[0]
    answer = sent(rinas, f"/petugas/ulasan/{row.id}/", {}, "text", payload)
    kind = {"kind": "other"}
    report = sent(watis, f"{LIST}{row.id}/lapor/", kind, "reason", payload)
    url = f"/petugas/ulasan/{CLINIC}/{row.id}/"
    decision = sent(andis, url, {"verdict": "keep"}, "reason", payload)
    return url, (review, answer, report, decision)


@pytest.mark.parametrize("part", CHOSEN)
def test_each_shows_as_text_in_every_field_and_on_every_page(people, client, part):
    andis = people[-1]
    plain_url, _ = written(people, "plain", PLAIN)
    plain_page = seen(andis.get(plain_url))
    accepted, newest = 0, PLAIN
    for index, payload in enumerate(list(payloads())[part::PARTS]):
        url, texts = written(people, index, payload)
        page = seen(andis.get(url))
        for text in texts:
            assert squeezed(text) in squeezed(page.text)
        assert page.elements == plain_page.elements
        accepted += texts.count(payload)
        newest = texts[0]
        if index % 15 == 14:
            lists_show(people, client, newest)
    assert accepted > 60  # contacts in some are refused in two of the four fields


def lists_show(people, client, newest):
    _, hers, _, rinas, _ = people
    for browser, url in ((client, LIST), (hers, WRITE), (rinas, "/petugas/ulasan/")):
        page = seen(browser.get(url))
        assert squeezed(newest) in squeezed(page.text)
        assert not {e[0] for e in page.elements} & FOREIGN
        assert not any(name.startswith("on") for e in page.elements for name in e[1:])
    told = client.get(f"/api/v1/facilities/{CLINIC}/reviews")
    assert told.headers["Content-Type"] == "application/json"
    assert newest in (told.json()["reviews"][0]["text"], told.json()["reviews"][0]["answer"])


def test_a_reason_shows_as_text_to_the_writer(people):
    siti, hers, _, _, andis = people
    for index, payload in enumerate(list(payloads())[::30]):
        visited(siti, reference=f"v{index}")
        hers.post(WRITE, form(_key=""))
        row = Review.objects.order_by("-id")[0]
        url = f"/petugas/ulasan/{CLINIC}/{row.id}/"
        assert andis.post(url, {"verdict": "hide", "reason": payload}).status_code == 302
        page = seen(hers.get(WRITE))
        assert squeezed(payload) in squeezed(page.text)
