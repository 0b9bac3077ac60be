"""The icons: one symbol each, and a page carries only those it uses."""

from __future__ import annotations

import threading

from markupsafe import Markup

# Drawn by us on a grid of 24, stroke 2, no fill; `.i` in app.css gives size and colour.
SYMBOLS = {
    "home": '<path d="M4 11l8-7 8 7M6 9.5V20h12V9.5M10 20v-6h4v6"/>',
    "card": '<rect x="3" y="5" width="18" height="14" rx="2.5"/><path d="M3 10h18M7 15h4"/>',
    "ticket": '<path d="M4 6h16v4a2 2 0 0 0 0 4v4H4v-4a2 2 0 0 0 0-4zM14 9v1m0 4v1"/>',
    "help": '<path d="M4 5h16v11h-9l-4 4v-4H4zM8 9h8m-8 3h5"/>',
    "bill": '<path d="M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6m-6 4h6"/>',
    "pin": (
        '<path d="M12 21s7-6 7-11.5a7 7 0 0 0-14 0C5 15 12 21 12 21z"/>'
        '<circle cx="12" cy="9.5" r="2.5"/>'
    ),
    "doc": '<path d="M6 3h8l4 4v14H6zM14 3v4h4m-9 5h6m-6 4h4"/>',
    "pulse": '<path d="M3 12h4l2.5-6 4 12 2.5-6h5"/>',
    "check": '<path d="M5 12.5l5 5 9-10.5"/>',
    "warn": '<path d="M12 4l9.5 16h-19zM12 10v4m0 3v.1"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>',
    "off": (
        '<path d="M4 4l16 16M7 18a4.5 4.5 0 0 1-.5-9M10 6.3'
        'a6 6 0 0 1 8 4.5 3.7 3.7 0 0 1 2.5 5.7M7 18h9"/>'
    ),
    "chev": '<path d="M9 5l7 7-7 7"/>',
    "people": (
        '<circle cx="9" cy="8" r="3.5"/>'
        '<path d="M3 20a6 6 0 0 1 12 0M16 5a3.3 3.3 0 0 1 0 6.4m2 3.2a6 6 0 0 1 3 5.4"/>'
    ),
    "cog": (
        '<path d="M4 7h9m4 0h3M4 17h3m4 0h9"/>'
        '<circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/>'
    ),
    "phone": (
        '<path d="M6 3h3l2 5-2.5 1.7a13 13 0 0 0 5.8 5.8L16 13'
        'l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3z"/>'
    ),
    "cam": '<path d="M4 8h3.5L9 5.5h6L16.5 8H20v11H4z"/><circle cx="12" cy="13" r="3.2"/>',
    "finger": (
        '<path d="M5 15c.6-1.5 1-2.8 1-4.5a6 6 0 0 1 12 0V12M9 10.5a3 3 0 0 1 6 0'
        'c0 4-.5 6.5-2 9.5M12 10.5c0 4-1 6.5-3 9M18 15.5c-.1 1.5-.4 3-1 4.5"/>'
    ),
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5L21 21"/>',
    "dev": '<rect x="6.5" y="3" width="11" height="18" rx="2.5"/><path d="M11 18h2"/>',
    "out": '<path d="M10 4H5v16h5M9 12h11m-4-5l5 5-5 5"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "bell": '<path d="M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4"/>',
    "lock": '<rect x="5" y="10" width="14" height="11" rx="2.5"/><path d="M8 10V7a4 4 0 0 1 8 0v3"/>',
    "eye": '<path d="M2 12s4-7 10-7 10 7 10 7-4 7-10 7-10-7-10-7z"/><circle cx="12" cy="12" r="3"/>',
}


class _Used(threading.local):
    """Names used by the page that this thread is rendering, in order of first use."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}


_used = _Used()


def icon(name: str) -> Markup:
    """Return the icon that stands before a word; readers skip it. Unknown names raise KeyError."""
    if name not in SYMBOLS:
        raise KeyError(f"There is no icon {name!r} in shell/icons.py.")
    _used.names[name] = None
    return Markup(f'<svg class="i" aria-hidden="true"><use href="#{name}"/></svg>')  # noqa: S704


def symbols() -> Markup:
    """Return the symbols that the page has used so far and forget them; base.jinja ends with it."""
    drawn = "".join(
        f'<symbol id="{name}" viewBox="0 0 24 24">{SYMBOLS[name]}</symbol>' for name in _used.names
    )
    forget()
    return Markup(f"<svg hidden>{drawn}</svg>") if drawn else Markup("")  # noqa: S704


def forget() -> None:
    """Begin a new page: what a failed one left behind is not carried along."""
    _used.names.clear()
