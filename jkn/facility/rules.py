"""What kinds of facility there are, what they offer, and which of them are near. Pure."""

from __future__ import annotations

from datetime import timedelta
from enum import IntEnum, StrEnum


class Kind(StrEnum):
    """The kinds of health facility (faskes); the Indonesian names stand in GLOSSARY.md."""

    PUSKESMAS = "puskesmas"
    CLINIC = "clinic"
    DOCTOR = "doctor"
    DENTIST = "dentist"
    PRIMARY_HOSPITAL = "primary_hospital"
    HOSPITAL = "hospital"
    SPECIAL_HOSPITAL = "special_hospital"
    MAIN_CLINIC = "main_clinic"
    PHARMACY = "pharmacy"
    OPTICIAN = "optician"
    LABORATORY = "laboratory"
    OFFICE = "office"


# Where a membership can be registered: faskes tingkat pertama (FKTP).
PRIMARY = frozenset({Kind.PUSKESMAS, Kind.CLINIC, Kind.DOCTOR, Kind.DENTIST, Kind.PRIMARY_HOSPITAL})
HOSPITALS = frozenset({Kind.PRIMARY_HOSPITAL, Kind.HOSPITAL, Kind.SPECIAL_HOSPITAL})
# Where one is referred to: faskes rujukan tingkat lanjutan (FKRTL).
REFERRAL = frozenset({Kind.HOSPITAL, Kind.SPECIAL_HOSPITAL, Kind.MAIN_CLINIC})

# What people look for by one word holds several kinds.
GROUPS: dict[str, frozenset[Kind]] = {
    "puskesmas": frozenset({Kind.PUSKESMAS}),
    "clinic": frozenset({Kind.CLINIC, Kind.MAIN_CLINIC}),
    "hospital": HOSPITALS,
    "doctor": frozenset({Kind.DOCTOR, Kind.DENTIST}),
    "pharmacy": frozenset({Kind.PHARMACY}),
    "optician": frozenset({Kind.OPTICIAN}),
    "laboratory": frozenset({Kind.LABORATORY}),
    "office": frozenset({Kind.OFFICE}),
}

# The letter of each kind in the codes that we make (docs/reference/facilities.md).
LETTERS = {
    Kind.PUSKESMAS: "P", Kind.CLINIC: "K", Kind.DOCTOR: "D", Kind.DENTIST: "G",
    Kind.PRIMARY_HOSPITAL: "R", Kind.HOSPITAL: "R", Kind.SPECIAL_HOSPITAL: "R",
    Kind.MAIN_CLINIC: "U", Kind.PHARMACY: "A", Kind.OPTICIAN: "O", Kind.LABORATORY: "L",
    Kind.OFFICE: "B",
}  # fmt: skip

GRADES = ("A", "B", "C", "D")  # classes of hospitals


class Service(StrEnum):
    """What a facility offers beside its clinics."""

    EMERGENCY = "emergency"
    ICU = "icu"
    NICU = "nicu"
    DIALYSIS = "dialysis"
    INPATIENT = "inpatient"
    MATERNITY = "maternity"
    LABORATORY = "laboratory"
    RADIOLOGY = "radiology"
    PHARMACY = "pharmacy"
    AMBULANCE = "ambulance"
    WHEELCHAIR = "wheelchair"


# Free beds that were told longer ago are not shown: a service setting, not law.
BEDS_STALE_AFTER = timedelta(hours=6)
HOLIDAY = 8  # the weekday of a schedule that holds on national holidays; 1 is Monday


class Nearness(IntEnum):
    """How near a facility is to a home, by the areas of both; nearer is smaller."""

    SAME_VILLAGE = 0
    SAME_DISTRICT = 1
    ELSEWHERE = 2


def district_of(village_code: str) -> str:
    """Return the district (kecamatan) of a village: 32.75.08.1003 → 32.75.08."""
    return village_code.rpartition(".")[0]


def nearness(*, home: str, village: str, district: str) -> Nearness:
    """Return how near a facility in `village` and `district` is to the village `home`."""
    if village and village == home:
        return Nearness.SAME_VILLAGE
    if district == district_of(home):
        return Nearness.SAME_DISTRICT
    return Nearness.ELSEWHERE
