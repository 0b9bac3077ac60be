"""Times are asserted only where the machine is quiet; bytes always are."""

from __future__ import annotations

import os

from e2e.phone import Phone

MOST_LOAD = 1.5  # for each core
_PAINTED = """() => new Promise(ok => new PerformanceObserver(list =>
  ok(list.getEntries().at(-1).startTime)).observe({type: "largest-contentful-paint", buffered: true}))"""


def busy() -> bool:
    """Return whether the machine is too busy to judge times; says so if it is."""
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    is_busy = load > MOST_LOAD * cores
    if is_busy:
        print(f"time not judged: load {load:.1f} on {cores} cores")
    return is_busy


def largest_paint(person: Phone) -> float:
    """Return after how many seconds the largest part of the page was painted."""
    return float(person.page.evaluate(_PAINTED)) / 1000
