"""The lists that phones keep, one for each area: made once for each version and process.

One small statement tells whether anything changed anywhere, one more whether it was in this area.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from typing import Any

from jkn.core.db import execute
from jkn.core.errors import NotFound
from jkn.facility.data import regencies
from jkn.facility.directory import KIND_WORDS
from jkn.facility.models import Clinic, District, Village
from jkn.facility.packing import APPROXIMATE, DEGREE, FICTIONAL, Area, Item, Pack

_HELD_AT_MOST = 8  # areas; each is some megabytes
_VERSION = "SELECT version FROM facility_directoryversion WHERE id = 1"
# A facility whose kecamatan nobody knows belongs to the area that its code begins with.
_COLUMNS = """
SELECT code, name, kind, coalesce(village_id, district_id, ''), address, phone, latitude, longitude,
  hours, clinics, contract_from, contract_to, is_approximate, is_fictional, version
FROM facility_facility WHERE """
_ROWS = f"""
{_COLUMNS} district_id = ANY (%s) UNION ALL {_COLUMNS} district_id IS NULL AND code LIKE %s
"""
_CHANGED = """
SELECT EXISTS (
  SELECT FROM facility_facility WHERE version > %s
    AND (district_id = ANY (%s) OR district_id IS NULL AND code LIKE %s)
) OR EXISTS (SELECT FROM facility_departure WHERE area = %s AND version > %s)
"""
_GONE = "SELECT code, version FROM facility_departure WHERE area = %s"

_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Held:
    """A pack and the version of the directory at which it was known to be true."""

    version: int
    pack: Pack


_held: OrderedDict[str, _Held] = OrderedDict()


def pack(area: str) -> Pack:
    """Return the list of an area (a kota or kabupaten such as 3275); raises `NotFound`."""
    if area not in regencies():
        raise NotFound
    ((version,),) = execute(_VERSION)
    known = _held.get(area)
    if known is not None and known.version == version:
        return known.pack
    with _lock:
        known = _held[area] = _renewed(area, _held.get(area))
        _held.move_to_end(area)
        if len(_held) > _HELD_AT_MOST:
            _held.popitem(last=False)
    return known.pack


def forget() -> None:
    """Forget what this process made: for tests, which take changes back."""
    _held.clear()


def _renewed(area: str, known: _Held | None) -> _Held:
    # The version first: what commits in between is looked at twice, never left out.
    ((version,),) = execute(_VERSION)
    districts = list(
        District.objects.filter(code__startswith=_dotted(area)).values_list("code", flat=True)
    )
    if known is not None and known.version <= version:
        held, like = known.version, f"{area}%"
        ((changed,),) = execute(_CHANGED, [held, districts, like, area, held])
        if not changed:
            return _Held(version, known.pack)
    # Those that left first: who leaves in between is told of at the next change.
    gone = dict(execute(_GONE, [area]))
    rows = execute(_ROWS, [districts, f"{area}%"])
    items = {row[0]: _item(row) for row in sorted(rows)}
    versions = {row[0]: row[-1] for row in rows}
    return _Held(version, Pack(_area(area), items, versions, gone))


def _item(row: tuple[Any, ...]) -> Item:
    (code, name, kind, place, address, phone, latitude, longitude, hours, clinics, first, last,
     is_approximate, is_fictional, _) = row  # fmt: skip
    return Item(
        code, name, kind, place, address, phone, _whole(latitude), _whole(longitude), hours,
        " ".join(clinics), _day(first), _day(last),
        APPROXIMATE * is_approximate + FICTIONAL * is_fictional,
    )  # fmt: skip


def _whole(degrees: float | None) -> int | None:
    return None if degrees is None else round(degrees * DEGREE)


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _area(code: str) -> Area:
    begin = _dotted(code)
    places = [
        *District.objects.filter(code__startswith=begin).values_list("code", "name"),
        *Village.objects.filter(code__startswith=begin).values_list("code", "name"),
    ]
    clinics = Clinic.objects.order_by("code").values_list("code", "name", "words")
    kinds = {kind.value: words for kind, words in KIND_WORDS.items()}
    return Area(code, regencies()[code], sorted(places), list(clinics), kinds)


def _dotted(area: str) -> str:
    """Return how the codes of an area's kecamatan begin: 3275 → `32.75.`."""
    return f"{area[:2]}.{area[2:]}."
