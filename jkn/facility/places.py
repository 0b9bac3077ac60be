"""Positions on earth as people and files give them: what can be one, and what cannot. Pure."""

from __future__ import annotations

import math
import re
from typing import TypeAlias

from jkn.core.errors import Refused
from jkn.core.words import N_

Point: TypeAlias = tuple[float, float]  # latitude, longitude in degrees (WGS 84)

# The outermost islands (Miangas, Rondo, Rote, the border of Papua) with some 20 km around them.
SOUTH, NORTH, WEST, EAST = -11.3, 6.3, 94.7, 141.2
_NUMBER = re.compile(r"[+-]?[0-9]{1,3}(?:[.,][0-9]{1,20})?")


class Swapped(Refused):
    """Latitude and longitude stand in each other's place; `point` is the right way round."""

    def __init__(self, point: Point) -> None:
        super().__init__(
            "place.swapped",
            N_("Garis lintang dan bujur tertukar. Tukar menjadi {latitude}, {longitude}."),
            latitude=point[0],
            longitude=point[1],
        )
        self.point = point


def is_in_indonesia(latitude: float, longitude: float) -> bool:
    """Return whether a position lies in the box around Indonesia."""
    return SOUTH <= latitude <= NORTH and WEST <= longitude <= EAST


def degrees(text: str) -> float:
    """Return the number of a text such as `-6.2428` or `106,99`; raises ValueError."""
    if not _NUMBER.fullmatch(text.strip()):
        raise ValueError("not a number of degrees")
    return float(text.strip().replace(",", "."))


def position(latitude: str, longitude: str) -> Point:
    """Return a position within Indonesia; raises `Refused` that says what is wrong with it."""
    try:
        point = (degrees(latitude), degrees(longitude))
    except ValueError:
        raise Refused(
            "place.unreadable", N_("Posisi bukan angka. Contoh: -6.2383 dan 106.9756.")
        ) from None
    return within_indonesia(point)


def within_indonesia(point: Point) -> Point:
    """Return the point; raises `Swapped` or `Refused` where it cannot be in Indonesia."""
    latitude, longitude = point
    if math.isfinite(latitude) and math.isfinite(longitude):
        if is_in_indonesia(latitude, longitude):
            return point
        if is_in_indonesia(longitude, latitude):
            raise Swapped((longitude, latitude))
    raise Refused(
        "place.outside",
        N_("Posisi ini di luar Indonesia. Pilih kelurahan, atau periksa posisinya."),
    )
