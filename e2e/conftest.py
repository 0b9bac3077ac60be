"""One service and one browser for all journeys; both end with the last of them."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from e2e.line import Line
from e2e.phone import Phone
from e2e.stack import Stack
from e2e.visitor import Visitor
from jkn.config import environment

CHROMIUM = os.environ.get("JKN_CHROMIUM", "")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark a test of this folder. One service, so one of xdist's workers runs them all.

    Those of `test_months` have a service of their own.
    """
    item.add_marker(pytest.mark.e2e)
    group = "e2e-months" if item.path.name == "test_months.py" else "e2e"
    item.add_marker(pytest.mark.xdist_group(group))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let killed processes and the logs come last."""
    last = {"test_faults.py": 1, "test_logs.py": 2}
    places = [at for at, item in enumerate(items) if item.path.parent == Path(__file__).parent]
    own = sorted((items[at] for at in places), key=lambda item: last.get(item.path.name, 0))
    for at, item in zip(places, own, strict=True):
        items[at] = item


# Package, not session: a browser that is still there would make Django refuse its database to the
# tests of other folders, which share the process.
@pytest.fixture(scope="package")
def stack() -> Iterator[Stack]:
    """The whole demo, started from an empty folder."""
    home = environment.ROOT / "var" / "test"
    home.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="e2e-", dir=home))
    folder.chmod(0o755)  # where root runs this, PostgreSQL's own user must get there
    running = Stack(folder)
    try:
        running.start()
        yield running
    finally:
        ended_with = running.stop()
        shutil.rmtree(folder)
    assert ended_with == 0


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, as `scripts/find_chromium.sh` found it."""
    if not CHROMIUM:
        pytest.skip("no Chromium is to be had (JKN_CHROMIUM is empty)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def line(stack: Stack) -> Iterator[Callable[..., Line]]:
    """Lines to the service, slow or cut as a test wants them."""
    laid: list[Line] = []

    def lay(*, bits_per_second: float = float("inf"), round_trip: float = 0.0) -> Line:
        laid.append(Line(stack.port, bits_per_second, round_trip))
        return laid[-1]

    yield lay
    for each in laid:
        each.close()


@pytest.fixture
def phone(stack: Stack, browser: Browser, line: object) -> Iterator[Callable[..., Phone]]:
    """Phones, as many as a test takes; each must end without a problem, before its line does."""
    taken: list[Phone] = []

    def take(base: str = "", **options: Any) -> Phone:
        taken.append(Phone.take(browser, base or stack.base, **options))
        return taken[-1]

    yield take
    for each in taken:
        each.put_away()


@pytest.fixture
def visitor(stack: Stack) -> Iterator[Callable[..., Visitor]]:
    """Programs that open pages; given an account, they sign in first."""
    made: list[Visitor] = []

    def make(account: Mapping[str, Any] | None = None) -> Visitor:
        made.append(Visitor(stack))
        return made[-1].signed_in(account) if account else made[-1]

    yield make
    for each in made:
        each.http.close()


@pytest.fixture(params=[True, False], ids=["script", "plain"])
def script(request: pytest.FixtureRequest) -> bool:
    """Whether the phone runs JavaScript: every journey works without."""
    return bool(request.param)


@pytest.fixture(scope="package")
def early_code(stack: Stack, browser: Browser) -> tuple[str, float, str]:
    """A card's code, when it was read, and whose it is: for what must be old when it is used."""
    member = stack.member("paid")
    shown = Phone.take(browser, stack.base)
    shown.sign_in(member)
    shown.open("/kartu/")
    code = shown.code_shown()
    shown.put_away()
    return code, time.time(), member["name"]
