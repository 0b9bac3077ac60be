"""Public pages of facilities: search, choose a kelurahan, one facility. Nobody need sign in."""

from __future__ import annotations

from itertools import groupby
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase

from jkn.core.clock import now, today
from jkn.core.errors import Refused
from jkn.facility import presenters
from jkn.facility.directory import find
from jkn.facility.forms import Asked, asked
from jkn.facility.places import Swapped
from jkn.facility.queries import (
    beds_of,
    clinics,
    clinics_of,
    facilities,
    facility,
    sessions_of,
    village,
    villages,
)
from jkn.facility.rules import GROUPS
from jkn.gate.answers import words
from jkn.gate.doors import page
from jkn.gate.policy import ANYONE
from jkn.shell.offline import keep_public
from jkn.shell.pages import render

DAYS_KEPT = 7
# What stays in the address from page to page; the number of the page does not.
_KEPT = ("q", "kind", "clinic", "day", "service", "open", "bed", "village", "near", "lat", "lon")
_PLACES = ("village", "near", "lat", "lon")


@page(who=ANYONE)
def search(request: HttpRequest) -> HttpResponseBase:
    """Search facilities: a form, ways in, and the list."""
    given = {name: request.GET[name] for name in _KEPT if request.GET.get(name)}
    context = {**_choices(), "given": given, "found": None, "refusal": "", "swap": ""}
    status = 200
    if given:
        try:
            context.update(_results(given, asked(request.GET.dict())))
        except Refused as refused:
            status = 422
            context["refusal"] = words(refused)
            if isinstance(refused, Swapped):
                latitude, longitude = refused.point
                context["swap"] = _address({**given, "lat": latitude, "lon": longitude})
    response = render(request, "facility/search.jinja", context, status=status)
    if status != 200 or "lat" in given:
        response.headers["Cache-Control"] = "private, no-store"  # where somebody is stays theirs
        return response
    return keep_public(request, response, days=DAYS_KEPT)


def _choices() -> dict[str, object]:
    return {
        "groups": presenters.GROUP_NAMES,
        "clinics": clinics(),
        "weekdays": [(str(i + 1), name) for i, name in enumerate(presenters.WEEKDAY_NAMES[:7])],
        "services": presenters.SERVICES,
    }


def _results(given: dict[str, str], wanted: Asked) -> dict[str, object]:
    hits = find(wanted.search, count=wanted.limit, skip=wanted.skip)
    far = {hit.code: hit.metres for hit in hits.page}
    lines = [presenters.line(f, far[f.code]) for f in facilities(list(far))]
    is_last = wanted.skip + wanted.limit >= hits.total
    elsewhere = {k: v for k, v in given.items() if k not in _PLACES}
    return {
        "found": lines,
        "total": hits.total,
        "page": wanted.page,
        "next": "" if is_last else _address({**given, "page": wanted.page + 1}),
        "before": "" if wanted.page == 1 else _address({**given, "page": wanted.page - 1}),
        "place": _place_words(given),
        "choose_place": _address(elsewhere, "/faskes/dekat/"),
        "anywhere": _address(elsewhere),
    }


def _place_words(given: dict[str, str]) -> str:
    """Return from where distances are counted, or "" for one's own position or none."""
    if "lat" in given:
        return ""
    if "near" in given:
        return facility(given["near"]).name
    return village(given["village"]).name if "village" in given else ""


def _address(values: dict[str, object] | dict[str, str], path: str = "/faskes/") -> str:
    return f"{path}?{urlencode(values)}" if values else path


@page(who=ANYONE)
def places(request: HttpRequest) -> HttpResponseBase:
    """Choose the kelurahan from which to look; what is looked for stays in the address."""
    given = QueryDict(mutable=True)
    given.update({n: request.GET[n] for n in _KEPT if n not in _PLACES and request.GET.get(n)})
    group = given.get("kind", "")
    context = {
        "districts": [
            (name, list(members))
            for name, members in groupby(villages(), lambda known: known.district_name)
        ],
        "given": given,
        "rest": f"&{given.urlencode()}" if given else "",
        "group": presenters.GROUP_NAMES[group] if group in GROUPS else "",
    }
    return keep_public(request, render(request, "facility/places.jinja", context), days=DAYS_KEPT)


@page(who=ANYONE)
def one(request: HttpRequest, code: str) -> HttpResponseBase:
    """One facility: open now, contact, directions, doctors by weekday, what it offers."""
    facts, on = facility(code), today()
    context = {
        "facts": facts,
        "kind": presenters.kind_words(facts),
        "opening": presenters.opening(facts),
        "hours": presenters.hours_lines(facts.hours),
        "plans": presenters.plans(sessions_of(code, on=on), on=on),
        "clinics": clinics_of(code),
        "beds": presenters.bed_lines(beds_of(code)[0], at=now()),
        "services": [presenters.SERVICES[s] for s in facts.services],
        "geo": presenters.geo_link(facts),
        "map": presenters.map_link(facts),
        "has_ended": facts.contract_to is not None and facts.contract_to < on,
    }
    return keep_public(request, render(request, "facility/one.jinja", context), days=DAYS_KEPT)
