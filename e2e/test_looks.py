"""Every page in every look: axe finds nothing, and nothing scrolls sideways."""

from __future__ import annotations

import json

import pytest

from e2e.phone import WIDE
from e2e.places import ELSEWHERE, MEMBER_PAGES, NUMBERED, SIGNED_OUT_PAGES, STAFF_PAGES

WIDTHS = (360, WIDE["width"])  # after 320, where axe looks too
LOOKS = {
    "usual": {},
    "dark": {"tampilan": "dark"},
    "simple": {"tampilan": "big.simple"},
    "english": {"lang": "en"},
}


def test_no_page_is_left_out(stack):
    routes = json.loads(stack.manage("routes", "--json"))
    pages = {
        route["path"] for route in routes if "GET" in route["methods"] and route["kind"] == ["page"]
    }
    known = {*SIGNED_OUT_PAGES, *MEMBER_PAGES, *STAFF_PAGES, *NUMBERED, *ELSEWHERE}
    assert pages - known == set()


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("who", ["signed-out", "member", "staff"])
def test_pages_are_accessible_and_fit(phone, stack, who, look):
    person = phone(viewport={"width": 320, "height": 640})
    pages = {"signed-out": SIGNED_OUT_PAGES, "member": MEMBER_PAGES, "staff": STAFF_PAGES}[who]
    if who == "member":
        person.sign_in(stack.account("Joko Susanto"))
    if who == "staff":
        person.sign_in(stack.account("Rina Marlina"))
    cookies = [{"name": n, "value": v, "url": stack.base} for n, v in LOOKS[look].items()]
    if cookies:
        person.page.context.add_cookies(cookies)
    for path in pages:
        _judge(person, path, f"{look}-{who}{path.replace('/', '-')}")
    for page, prefix in NUMBERED.values() if who == "member" else ():
        person.open(page)
        link = person.page.locator(f'main a[href^="{prefix}"]').first
        _judge(person, link.get_attribute("href"), f"{look}-{who}{page.replace('/', '-')}one")


def _judge(person, path, name):
    """Look at 320 with axe, at the wider ones for what sticks out; keep pictures of one look."""
    person.page.set_viewport_size({"width": 320, "height": 640})
    person.open(path)
    person.judge(name)
    is_usual = name.startswith("usual")
    if is_usual:
        person.shot(name)
    for width in WIDTHS:
        person.page.set_viewport_size({"width": width, "height": 640})
        if person.is_wide():
            person.problems.append(f"{name} at {width}: scrolls sideways")
    if is_usual:
        person.shot(f"{name}-wide")
