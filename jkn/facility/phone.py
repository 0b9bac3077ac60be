"""Doors of what a phone keeps by itself: the list of an area, and the page that searches it.

The page is the same whoever is signed in: it stays on the phone for everyone, unencrypted, beside
the list (docs/adr/0013-the-list-on-the-phone.md).
"""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

from jkn.facility import presenters
from jkn.facility.data import regencies
from jkn.facility.packing import Sent
from jkn.facility.packs import pack
from jkn.facility.rules import GROUPS
from jkn.gate.doors import api, page
from jkn.gate.policy import ANYONE
from jkn.shell.compression import accepted
from jkn.shell.context import actor_of
from jkn.shell.pages import render

_NOW = "max-age=300"
_FOREVER = "max-age=31536000, immutable"  # the version is in the address


class FacilityPack(msgspec.Struct, omit_defaults=True):
    """The facilities of an area in columns, or with `since` what changed from that version on.

    `columns`: one list for each field, all equally long; a field that repeats is `{"values": [],
    "at": []}`. Positions are ten-thousandths of a degree. `clinics` has the clinics' codes, and
    `INT4` where a doctor of INT is there on Thursdays. `gone`: codes that left the area. After a
    change the digest in `version` says whether all is held (docs/reference/facilities.md).
    """

    version: str
    since: str = ""
    area: str = ""
    name: str = ""
    places: list[tuple[str, str]] = []
    clinics: list[tuple[str, str, str]] = []
    kinds: dict[str, str] = {}
    columns: dict[str, Any] = {}
    gone: list[str] = []


_ASKED = {
    "since": "the version that is held: only what changed comes",
    "v": "the version that is wanted: may be kept for ever where it is the newest",
}


@api(who=ANYONE, answer=FacilityPack, query=_ASKED)
def facilities(request: HttpRequest, area: str) -> HttpResponseBase:
    """The facilities of a kota or kabupaten, to keep on a phone; `?since=` gives what changed."""
    held = pack(area)
    since = request.GET.get("since", "")
    response = _answer(request, held.since(since) if since else held.whole)
    is_fixed = request.GET.get("v") == held.version
    # Answers to somebody signed in say so in their headers: those are for one browser.
    whose = "public" if actor_of(request) is None else "private"
    response.headers["Cache-Control"] = f"{whose}, {_FOREVER if is_fixed else _NOW}"
    etag = f'W/"{held.version}"'  # weak: plain and compressed are the same list
    response.headers["ETag"] = etag
    answer = get_conditional_response(request, etag=etag, response=response)
    return answer if answer is not None else response


def _answer(request: HttpRequest, sent: Sent) -> HttpResponse:
    """Return the answer as it was compressed once; other clients get it by the usual way."""
    is_brotli = "br" in accepted(request.headers.get("Accept-Encoding", ""))
    response = HttpResponse(sent.compressed if is_brotli else sent.plain, "application/json")
    if is_brotli:
        response.headers["Content-Encoding"] = "br"
    patch_vary_headers(response, ("Accept-Encoding",))
    return response


@page(who=ANYONE)
def search(request: HttpRequest) -> HttpResponseBase:
    """Take the list of an area to the phone, and search it there without internet."""
    area = request.GET.get("area", "") or next(iter(regencies()))
    held = pack(area)
    context = {
        "frame": "public",
        "warm": "",
        "area": held.area.code,
        "name": held.area.name,
        "version": held.version,
        "count": len(held.rows),
        "kilobytes": -(-len(held.whole.compressed) // 1000),
        "groups": [
            (group, text, " ".join(sorted(GROUPS[group])))
            for group, text in presenters.GROUP_NAMES.items()
        ],
        "kinds": presenters.KINDS,
        "weekdays": list(enumerate(presenters.WEEKDAY_NAMES[:7], start=1)),
    }
    response = render(request, "facility/phone.jinja", context)
    response.headers["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ("Cookie",))
    return response
