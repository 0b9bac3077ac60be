"""The text of `/sw.js`: its version changes when anything it keeps changes."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static

from jkn.shell.minify import minified_js

OFFLINE_PAGE = "/luring/"
UNSURE_PAGE = "/luring/kirim/"
_HERE = Path(__file__).parent
_FILES = ("shell/app.css", "shell/app.js")
_SHOWN_OFFLINE = ("base.jinja", "parts.jinja", "offline.jinja", "unsure.jinja")


def precache() -> list[str]:
    """Return what a phone fetches when the worker is installed: six files at most."""
    return [*(static(name) for name in _FILES), OFFLINE_PAGE, UNSURE_PAGE]


@lru_cache(maxsize=2)
def source(*, kill: bool) -> str:
    """Return the worker's script; `kill` gives the one that removes itself and all it kept."""
    name = "kill.js" if kill else "sw.js"
    text = (_HERE / "browser" / name).read_text(encoding="utf-8")
    listed = json.dumps(precache())
    text = text.replace("%PRECACHE%", listed)
    version = hashlib.sha256((text + _content()).encode()).hexdigest()[:12]
    # The version stands in a comment, which minifying takes away; it must stay in the bytes.
    return f"/*{version}*/\n{minified_js(text)}"


def _content() -> str:
    """Return all that the listed addresses answer with, whether their names tell it or not."""
    paths = [Path(found) for name in _FILES if (found := finders.find(name))]
    paths += [_HERE / "jinja2" / "shell" / name for name in _SHOWN_OFFLINE]
    return "".join(path.read_text(encoding="utf-8") for path in paths)
