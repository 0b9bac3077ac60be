"""The directory of one area as a phone keeps it: columns, and what changed since a version. Pure.

A version is `57-1b6d…`: the number of the latest change in the area, and a digest of all rows. By
the number we tell what changed since; by the digest the phone sees whether what it put together is
the whole truth, and asks for all where it is not (a server restored from a backup counts anew).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import brotli
import msgspec

DEGREE = 10_000  # positions are whole ten-thousandths of a degree, some 11 m
APPROXIMATE, FICTIONAL = 1, 2  # in `flags`
# Columns whose values repeat: sent as places in a list of the different ones.
_REPEATED = frozenset({"kind", "place", "hours", "clinics", "first", "last", "flags"})
_DIGEST_LETTERS = 16
_DISTRICT_LETTERS = len("32.75.01")
_VERSION = re.compile(r"(?P<number>[0-9]{1,18})-(?P<digest>[0-9a-f]{16})", re.ASCII)
_QUALITY = 9  # brotli: made once for each version and process
_encoder = msgspec.json.Encoder()


class Item(NamedTuple):
    """What a phone knows of one facility.

    `place` is its kelurahan, else its kecamatan, else empty; `clinics` are codes and weekdays in one
    text (`ANA INT INT4`: an internist on Thursdays); `first` and `last` its contract, ISO days.
    """

    code: str
    name: str
    kind: str
    place: str
    address: str
    phone: str
    latitude: int | None
    longitude: int | None
    hours: str
    clinics: str
    first: str
    last: str
    flags: int


@dataclass(frozen=True, slots=True)
class Area:
    """The area itself, and the names that its rows refer to by code."""

    code: str
    name: str
    places: Sequence[tuple[str, str]]  # kelurahan and kecamatan
    clinics: Sequence[tuple[str, str, str]]  # code, name, what people call it
    kinds: Mapping[str, str]  # what people call each kind

    def facts(self) -> dict[str, Any]:
        """Return what every answer says of the area."""
        return {
            "area": self.code,
            "name": self.name,
            "places": self.places,
            "clinics": self.clinics,
            "kinds": self.kinds,
        }


class Sent(NamedTuple):
    """An answer as it is sent: plain, and compressed by brotli."""

    plain: bytes
    compressed: bytes


@dataclass(frozen=True)
class Pack:
    """All facilities of an area as of a number; `gone` are those that left, and when."""

    area: Area
    rows: Mapping[str, Item]  # by code, sorted
    changed: Mapping[str, int]  # code → number of its latest change
    gone: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def number(self) -> int:
        """The number of the latest change in this area."""
        return max([*self.changed.values(), *self.gone.values()], default=0)

    @cached_property
    def digest(self) -> str:
        """What the rows come to; the phone reckons the same from what it holds."""
        return digest_of(self.rows.values())

    @property
    def version(self) -> str:
        """What this state is called."""
        return f"{self.number}-{self.digest}"

    @cached_property
    def whole(self) -> Sent:
        """The whole pack; made once."""
        return _sent({
            "version": self.version, **self.area.facts(), "columns": columns(self.rows.values()),
        })  # fmt: skip

    def since(self, version: str) -> Sent:
        """Return what changed since a version: the whole where that is not known or not less."""
        known = _VERSION.fullmatch(version)
        if known is None or int(known["number"]) > self.number:
            return self.whole
        if version == self.version:
            return _sent({"version": version, "since": version})
        number = int(known["number"])
        news = [row for code, row in self.rows.items() if self.changed[code] > number]
        gone = [code for code, at in self.gone.items() if at > number and code not in self.rows]
        if len(news) > len(self.rows) // 2:
            return self.whole
        return _sent({
            "version": self.version, "since": version, **self.area.facts(),
            "columns": columns(news), "gone": sorted(gone),
        })  # fmt: skip


def columns(rows: Iterable[Item]) -> dict[str, Any]:
    """Return rows as columns; those that repeat as `{"values": […], "at": […]}`."""
    held = list(rows)
    return {
        name: _repeated([row[i] for row in held]) if name in _REPEATED else [row[i] for row in held]
        for i, name in enumerate(Item._fields)
    }


def digest_of(rows: Iterable[Item]) -> str:
    """Return the digest of rows in the order of their codes."""
    lines = ("\t".join("" if v is None else str(v) for v in row) for row in sorted(rows))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:_DIGEST_LETTERS]


def _repeated(values: Sequence[Any]) -> dict[str, Any]:
    known: dict[Any, int] = {}
    at = [known.setdefault(value, len(known)) for value in values]
    return {"values": list(known), "at": at}


def _sent(content: Mapping[str, Any]) -> Sent:
    plain = _encoder.encode(content)
    return Sent(plain, brotli.compress(plain, quality=_QUALITY))


def middles(pack: Pack) -> list[tuple[str, tuple[float, float]]]:
    """Return each kelurahan by name with about where it lies: the middle of its facilities."""
    points: dict[str, list[tuple[int, int]]] = {}
    for row in pack.rows.values():
        if row.latitude is not None and row.longitude is not None:
            points.setdefault(row.place, []).append((row.latitude, row.longitude))
    names = dict(pack.area.places)
    return [
        (names[place], _mean(held))
        for place, held in sorted(points.items())
        if place in names and len(place) > _DISTRICT_LETTERS
    ]


def _mean(points: Sequence[tuple[int, int]]) -> tuple[float, float]:
    up, side = (sum(axis) / len(points) / DEGREE for axis in zip(*points, strict=True))
    return up, side
