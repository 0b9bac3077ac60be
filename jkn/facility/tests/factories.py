"""Facilities in any number, as they lie and are called in Indonesia; all made up."""

from __future__ import annotations

import random

from jkn.facility.actions import next_version
from jkn.facility.data import villages
from jkn.facility.models import Facility
from jkn.facility.rules import PRIMARY, Kind, Service, district_of

_WORDS = (
    "Sehat", "Harapan", "Bunda", "Kasih", "Melati", "Mawar", "Medika", "Husada", "Sentosa",
    "Mulia", "Jaya", "Abadi", "Sejahtera", "Insani", "Permata", "Cahaya", "Kartika", "Bakti",
)  # fmt: skip
_FIRST = {
    Kind.PUSKESMAS: "Puskesmas", Kind.CLINIC: "Klinik", Kind.DOCTOR: "Praktik dr.",
    Kind.HOSPITAL: "RS", Kind.SPECIAL_HOSPITAL: "RSIA", Kind.PHARMACY: "Apotek",
}  # fmt: skip
_HOURS = ("", "24/7", "Mo-Fr 08:00-16:00", "Mo-Sa 08:00-20:00", "Mo-Su 20:00-04:00")


def some_facilities(count: int, *, seed: int = 1) -> list[Facility]:
    """Add so many facilities around forty towns; the same seed gives the same."""
    chance = random.Random(seed)
    towns = [(chance.uniform(-9, 4), chance.uniform(96, 140)) for _ in range(40)]
    homes, version = villages(), next_version()
    rows = []
    for number in range(count):
        kind = chance.choice(list(_FIRST))
        town, home = chance.choice(towns), chance.choice(homes)
        named = f"{chance.choice(_WORDS)} {chance.choice(_WORDS)} {home.name}"
        has_point = chance.random() < 0.95
        rows.append(
            Facility(
                code=f"9999X{number:05}",
                name=f"{_FIRST[kind]} {named}",
                kind=kind.value,
                district_id=district_of(home.code),
                village_id=home.code,
                address=f"Jalan {chance.choice(_WORDS)} No. {chance.randrange(300)}",
                latitude=round(chance.gauss(town[0], 0.1), 5) if has_point else None,
                longitude=round(chance.gauss(town[1], 0.1), 5) if has_point else None,
                is_primary=kind in PRIMARY,
                is_fictional=True,
                hours=chance.choice(_HOURS),
                services=sorted({s.value for s in chance.sample(list(Service), 2)}),
                source="made up for a test",
                version=version,
            )
        )
    return Facility.objects.bulk_create(rows, batch_size=1000)


def a_facility(**more: object) -> Facility:
    """Add one made-up hospital."""
    values: dict[str, object] = {
        "code": "9999R001", "name": "RS Contoh Uji", "kind": "hospital", "is_primary": False,
        "is_fictional": True, "source": "made up for a test", **more,
    }  # fmt: skip
    return Facility.objects.create(**values, version=next_version())
