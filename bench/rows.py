"""Turns what was measured into the rows of the table, with the demands of design.md section 4."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from bench.ground import Ground
from bench.server import Server
from bench.table import Row
from bench.work import Work

_AUDIT = "audit/actions.py"
_TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
_LEDGER = ("contribution/ledger.py", "membership/actions.py")


def card_rows(card: Work, orm: Work) -> list[Row]:
    """Return the rows of `GET /api/v1/card`."""
    times = orm.middle("server") / card.middle("server")
    return [
        Row("GET /api/v1/card, CPU ratio", card.middle("ratio"), 0.15, 0.20, note=card.note),
        Row("the same as plain ORM, times our server CPU", times, 4, note=orm.note),
        _statements("statements of the card, without audit", card, 2),
    ]


def page_rows(page: Work, fresh: Work, card: Work) -> list[Row]:
    """Return the rows of `GET /kartu/`."""
    times = page.middle("server") / card.middle("server")
    new = fresh.middle("server") / card.middle("server")
    return [
        Row("GET /kartu/, QR drawn, not compressed, CPU ratio", page.middle("ratio"), 0.13,
            note=page.note),
        Row("the same, times the JSON's server CPU", times, 1.5, is_ceiling=True),
        Row("the same with new QR and brotli, times the JSON's", new, note=fresh.note),
        _statements("statements of a member page, without audit", page, 3),
    ]  # fmt: skip


def payment_rows(payment: Work) -> list[Row]:
    """Return the rows of a payment by SNAP."""
    parts = Counter(part for part, text in _real(payment.statements))
    others = Counter({part: n for part, n in parts.items() if part not in _LEDGER})
    told = ", ".join(f"{part.removesuffix('.py')} {n}" for part, n in others.items())
    return [
        Row("payment by SNAP, CPU ratio", payment.middle("ratio"), 0.30, 0.50, note=payment.note),
        Row("statements of its ledger part", sum(parts[p] for p in _LEDGER), 4, is_ceiling=True,
            note=f"apart: {told}"),
    ]  # fmt: skip


def ground_rows(ground: Ground, server: Server) -> list[Row]:
    """Return the rows that belong to no kind of request."""
    largest = max(server.worker_megabytes())
    seeded = ground.seeding
    speed = seeded["families"] / seeded["seconds"]
    return [
        Row("memory of a worker (PSS), MB", largest, 80, is_ceiling=True),
        Row("seeding, families a second", speed, note=f"{seeded['seconds']:.0f} s in all"),
    ]


def facility_rows(told: dict[str, Any]) -> list[Row]:
    """Return the rows of the directory from what was measured."""
    micro = f"{told['near_us']:.0f} µs"
    times = told["near_times"]
    what = "nearest 20 of 40,000, times the CPU of scipy's cKDTree"
    return [
        Row(what, times, 4, is_ceiling=True, note=micro) if times is not None
        else Row("nearest 20 of 40,000, µs of CPU", told["near_us"], note="scipy is not installed"),
        Row("the same 20 as SQL, of 200 points", told["near_same"], 200),
        Row("search by name among 40,000, ms of CPU at the 95th percentile", told["text_ms"], 15,
            is_ceiling=True),
        Row(f"the same first 20 as SQL, of {told['text_asked']} searches", told["text_same"],
            told["text_asked"]),
        Row("import of 40,000 facilities, seconds", told["import_seconds"], 60, is_ceiling=True,
            note=f"{told['imported']} rows written"),
        Row("list of 3,000 facilities for a phone, bytes in brotli", told["list_bytes"], 110_000,
            is_ceiling=True),
        Row("a change to 1 % of it, bytes in brotli", told["change_bytes"], 6_000, is_ceiling=True),
    ]  # fmt: skip


def _statements(what: str, work: Work, most: int) -> Row:
    real = _real(work.statements)
    audits = sum(part == _AUDIT for part, _ in real)
    return Row(what, len(real) - audits, most, is_ceiling=True, note=f"and {audits} of audit")


def _real(statements: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    return [one for one in statements if not one[1].startswith(_TRANSACTION)]
