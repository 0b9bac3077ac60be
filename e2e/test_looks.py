"""Every page in the usual look and in one other: axe finds nothing, and nothing scrolls sideways."""

from __future__ import annotations

import json
import os
import re

import pytest

from e2e.phone import WIDE
from e2e.places import (
    BRANCH_PAGES,
    DESK_PAGES,
    ELSEWHERE,
    MEMBER_PAGES,
    NUMBERED,
    SIGNED_OUT_PAGES,
    STAFF_PAGES,
)

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
    known = {
        *SIGNED_OUT_PAGES, *MEMBER_PAGES, *STAFF_PAGES, *BRANCH_PAGES, *DESK_PAGES, *NUMBERED,
        *ELSEWHERE,
    }  # fmt: skip
    assert pages - known == set()


# Who looks → whose account, and which pages.
PEOPLE = {
    "signed-out": (None, SIGNED_OUT_PAGES),
    "member": ("Joko Susanto", MEMBER_PAGES),
    "staff": ("Rina Marlina", STAFF_PAGES),
    "branch": ("Andi Saputra", BRANCH_PAGES),
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("who", PEOPLE)
def test_pages_are_accessible_and_fit(phone, stack, who, look):
    person = phone(viewport={"width": 320, "height": 640})
    name, pages = PEOPLE[who]
    if name:
        person.sign_in(stack.account(name))
    _wear(person, stack, look)
    for path in _share(pages, look):
        _judge(person, path, f"{look}-{who}{path.replace('/', '-')}")
    for page, prefix in _share(tuple(NUMBERED.values()), look) if who == "member" else ():
        person.open(page)
        link = person.page.locator(f'main a[href^="{prefix}"]').first
        _judge(person, link.get_attribute("href"), f"{look}-{who}{page.replace('/', '-')}one")


@pytest.mark.parametrize("look", LOOKS)
def test_all_that_the_branch_can_do_for_a_family(phone, stack, look):
    person = phone(viewport={"width": 320, "height": 640})
    person.sign_in(stack.account("Andi Saputra"))
    _wear(person, stack, look)
    person.open("/petugas/kepesertaan/")
    person.page.get_by_role("radio").first.check()
    person.page.locator("main input[inputmode=numeric]").fill(stack.account("Joko Susanto")["nik"])
    person.page.locator("main form button").first.click()
    person.page.wait_for_url("**/petugas/kepesertaan/*/")
    family = person.page.url.removeprefix(stack.base)
    waiting, seen = [family], set()
    while waiting:
        path = waiting.pop()
        if _route(path, family) in seen:
            continue
        seen.add(_route(path, family))
        _judge(person, path, f"{look}-desk{path.removeprefix(family).replace('/', '-')}")
        links = person.page.locator(f'main a[href^="{family}"]')
        found = [links.nth(n).get_attribute("href") for n in range(links.count())]
        waiting += found
    assert seen == set(DESK_PAGES)


def _route(path, family):
    """Return the route of an address below a family's."""
    rest = path.removeprefix(family)
    rest = re.sub(r"^\d+/(?!faskes/)[a-z-]+/$", "<int:member_id>/<slug:name>/", rest)
    return DESK_PAGES[0] + re.sub(r"^\d+/(?=$|faskes/)", "<int:member_id>/", rest)


def _share(pages, look):
    """Return the pages that are judged in a look: all in the usual one, each in one other.

    With LONG=1 all in every look. Colours and texts come from parts that pages share.
    """
    others = [name for name in LOOKS if name != "usual"]
    if look == "usual" or os.environ.get("JKN_LONG") == "1":
        return pages
    return pages[others.index(look) :: len(others)]


def _wear(person, stack, look):
    """Put on a look: it lives in cookies."""
    cookies = [{"name": n, "value": v, "url": stack.base} for n, v in LOOKS[look].items()]
    if cookies:
        person.page.context.add_cookies(cookies)


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
