"""Our own table of areas and facilities of Kota Bekasi (tables/*.csv), as plain values.

Sources and what is unverified: docs/reference/facilities.md. No Django: the simulated partners
read it too.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from jkn.facility.rules import Kind

_TABLES = Path(__file__).parent / "tables"
_DISTRICT_CODE_LENGTH = len("32.75.01")


@dataclass(frozen=True, slots=True)
class Area:
    """A district (kecamatan, `32.75.01`) or a village (kelurahan, `32.75.01.1001`)."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ClinicRow:
    """A clinic's code and name, and what people call it."""

    code: str
    name: str
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class FacilityRow:
    """One facility of the table; `village` is empty where no source names it."""

    code: str
    kind: Kind
    name: str
    district: str
    village: str
    address: str
    latitude: Decimal | None
    longitude: Decimal | None
    is_fictional: bool
    source: str


@lru_cache(maxsize=1)
def districts() -> tuple[Area, ...]:
    """Return the 12 districts in the order of their codes."""
    return tuple(a for a in _areas() if len(a.code) == _DISTRICT_CODE_LENGTH)


@lru_cache(maxsize=1)
def villages() -> tuple[Area, ...]:
    """Return the 56 villages in the order of their codes."""
    return tuple(a for a in _areas() if len(a.code) > _DISTRICT_CODE_LENGTH)


@lru_cache(maxsize=1)
def regencies() -> dict[str, str]:
    """Return the names of the kota and kabupaten that we know, by code: 3275 → Kota Bekasi."""
    return {row["code"]: row["name"] for row in _rows("regencies.csv")}


@lru_cache(maxsize=1)
def facilities() -> tuple[FacilityRow, ...]:
    """Return all facilities of the table: puskesmas, then the fictional clinics and hospitals."""
    return tuple(_facility(row) for row in _rows("facilities.csv"))


@lru_cache(maxsize=1)
def hospitals() -> tuple[FacilityRow, ...]:
    """Return the hospitals of Kota Bekasi by name, from public lists; some may be one and the same."""
    return tuple(_facility(row) for row in _rows("hospitals.csv"))


def clinics() -> tuple[ClinicRow, ...]:
    """Return the clinics (poli) by the codes of the BPJS services."""
    return tuple(ClinicRow(**row) for row in _rows("clinics.csv"))


@lru_cache(maxsize=1)
def provinces() -> dict[str, str]:
    """Return the names of the provinces that we know, by code: 32 → Jawa Barat."""
    return {row["code"]: row["name"] for row in _rows("provinces.csv")}


def vclaim_codes(named: str) -> list[tuple[str, str]]:
    """Return a list of VClaim as (code, name): `kelasrawat` or `carakeluar`."""
    return [(r["code"], r["name"]) for r in _rows("vclaim_codes.csv") if r["list"] == named]


def room_classes() -> list[tuple[str, str]]:
    """Return the classes of rooms by their codes in Aplicares."""
    return [(row["code"], row["name"]) for row in _rows("room_classes.csv")]


def holidays() -> tuple[tuple[date, str], ...]:
    """Return the national holidays whose day no yearly decree moves."""
    return tuple((date.fromisoformat(r["day"]), r["name"]) for r in _rows("holidays.csv"))


def demo() -> list[dict[str, str]]:
    """Return made-up facilities of every kind, with hours and services, as the table has them."""
    return _rows("demo.csv")


def _facility(row: dict[str, str]) -> FacilityRow:
    return FacilityRow(
        code=row["code"],
        kind=Kind(row["kind"]),
        name=row["name"],
        district=row["district"],
        village=row["village"],
        address=row["address"],
        latitude=Decimal(row["latitude"]) if row["latitude"] else None,
        longitude=Decimal(row["longitude"]) if row["longitude"] else None,
        is_fictional=row["fictional"] == "yes",
        source=row["source"],
    )


def _areas() -> list[Area]:
    return [Area(row["code"], row["name"]) for row in _rows("areas.csv")]


def _rows(name: str) -> list[dict[str, str]]:
    with (_TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
