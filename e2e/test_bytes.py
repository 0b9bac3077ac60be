"""The byte budget of the pages. Bytes are counted as they cross the line; nothing excuses them."""

from __future__ import annotations

import time

import pytest

from e2e.places import MEMBER_PAGES, SIGNED_OUT_PAGES

# The code that `test_staff` wants old is read before the first of all journeys.
pytestmark = pytest.mark.usefixtures("early_code")

FIRST_VISIT_BYTES, FIRST_VISIT_REQUESTS = 30_000, 4
SESSION_BYTES = 60_000
PAGE_BYTES, STYLE_BYTES, SCRIPT_BYTES, WORKER_BYTES = 8_000, 5_000, 12_000, 5_000
REPEAT_BYTES = 8_000
MAP_SCRIPT_BYTES = 50_000  # Leaflet; no other page loads it


class Meter:
    """What the page itself asks for; a worker's requests are not among them."""

    def __init__(self, person):
        self.sizes, self.addresses = {}, {}
        tap = person.page.context.new_cdp_session(person.page)
        tap.send("Network.enable")
        tap.on("Network.requestWillBeSent", self._asked)
        tap.on("Network.loadingFinished", self._came)

    def _asked(self, event):
        if not event["request"]["url"].startswith("data:"):
            self.addresses[event["requestId"]] = event["request"]["url"]

    def _came(self, event):
        if event["requestId"] in self.addresses:
            self.sizes[event["requestId"]] = event["encodedDataLength"]

    @property
    def total(self):
        return int(sum(self.sizes.values()))


def test_a_first_visit_is_small(phone, line):
    laid = line()
    person = phone(laid.base)
    meter = Meter(person)
    person.page.goto(laid.base + "/")
    person.page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    _settled(laid)
    print(
        f"first visit: {meter.total} bytes, {len(meter.addresses)} requests; "
        f"with the worker's {laid.down} bytes"
    )
    assert all(address.startswith(laid.base) for address in meter.addresses.values())
    assert len(meter.addresses) <= FIRST_VISIT_REQUESTS
    assert 0 < meter.total <= FIRST_VISIT_BYTES
    assert laid.down - meter.total <= SESSION_BYTES


def test_a_first_session_until_the_card_is_kept_is_small(phone, line, stack):
    laid = line()
    person = phone(laid.base)
    meter = Meter(person)
    person.sign_in(stack.account("Siti Rahmawati"))
    person.page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    _settled(laid)
    print(f"first session, card kept: {laid.down} bytes, of them the pages' own {meter.total}")
    assert laid.down <= SESSION_BYTES + FIRST_VISIT_BYTES

    before = laid.down
    person.open("/iuran/")
    _settled(laid)
    print(f"a page later: {laid.down - before} bytes")
    assert laid.down - before <= REPEAT_BYTES


@pytest.mark.parametrize("who", ["member", "signed-out"])
def test_every_page_is_small_in_brotli(stack, visitor, who):
    # Who owes five months has a long bill, and has paid before.
    account = stack.account("Joko Susanto") if who == "member" else None
    pages = MEMBER_PAGES if who == "member" else SIGNED_OUT_PAGES
    program = visitor(account)
    sizes = {path: program.bytes_of(path) for path in pages}
    print(f"{who}: largest page {max(sizes.values())} bytes ({max(sizes, key=sizes.get)})")
    assert {path: size for path, size in sizes.items() if size > PAGE_BYTES} == {}


def test_style_script_and_worker_are_small(stack, visitor):
    member, guest = visitor(stack.account("Siti Rahmawati")), visitor()
    pages = [member.get(path).text for path in MEMBER_PAGES] + [guest.get("/masuk/").text]
    files = {word for page in pages for word in page.split('"') if word.startswith("/static/")}
    style = sum(member.bytes_of(path) for path in files if ".css" in path)
    script = sum(member.bytes_of(path) for path in files if ".js" in path)
    worker = member.bytes_of("/sw.js")
    print(f"CSS {style}, all JS of members' pages {script}, worker {worker} bytes in brotli")
    assert 0 < style <= STYLE_BYTES
    assert 0 < script <= SCRIPT_BYTES
    assert 0 < worker <= WORKER_BYTES


@pytest.mark.parametrize(
    ("path", "most"), [("/faskes/luring/", SCRIPT_BYTES), ("/faskes/peta/", MAP_SCRIPT_BYTES)]
)
def test_scripts_of_pages_with_their_own_are_small(phone, path, most):
    person = phone()
    meter = Meter(person)
    person.page.goto(person.base + path, wait_until="networkidle")
    sizes = [size for key, size in meter.sizes.items() if meter.addresses[key].endswith(".js")]
    print(f"{path}: {sum(sizes)} bytes of scripts in {len(sizes)} files")
    assert 0 < sum(sizes) <= most


def _settled(line):
    """Wait until the line has been quiet for a second."""
    before, since = line.down, time.monotonic()
    while time.monotonic() - since < 1:
        time.sleep(0.1)
        if line.down != before:
            before, since = line.down, time.monotonic()
