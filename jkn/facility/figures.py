"""Dated figures of facilities, remembered for a minute."""

from __future__ import annotations

from datetime import date

from django.core.cache import caches

from jkn.core.figures import Figure, figure_on
from jkn.facility.models import FacilityFigure

_REMEMBERED_SECONDS = 60


def figures() -> tuple[Figure, ...]:
    """Return every dated figure of facilities."""
    cache = caches["memory"]
    rows: tuple[Figure, ...] | None = cache.get("facility.figures")
    if rows is None:
        rows = tuple(f.as_figure() for f in FacilityFigure.objects.order_by("name", "valid_from"))
        cache.set("facility.figures", rows, _REMEMBERED_SECONDS)
    return rows


def figure(name: str, *, on: date) -> Figure:
    """Return one figure in force on a day; raises `MissingFigure`."""
    return figure_on(figures(), name, on=on)


def usual_capacity(kind: str, *, on: date) -> int:
    """Return how many people an FKTP of a kind takes where nothing else is known of it."""
    known = {f.name for f in figures()}
    name = f"primary_capacity_{kind}"
    return figure(name if name in known else "primary_capacity_doctor", on=on).value
