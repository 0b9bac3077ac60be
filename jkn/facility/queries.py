"""Reads of the directory of facilities. Everybody may see it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.core.cache import caches
from django.db.models import Case, IntegerField, QuerySet, Value, When

from jkn.core.errors import NotFound
from jkn.facility.models import Facility, Village
from jkn.facility.rules import Kind, Nearness, district_of

_CACHE_SECONDS = 600  # reference data; a renamed facility shows after ten minutes at the latest
_NO_NAME = ""


@dataclass(frozen=True, slots=True)
class VillageFacts:
    """A kelurahan with its kecamatan, as a person chooses it from a list."""

    code: str
    name: str
    district_code: str
    district_name: str


@dataclass(frozen=True, slots=True)
class FacilityFacts:
    """What a page says of a facility; `nearness` is ELSEWHERE where no home was given."""

    code: str
    name: str
    kind: Kind
    district_name: str
    village_name: str
    address: str
    latitude: Decimal | None
    longitude: Decimal | None
    is_approximate: bool
    is_primary: bool
    is_fictional: bool
    nearness: Nearness = Nearness.ELSEWHERE


def villages() -> list[VillageFacts]:
    """Return all kelurahan, by kecamatan and then by name; cached, one statement otherwise."""
    known: list[VillageFacts] | None = caches["memory"].get("facility.villages")
    if known is None:
        rows = Village.objects.select_related("district").order_by("district__name", "name")
        known = [VillageFacts(v.code, v.name, v.district.code, v.district.name) for v in rows]
        if known:
            caches["memory"].set("facility.villages", known, _CACHE_SECONDS)
    return known


def village(code: str) -> VillageFacts:
    """Return one kelurahan; raises `NotFound`."""
    for known in villages():
        if known.code == code:
            return known
    raise NotFound


def primary_facilities(village_code: str, *, at_most: int = 100) -> list[FacilityFacts]:
    """Return where one can register (FKTP), nearest first; one statement.

    First those of the same kelurahan, then of the same kecamatan, then all others; by name
    within each. An unknown kelurahan gives all by name. Capacity is not looked at yet.
    """
    near = Case(
        When(village_id=village_code, then=Value(Nearness.SAME_VILLAGE.value)),
        When(district_id=district_of(village_code), then=Value(Nearness.SAME_DISTRICT.value)),
        default=Value(Nearness.ELSEWHERE.value),
        output_field=IntegerField(),
    )
    rows = _whole().filter(is_primary=True).annotate(near=near).order_by("near", "name")
    return [_facts(f, Nearness(f.near)) for f in rows[:at_most]]


def facility(code: str) -> FacilityFacts:
    """Return one facility; raises `NotFound`."""
    found = _whole().filter(code=code).first()
    if found is None:
        raise NotFound
    return _facts(found, Nearness.ELSEWHERE)


def facility_name(code: str) -> str:
    """Return the name of a facility, or "" where there is none; cached in this process."""
    name: str | None = caches["memory"].get(f"facility.name.{code}")
    if name is None:
        name = Facility.objects.filter(code=code).values_list("name", flat=True).first()
        if name is None:
            return _NO_NAME
        caches["memory"].set(f"facility.name.{code}", name, _CACHE_SECONDS)
    return name


def _whole() -> QuerySet[Facility]:
    return Facility.objects.select_related("district", "village")


def _facts(row: Facility, nearness: Nearness) -> FacilityFacts:
    return FacilityFacts(
        code=row.code,
        name=row.name,
        kind=Kind(row.kind),
        district_name=row.district.name,
        village_name=row.village.name if row.village else "",
        address=row.address,
        latitude=row.latitude,
        longitude=row.longitude,
        is_approximate=row.is_approximate,
        is_primary=row.is_primary,
        is_fictional=row.is_fictional,
        nearness=nearness,
    )
