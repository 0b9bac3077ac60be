"""A person with a phone: what they see, press and type, how long it takes them, what goes wrong."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from jkn.config import environment

KEY_SECONDS, PRESS_SECONDS = 0.3, 1.0
SMALL = {"width": 360, "height": 640}
WIDE = {"width": 1280, "height": 800}
SHOTS = environment.ROOT / "var" / "test" / "screenshots"
expect.set_options(timeout=15_000)

# A refused form or a cut network is no fault of a page; what a test expects, it asserts.
_HARMLESS = ("Failed to load resource:",)
_QUICK = {"resultTypes": ["violations"]}
_PRESSED: tuple[Literal["button", "link"], ...] = ("button", "link")
# What is wider than the screen; tables and tabs may scroll inside themselves.
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Phone:
    """One browser with one page. `seconds` is a person's time, never the machine's."""

    page: Page
    base: str
    seconds: float = 0.0
    codes: int = 0
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))

    @classmethod
    def take(cls, browser: Browser, base: str, **options: Any) -> Phone:
        """Take a new phone out of its box; `options` are a browser context's."""
        chosen = {"viewport": SMALL, "locale": "id-ID", "reduced_motion": "reduce", **options}
        context = browser.new_context(**chosen)
        context.set_default_timeout(15_000)
        return cls(context.new_page(), base)

    def open(self, path: str) -> None:
        """Open an address: a bookmark, or the icon on the screen."""
        self.page.goto(path if path.startswith("http") else self.base + path)

    def press(self, name: str | re.Pattern[str]) -> None:
        """Press a link or a button by its words."""
        buttons, links = (
            self.page.get_by_role(role, name=name, exact=isinstance(name, str)).locator(
                "visible=true"
            )
            for role in _PRESSED
        )
        expect(buttons.or_(links).first).to_be_visible()
        (buttons if buttons.count() else links).first.click()
        self.seconds += PRESS_SECONDS

    def choose(self, label: str) -> None:
        """Press a radio or a checkbox by its words."""
        self.page.get_by_label(label).first.check()
        self.seconds += PRESS_SECONDS

    def select(self, label: str, at: int) -> None:
        """Choose the row of a list by its place."""
        self.page.get_by_label(label).select_option(index=at)
        self.seconds += 2 * PRESS_SECONDS

    def type(self, label: str, text: str) -> None:
        """Press a field and type into it."""
        self.page.get_by_label(label, exact=True).fill(text)
        self.seconds += PRESS_SECONDS + KEY_SECONDS * len(text)

    def type_code(self, label: str, code: str) -> None:
        """Type a one-time code; they are counted."""
        self.type(label, code)
        self.codes += 1

    def sees(self, words: str | re.Pattern[str]) -> None:
        """Wait until these words are on the page."""
        expect(self.page.get_by_text(words).locator("visible=true").first).to_be_visible()

    def is_at(self, path: str) -> None:
        """Wait until the address is this one."""
        expect(self.page).to_have_url(self.base + path)

    def sign_in(self, account: dict[str, Any]) -> None:
        """Sign in by NIK and password."""
        self.open("/masuk/")
        self.type("NIK, nomor kartu, nomor HP, atau e-mail", account["nik"])
        self.type("Kata sandi", account["password"])
        self.press("Masuk")
        self.page.wait_for_url(lambda url: not url.endswith("/masuk/"))

    def code_shown(self) -> str:
        """Read the QR from the picture on the screen, as a scanner does."""
        picture = Image.open(io.BytesIO(self.page.screenshot()))
        found = zxingcpp.read_barcodes(picture)
        assert len(found) == 1, "a scanner finds exactly one code"
        return str(found[0].text)

    def shot(self, name: str) -> Path:
        """Keep a picture of the whole page, for people to look at."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        path = SHOTS / f"{name}.png"
        self.page.screenshot(path=path, full_page=True)
        return path

    def check(self, name: str) -> None:
        """Keep a picture, and judge the page."""
        self.shot(name)
        self.judge(name)

    def judge(self, name: str) -> None:
        """Ask axe and the width of the screen; keep a picture of what is wrong."""
        if found := self.faults():
            self.problems += [f"{name}: {line}" for line in found]
            self.shot(f"fault-{name}")

    def faults(self) -> list[str]:
        """Return what axe finds, and whether the page scrolls sideways."""
        found = ["scrolls sideways"] if self.is_wide() else []
        for fault in Axe().run(self.page, options=_QUICK).response["violations"]:
            where = [" ".join(node["target"]) for node in fault["nodes"]]
            found.append(f"{fault['id']}: {where}")
        return found

    def is_wide(self) -> bool:
        """Return whether the page is wider than the screen."""
        return bool(self.page.evaluate(_OVERFLOW) > 0)

    def put_away(self) -> None:
        """Close it; fail where the pages broke the policy, threw or were not accessible."""
        self.page.context.close()
        assert not self.problems, "\n".join(self.problems)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_HARMLESS):
            self.problems.append(f"console: {message.text}")
