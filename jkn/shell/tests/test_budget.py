"""Bytes: the style sheet, the scripts and the frame of a page."""

from __future__ import annotations

import re
from pathlib import Path

import brotli
import pytest

from jkn.shell import worker
from jkn.shell.compression import QUALITY
from jkn.shell.minify import minified_css, minified_js
from jkn.shell.tests.factories import SITI, a_page, a_request

STATIC = Path(__file__).parents[1] / "static" / "shell"
MEMBER_PAGE_FRAME = 2_000  # of the 8,192 a page may have


def sent(text: str) -> int:
    return len(brotli.compress(text.encode(), quality=QUALITY))


def css(name: str) -> str:
    return minified_css((STATIC / name).read_text(encoding="utf-8"))


def test_the_style_of_member_pages_is_at_most_5_kb():
    assert sent(css("app.css")) <= 5 * 1024


def test_the_script_of_every_page_leaves_room_for_the_pages_own():
    assert sent(minified_js((STATIC / "app.js").read_text(encoding="utf-8"))) <= 4 * 1024


def test_the_worker_is_at_most_5_kb():
    assert sent(worker.source(kill=False)) <= 5 * 1024


def test_the_frame_of_a_page_leaves_room_for_its_content():
    assert sent(a_page(a_request(actor=SITI), "")) <= MEMBER_PAGE_FRAME


def test_the_first_visit_is_at_most_30_kb_and_4_requests():
    page = a_page(a_request(), "")
    asked = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(asked) + 1 <= 4
    script = minified_js((STATIC / "app.js").read_text(encoding="utf-8"))
    assert sent(page) + sent(css("app.css")) + sent(script) <= 12 * 1024


def test_minifying_keeps_every_rule():
    source = (STATIC / "app.css").read_text(encoding="utf-8")
    small = css("app.css")
    assert small.count("{") == re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL).count("{")
    assert "/*" not in small
    assert minified_css("a , b { color : red ; }\n/* x */ i{margin:0 auto;}") == (
        "a,b{color : red}i{margin:0 auto}"
    )


def test_minifying_a_script_takes_comments_and_indentation_only():
    source = "/* what */\nconst a = 1;\n  // why\n  if (a) {\n    b();\n  }\n"
    assert minified_js(source) == "const a = 1;\nif (a) {\nb();\n}\n"


@pytest.mark.parametrize("name", ["app.js", "../../browser/sw.js", "../../browser/kill.js"])
def test_scripts_are_written_so_that_minifying_is_safe(name):
    source = (STATIC / name).read_text(encoding="utf-8")
    for template in re.findall(r"`[^`]*`", source):
        assert "\n" not in template, "a template literal over two lines would lose its spaces"
    for line in source.splitlines():
        assert not re.search(r"[\"'].*/\*.*[\"']", line), "a string must not hold a comment mark"


def test_no_page_reaches_for_another_host():
    page = a_page(a_request(actor=SITI), "")
    assert re.findall(r'(?:href|src)="https?://', page) == []
