"""How long people wait on slow lines. Times are asserted where the machine is quiet."""

from __future__ import annotations

import statistics
import time

import pytest

from e2e.times import busy, largest_paint

RUNS = 3
SLOW_CPU = 4
LINES = {
    "3G": ({"bits_per_second": 400_000, "round_trip": 0.4}, 2.5),
    "2G": ({"bits_per_second": 280_000, "round_trip": 0.8}, 4.0),
}


@pytest.mark.parametrize("name", LINES)
def test_a_first_visit_shows_its_page_in_time(phone, line, name):
    how, most = LINES[name]
    seconds = []
    for _ in range(RUNS):
        laid = line(**how)
        person = phone(laid.base)
        slow = person.page.context.new_cdp_session(person.page)
        slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_CPU})
        person.open("/")
        seconds.append(largest_paint(person))
    median = statistics.median(seconds)
    print(f"first visit on {name}: {median:.2f} s (most {most} s)")
    if not busy():
        assert median <= most


def test_a_line_that_carries_nothing_gives_way_to_the_kept_page(phone, line, stack):
    """Connected, yet nothing comes: after the worker's patience the phone's own page is shown."""
    laid = line()
    person = phone(laid.base)
    person.sign_in(stack.account("Siti Rahmawati"))
    person.open("/iuran/")
    person.page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    person.open("/iuran/")
    laid.round_trip = 20.0
    began = time.monotonic()
    person.page.goto(laid.base + "/iuran/", wait_until="commit")
    person.sees("Iuran sudah dibayar")
    seconds = time.monotonic() - began
    print(f"a dead line: the kept page after {seconds:.2f} s")
    if not busy():
        assert seconds <= 3.0
