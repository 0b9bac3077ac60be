"""What a search may ask for, from the address of a page or of the API: read once, for both."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from jkn.core.clock import now
from jkn.core.errors import NotFound, Refused
from jkn.core.words import N_
from jkn.facility.directory import directory, local_now
from jkn.facility.places import Point, position
from jkn.facility.queries import clinics, village, with_free_beds
from jkn.facility.rules import BEDS_STALE_AFTER, GROUPS, Service
from jkn.facility.searching import Search
from jkn.facility.spelling import LONGEST_QUERY

WEEKDAYS = ("1", "2", "3", "4", "5", "6", "7")
LIMIT, MOST = 20, 100
PAGES = 50  # nobody reads on; a narrower search is better
_TRUE, _FALSE = ("1", "true"), ("", "0", "false")


@dataclass(frozen=True, slots=True)
class Asked:
    """A search that can be made, and the part of its results that is wanted."""

    search: Search
    limit: int
    page: int

    @property
    def skip(self) -> int:
        """How many results stand on the pages before."""
        return self.limit * (self.page - 1)


def asked(given: Mapping[str, str]) -> Asked:
    """Read a search; raises `Refused` that says what is wrong and what to do."""
    text = given.get("q", "").strip()
    if len(text) > LONGEST_QUERY:
        raise Refused(
            "search.long", N_("Kata pencarian paling banyak {most} huruf. Persingkat."),
            most=LONGEST_QUERY,
        )  # fmt: skip
    at, home = _place(given)
    search = Search(
        text=text,
        group=_one_of(given, "kind", GROUPS),
        tags=_tags(given),
        moment=local_now() if _flag(given, "open") else None,
        codes=with_free_beds(since=now() - BEDS_STALE_AFTER) if _flag(given, "bed") else None,
        at=at,
        village=home,
    )
    return Asked(search, _number(given, "limit", LIMIT, MOST), _number(given, "page", 1, PAGES))


def _place(given: Mapping[str, str]) -> tuple[Point | None, str]:
    """Return a point or a kelurahan, whichever says best from where to look."""
    if given.get("lat") or given.get("lon"):
        return position(given.get("lat", ""), given.get("lon", "")), ""
    if given.get("near"):
        point = directory().point_of(given["near"])
        if point is None:
            raise Refused(
                "search.near", N_("Posisi faskes ini belum diketahui. Pilih kelurahan saja.")
            )
        return point, ""
    home = given.get("village", "")
    if home:
        try:
            village(home)
        except NotFound:
            raise _unknown("village") from None
    return None, home


def _tags(given: Mapping[str, str]) -> tuple[str, ...]:
    clinic = _one_of(given, "clinic", [code for code, _ in clinics()])
    weekday = _one_of(given, "day", WEEKDAYS)
    service = _one_of(given, "service", [s.value for s in Service])
    tags = [f"clinic:{clinic}{weekday}"] if clinic else []
    tags += [f"day:{weekday}"] if weekday and not clinic else []
    tags += [f"service:{service}"] if service else []
    return tuple(tags)


def _one_of(given: Mapping[str, str], name: str, known: Collection[str]) -> str:
    value = given.get(name, "")
    if value and value not in known:
        raise _unknown(name)
    return value


def _flag(given: Mapping[str, str], name: str) -> bool:
    value = given.get(name, "")
    if value not in (*_TRUE, *_FALSE):
        raise _unknown(name)
    return value in _TRUE


def _number(given: Mapping[str, str], name: str, usual: int, most: int) -> int:
    value = given.get(name, "") or str(usual)
    if not (value.isascii() and value.isdigit() and len(value) < 5 and 1 <= int(value) <= most):
        raise Refused(
            f"search.{name}", N_("Isi {name} dengan angka 1 sampai {most}."), name=name, most=most
        )
    return int(value)


def _unknown(name: str) -> Refused:
    return Refused(
        f"search.{name}", N_("Pilihan {name} tidak dikenal. Pilih dari daftar."), name=name
    )
