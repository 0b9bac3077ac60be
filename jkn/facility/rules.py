"""What kinds of facility there are, and which of them are near. Pure."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Kind(StrEnum):
    """The kinds of health facility (faskes); the Indonesian names stand in GLOSSARY.md."""

    PUSKESMAS = "puskesmas"
    CLINIC = "clinic"
    DOCTOR = "doctor"
    DENTIST = "dentist"
    HOSPITAL = "hospital"
    PHARMACY = "pharmacy"


# Where a membership can be registered: faskes tingkat pertama (FKTP).
PRIMARY = frozenset({Kind.PUSKESMAS, Kind.CLINIC, Kind.DOCTOR, Kind.DENTIST})


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
