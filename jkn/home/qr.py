"""The QR of a card: fixed version and mask, since choosing them costs four times the drawing."""

from __future__ import annotations

import io
import time

import segno
from django.core.cache import caches
from markupsafe import Markup

from jkn.membership.checks import token_for

_KEPT_SECONDS = 20  # of its 60: a page that is opened again at once costs no new drawing


def card_qr(family_id: int, member_id: int) -> Markup:
    """Return the SVG of one member's code, made at most 20 seconds ago."""
    key = f"qr.{family_id}.{member_id}.{int(time.time()) // _KEPT_SECONDS}"
    cache = caches["memory"]
    drawn = cache.get(key)
    if drawn is None:
        drawn = draw(token_for(family_id, member_id))
        cache.set(key, drawn, _KEPT_SECONDS)
    # Safe: segno writes numbers only; the token is not part of the text.
    return Markup(drawn)  # noqa: S704


def draw(text: str) -> str:
    """Return a QR code (version 3, level M, mask 2: 42 bytes fit) as an SVG without frame."""
    code = segno.make_qr(text, version=3, error="m", mask=2, mode="byte")
    out = io.BytesIO()
    code.save(
        out, kind="svg", xmldecl=False, svgns=False, svgclass="qr", lineclass=None, omitsize=True,
        border=4, nl=False,
    )  # fmt: skip
    return out.getvalue().decode()
