"""The directory in this process: a copy in memory, asked at each search whether it is still true.

Every change of a facility takes the next version (`models.DirectoryVersion`), so one small
statement tells whether another process changed anything; then only what changed is read.
"""

from __future__ import annotations

import threading
from datetime import date, datetime
from typing import Any

from django.core.cache import caches
from django.db import transaction

from jkn.core.clock import JAKARTA, now, today
from jkn.core.db import execute
from jkn.facility.models import Clinic, Holiday
from jkn.facility.rules import Kind, Service
from jkn.facility.searching import Copy, Directory, Hits, Listed, Search

# So many changes are kept beside the large copy before it is made anew.
_CHANGES_AT_MOST = 500
_CACHE_SECONDS = 600
# What people call each kind and service, beside the names of the facilities.
KIND_WORDS = {
    Kind.PUSKESMAS: "puskesmas pusat kesehatan masyarakat",
    Kind.CLINIC: "klinik pratama",
    Kind.DOCTOR: "praktik dokter umum",
    Kind.DENTIST: "praktik dokter gigi",
    Kind.PRIMARY_HOSPITAL: "rumah sakit rs pratama",
    Kind.HOSPITAL: "rumah sakit rs",
    Kind.SPECIAL_HOSPITAL: "rumah sakit rs khusus",
    Kind.MAIN_CLINIC: "klinik utama",
    Kind.PHARMACY: "apotek obat",
    Kind.OPTICIAN: "optik kacamata",
    Kind.LABORATORY: "laboratorium lab",
    Kind.OFFICE: "kantor bpjs kesehatan",
}
SERVICE_WORDS = {
    Service.EMERGENCY: "igd ugd gawat darurat",
    Service.ICU: "icu perawatan intensif",
    Service.NICU: "nicu perawatan intensif bayi",
    Service.DIALYSIS: "cuci darah hemodialisa",
    Service.INPATIENT: "rawat inap",
    Service.MATERNITY: "bersalin melahirkan persalinan",
    Service.LABORATORY: "laboratorium",
    Service.RADIOLOGY: "rontgen radiologi usg",
    Service.PHARMACY: "apotek obat",
    Service.AMBULANCE: "ambulans",
    Service.WHEELCHAIR: "kursi roda",
}
_COLUMNS = """
SELECT f.code, f.name, f.kind, f.latitude, f.longitude, f.hours, f.services, f.clinics, f.doctors,
  f.address, f.contract_from, f.contract_to, f.district_id, f.village_id, d.name, v.name
FROM facility_facility f LEFT JOIN facility_district d ON d.code = f.district_id
LEFT JOIN facility_village v ON v.code = f.village_id
"""
_VERSION = "SELECT version FROM facility_directoryversion WHERE id = 1"

_lock = threading.Lock()
_held: Directory | None = None


def directory() -> Directory:
    """Return the directory as it is now: one statement, and more only after a change."""
    global _held
    version, held = _version(), _held
    if held is not None and held.version == version:
        return held
    with _lock:
        _held = _renewed(_held)
        return _held


def forget() -> None:
    """Forget the copy of this process: for tests, which take changes back."""
    global _held
    _held = None


def find(search: Search, *, count: int, skip: int = 0) -> Hits:
    """Return the facilities that fit today, the nearest or best first, `skip` left out."""
    return directory().find(search, on=today(), holidays=holidays(), count=count, skip=skip)


def holidays() -> dict[date, str]:
    """Return the national holidays that are known, with their names; cached."""
    known: dict[date, str] | None = caches["memory"].get("facility.holidays")
    if known is None:
        known = dict(Holiday.objects.values_list("day", "name"))
        caches["memory"].set("facility.holidays", known, _CACHE_SECONDS)
    return known


def local_now() -> datetime:
    """Return this moment in WIB without a zone, on the field's day: what hours are asked with."""
    moment = now().astimezone(JAKARTA).replace(tzinfo=None)
    return datetime.combine(today(), moment.time())


def _renewed(held: Directory | None) -> Directory:
    version, changed = _changes(held)
    if held is not None and changed is not None:
        if not changed:
            return held
        both = {**held.changed, **{row.code: row for row in changed}}
        if len(both) <= _CHANGES_AT_MOST:
            return Directory(version, held.base, Copy(both.values()), both)
    with transaction.atomic():
        version, rows = _version(), _listed("")
    return Directory(version, Copy(rows), Copy(()), {})


def _changes(held: Directory | None) -> tuple[int, list[Listed] | None]:
    """Return the version and what changed since the copy, or None where all must be read anew.

    The version is read first: what commits in between is read twice, never left out.
    """
    version = _version()
    if held is None or held.version > version:
        return version, None
    if held.version == version:
        return version, []
    return version, _listed("WHERE f.version > %s", held.version)


def _version() -> int:
    ((version,),) = execute(_VERSION)
    return int(version)


def _listed(where: str, *values: int) -> list[Listed]:
    clinics = {c.code: f"{c.name} {c.words}" for c in Clinic.objects.all()}
    return [_from_row(row, clinics) for row in execute(_COLUMNS + where, values)]


def _from_row(row: tuple[Any, ...], clinics: dict[str, str]) -> Listed:
    (code, name, kind, latitude, longitude, hours, services, days, doctors, address, first, last,
     district, village, district_name, village_name) = row  # fmt: skip
    words = [KIND_WORDS[Kind(kind)], address, doctors, district_name or "", village_name or ""]
    words += [SERVICE_WORDS[Service(s)] for s in services]
    words += [clinics[clinic] for clinic in days if clinic in clinics]
    tags = [f"service:{s}" for s in services] + [f"clinic:{clinic}" for clinic in days]
    tags += {f"day:{c[-1]}" for c in days if c[-1].isdigit()}
    tags += [f"district:{district}"] if district else []
    tags += [f"village:{village}"] if village else []
    point = None if latitude is None else (latitude, longitude)
    return Listed(
        code, name, kind, tuple(w for w in words if w), tuple(tags), point, hours, first, last
    )
