"""The list of a whole kota, made up: names, phones and positions as random as can be."""

from __future__ import annotations

import random

from jkn.facility.data import clinics, villages
from jkn.facility.packing import Area, Item, Pack

CODES = [f"3275X{number:05}" for number in range(3_000)]
_WORDS = ("Sehat", "Harapan", "Bunda", "Kasih", "Melati", "Medika", "Husada", "Sentosa", "Jaya")
_KINDS = ("puskesmas", "clinic", "doctor", "hospital", "pharmacy")
_HOURS = ("24/7", "Mo-Fr 08:00-16:00", "")


def large_pack(*, changed: int) -> Pack:
    """Return the list as of version 1, or 2 where so many of its facilities changed."""
    chance = random.Random(1)
    rows = {code: _item(code, chance) for code in CODES}
    news = random.Random(2).sample(CODES, changed)
    places = [(v.code, v.name) for v in villages()]
    named = [(c.code, c.name, c.words) for c in clinics()]
    area = Area("3275", "Kota Bekasi", places, named, {})
    return Pack(area, rows, {**dict.fromkeys(CODES, 1), **dict.fromkeys(news, 2)})


def _item(code: str, chance: random.Random) -> Item:
    home, kind = chance.choice(villages()), chance.choice(_KINDS)
    named = f"{kind} {chance.choice(_WORDS)} {chance.choice(_WORDS)} {home.name}"
    held = sorted(f"{c.code}{chance.randint(1, 7)}" for c in chance.sample(clinics(), 12))
    return Item(
        code, named, kind, home.code, f"Jalan {chance.choice(_WORDS)} No. {chance.randrange(300)}",
        f"021{chance.randrange(10**7, 10**8)}", round(chance.gauss(-62500, 400)),
        round(chance.gauss(1069900, 400)), chance.choice(_HOURS),
        " ".join(held) if kind == "hospital" else "UMU", "2026-01-01", "2026-12-31", 1,
    )  # fmt: skip
