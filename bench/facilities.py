"""Measures the directory of facilities: import, nearest, by name; inside one transaction, undone.

Runs in a process that has the application loaded (`bench.inside facilities`).
"""

from __future__ import annotations

import importlib
import importlib.util
import random
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from jkn.core.actor import SYSTEM
from jkn.core.db import execute
from jkn.facility import directory
from jkn.facility.importing import import_file
from jkn.facility.nearby import Nearby
from jkn.facility.searching import Search
from jkn.facility.sources import read
from jkn.facility.tests import oracle
from jkn.facility.tests.lists import CODES, large_pack

_ASKED, FIRST = 200, 20
_TOWNS = 300
_WORDS = (
    "Sehat", "Harapan", "Bunda", "Kasih", "Melati", "Mawar", "Medika", "Husada", "Sentosa",
    "Mulia", "Jaya", "Abadi", "Sejahtera", "Insani", "Permata", "Cahaya", "Kartika", "Bakti",
)  # fmt: skip
_AREAS = ("Jati Asih", "Bekasi Timur", "Pondok Gede", "Rawalumbu", "Medan Satria", "Mustika Jaya")
_HEAD = "kode,nama,kecamatan,alamat,lat,lon,jam_buka\n"


def measured(*, count: int, rounds: int) -> dict[str, Any]:
    """Import so many made-up facilities, search them, undo it all; return what was measured."""
    chance = random.Random(20)
    points = [_place(chance) for _ in range(count)]
    data = _file(points, chance)
    with transaction.atomic():
        for limit in ("transaction_timeout", "idle_in_transaction_session_timeout"):
            execute(f"SET LOCAL {limit} = 0")
        began = time.monotonic()
        plan = import_file(read(data), actor=SYSTEM, named="bench.csv", only_plan=False)
        seconds = time.monotonic() - began
        oracle.prepare()
        told = {
            "import_seconds": seconds,
            "imported": len(plan.changes),
            **_by_name(chance),
            **_nearest(points, chance, rounds),
            **_lists(),
        }
        transaction.set_rollback(True)
    return told


def _place(chance: random.Random) -> tuple[float, float]:
    """Return a point as facilities lie: most in towns, some alone."""
    town = random.Random(chance.randrange(_TOWNS))
    latitude, longitude, wide = town.uniform(-9, 4), town.uniform(96, 140), town.choice((0.02, 0.1))
    return (
        round(min(6.0, max(-11.0, chance.gauss(latitude, wide))), 5),
        round(min(141.0, max(95.0, chance.gauss(longitude, wide))), 5),
    )


def _file(points: Sequence[tuple[float, float]], chance: random.Random) -> bytes:
    kinds = ("Puskesmas", "Klinik", "RS", "RSIA", "Apotek")
    rows = (
        f"9999X{n:05},{chance.choice(kinds)} {chance.choice(_WORDS)} {chance.choice(_WORDS)} {n},"
        f"{chance.choice(_AREAS)},Jalan {chance.choice(_WORDS)} No. {n % 300},{lat},{lon},"
        "Mo-Sa 08:00-20:00\n"
        for n, (lat, lon) in enumerate(points)
    )
    return (_HEAD + "".join(rows)).encode()


def _lists() -> dict[str, Any]:
    """Return the bytes of a phone's list of 3,000, and of a change to one in a hundred."""
    whole, later = large_pack(changed=0), large_pack(changed=len(CODES) // 100)
    return {
        "list_bytes": len(whole.whole.compressed),
        "change_bytes": len(later.since(whole.version).compressed),
    }


def _by_name(chance: random.Random) -> dict[str, Any]:
    queries = [
        f"{chance.choice(('', 'klinik ', 'rs ', 'puskemas '))}{chance.choice(_WORDS).lower()}"
        f"{chance.choice(('', ' ' + chance.choice(_WORDS), ' ' + chance.choice(_AREAS)))}"
        for _ in range(100)
    ]
    directory.directory()
    cpu, same = [], 0
    for number, query in enumerate(queries):
        began = time.process_time()
        found = directory.find(Search(text=query), count=FIRST)
        cpu.append((time.process_time() - began) * 1000)
        if number % 5 == 0:
            same += [hit.code for hit in found.page] == oracle.by_text(query, FIRST)
    return {"text_ms": statistics.quantiles(cpu, n=20)[-1], "text_same": same, "text_asked": 20}


def _nearest(
    points: Sequence[tuple[float, float]], chance: random.Random, rounds: int
) -> dict[str, Any]:
    index = Nearby(points)
    asked = [_place(chance) for _ in range(_ASKED)]
    same = 0
    for at in asked:
        expected = oracle.nearest(*at, FIRST)
        found = directory.find(Search(at=at), count=FIRST).page
        same += [round(h.metres or 0, 2) for h in found] == [round(m, 2) for _, m in expected]
    own = [_seconds(lambda: [index.nearest(at, FIRST) for at in asked]) for _ in range(rounds)]
    told = {"near_same": same, "near_us": statistics.median(own) / _ASKED * 1e6}
    theirs = _of_scipy(points, asked, rounds)
    return {**told, "near_times": statistics.median(own) / theirs if theirs else None}


def _of_scipy(
    points: Sequence[tuple[float, float]], asked: Sequence[tuple[float, float]], rounds: int
) -> float | None:
    """Return the CPU seconds of scipy's tree for the same, or None where it is not installed."""
    if importlib.util.find_spec("scipy") is None:
        return None
    numpy, spatial = (importlib.import_module(name) for name in ("numpy", "scipy.spatial"))

    def cubes(places: Sequence[tuple[float, float]]) -> Any:
        latitude, longitude = numpy.radians(numpy.array(places)).T
        flat = numpy.cos(latitude)
        return numpy.stack(
            [flat * numpy.cos(longitude), flat * numpy.sin(longitude), numpy.sin(latitude)], axis=1
        )

    tree, wanted = spatial.cKDTree(cubes(points)), list(cubes(asked))
    return statistics.median(
        _seconds(lambda: [tree.query(at, k=FIRST) for at in wanted]) for _ in range(rounds)
    )


def _seconds(act: Callable[[], object]) -> float:
    """Return the CPU seconds of five times an act, for one."""
    began = time.process_time()
    for _ in range(5):
        act()
    return (time.process_time() - began) / 5
