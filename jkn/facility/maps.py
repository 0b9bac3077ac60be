"""The map of a search, on its own page with its own policy, only when somebody asks for it.

The list stands beside it and says the same. The page is nobody's: no name, and nothing is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from jkn.core.errors import Refused
from jkn.facility import presenters
from jkn.facility.data import regencies
from jkn.facility.directory import directory, find
from jkn.facility.forms import asked
from jkn.facility.packing import middles
from jkn.facility.packs import pack
from jkn.facility.places import Point
from jkn.facility.queries import facilities
from jkn.facility.searching import Search
from jkn.gate.answers import words
from jkn.gate.doors import page
from jkn.gate.policy import ANYONE
from jkn.shell.pages import render
from jkn.shell.security import map_csp

_AT_MOST = "50"  # points on one map
_AREA_LETTERS = 4


@dataclass(frozen=True, slots=True)
class Spot:
    """One facility of the list beside the map; `at` is empty where its position is unknown."""

    line: presenters.Line
    at: str


@page(who=ANYONE)
def show(request: HttpRequest) -> HttpResponseBase:
    """Show what a search finds on a map, with the list beside it."""
    given = {name: value for name, value in request.GET.dict().items() if value}
    context: dict[str, object] = {
        "frame": "public", "warm": "", "tiles": settings.TILES_URL, "credit": settings.TILES_CREDIT,
        "spots": [], "total": 0, "labels": [], "from_here": "", "refusal": "",
    }  # fmt: skip
    status = 200
    try:
        search = asked({**given, "limit": _AT_MOST}).search
        context.update(_found(search))
    except Refused as refused:
        status, context["refusal"] = 422, words(refused)
    context["back"] = {name: value for name, value in given.items() if name != "page"}
    response = render(request, "facility/map.jinja", context, status=status)
    response.headers["Content-Security-Policy"] = map_csp(settings.TILES_URL)
    response.headers["Cache-Control"] = "private, no-store"  # its policy is for it alone
    return response


def _found(search: Search) -> dict[str, object]:
    hits = find(search, count=int(_AT_MOST))
    far = {hit.code: hit.metres for hit in hits.page}
    found = facilities(list(far))
    here = search.at or (directory().middle_of(search.village) if search.village else None)
    area = next(
        (f.code[:_AREA_LETTERS] for f in found if f.code[:_AREA_LETTERS] in regencies()), ""
    )
    return {
        "spots": [
            Spot(presenters.line(f, far[f.code]), _written(_point(f.latitude, f.longitude)))
            for f in found
        ],
        "total": hits.total,
        "labels": [(name, _written(at)) for name, at in middles(pack(area))] if area else [],
        "from_here": _written(here),
    }


def _point(latitude: float | None, longitude: float | None) -> Point | None:
    return None if latitude is None or longitude is None else (latitude, longitude)


def _written(point: Point | None) -> str:
    return "" if point is None else f"{point[0]:.5f},{point[1]:.5f}"
