"""What a facility may say of itself: telephone, hours by day, sessions, position. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise

from jkn.core.errors import Refused
from jkn.core.words import N_
from jkn.facility import hours
from jkn.facility.nearby import metres
from jkn.facility.places import Point
from jkn.facility.rules import HOLIDAY

LONGEST_ADDRESS, LONGEST_REASON, LONGEST_NAME = 200, 300, 120
# Two sources of one place differ by up to 1.4 km (docs/reference/facilities.md).
FARTHEST_MOVE = 2_000  # metres
FARTHEST_NEIGHBOUR = 15_000  # metres, where no position is known: within its kecamatan
AHEAD_AT_MOST = timedelta(days=365)
_PHONE = re.compile(r"\+?[0-9]{3,15}")
_PHONE_DRESS = re.compile(r"[\s().-]")
_TIME = re.compile(r"([0-9]{1,2})[.:]([0-9]{2})")
_DAY_MINUTES = 24 * 60
_WEEK_MINUTES = 7 * _DAY_MINUTES


@dataclass(frozen=True, slots=True)
class Profile:
    """What a facility says of itself; empty or None where nothing is known."""

    phone: str
    address: str
    hours: str
    services: tuple[str, ...]
    point: Point | None


@dataclass(frozen=True, slots=True)
class Span:
    """A session's weekday (1 to 7, 8 national holidays) and minutes; the end may lie next day."""

    weekday: int
    start: int
    end: int


def phone_number(text: str) -> str:
    """Return a telephone without spaces and dashes, or "" for none; refuses `phone.unreadable`."""
    digits = _PHONE_DRESS.sub("", text)
    if digits and not _PHONE.fullmatch(digits):
        raise Refused("phone.unreadable", N_("Nomor telepon berisi 3 sampai 15 angka. Periksa."))
    return digits


def day_spans(text: str) -> tuple[hours.Span, ...]:
    """Return the spans of one day, such as `08.00-12.00, 13.00-16.00`; none for an empty text.

    Refuses `hours.unreadable`.
    """
    if not text.strip():
        return ()
    try:
        if ";" in text:
            raise ValueError("more than one day")
        return hours.parse(f"Mo {text.strip()}").days[0]
    except ValueError:
        raise Refused(
            "hours.unreadable", N_("Jam tidak terbaca. Contoh: 08.00-12.00, 13.00-16.00.")
        ) from None


def week(days: Iterable[tuple[hours.Span, ...]]) -> str:
    """Return hours as they are stored, or "" where no day has any; refuses `hours.long`."""
    text = str(hours.Hours(tuple(days)))
    if len(text) > hours.LONGEST:
        raise Refused("hours.long", N_("Jam buka terlalu panjang. Kurangi jeda dalam sehari."))
    return text


def day_texts(stored: str) -> list[str]:
    """Return hours as eight texts, Monday to Sunday and holidays, as `day_spans` reads them."""
    days = hours.parse(stored).days if stored else ((),) * HOLIDAY
    return [", ".join(_span_text(span) for span in spans) for spans in days]


def _span_text(span: hours.Span) -> str:
    if span == (0, _DAY_MINUTES):
        return "24 jam"
    return "-".join(f"{m % _DAY_MINUTES // 60:02}.{m % 60:02}" for m in span)


def clock_time(text: str) -> time:
    """Return the time of a text such as `08.00`; 24.00 is midnight. Refuses `time.unreadable`."""
    match = _TIME.fullmatch(text.strip())
    hour, minute = (int(match[1]), int(match[2])) if match else (99, 99)
    if (hour, minute) == (24, 0):
        return time()
    if hour > 23 or minute > 59:
        raise Refused("time.unreadable", N_("Jam dari 00.00 sampai 24.00. Contoh: 08.30."))
    return time(hour, minute)


def span_of(weekday: int, opens: time, closes: time) -> Span:
    """Return a session's span; it ends the next day where it closes at or before it opens."""
    start, end = opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute
    return Span(weekday, start, end if end > start else end + _DAY_MINUTES)


def require_apart(spans: Sequence[Span]) -> None:
    """Refuse `session.overlap` where a doctor would be in two sessions at once."""
    usual = [_in_week(s) for s in spans if s.weekday != HOLIDAY]
    usual += [(start + _WEEK_MINUTES, end + _WEEK_MINUTES) for start, end in usual]
    for group in (usual, [(s.start, s.end) for s in spans if s.weekday == HOLIDAY]):
        group.sort()
        if any(later[0] < earlier[1] for earlier, later in pairwise(group)):
            raise Refused(
                "session.overlap", N_("Dokter ini sudah praktik pada jam itu. Periksa jamnya.")
            )


def _in_week(span: Span) -> tuple[int, int]:
    midnight = (span.weekday - 1) * _DAY_MINUTES
    return midnight + span.start, midnight + span.end


def require_soon(since: date, *, on: date) -> None:
    """Refuse `day.out_of_range` for a day that is past, or more than a year ahead."""
    if not on <= since <= on + AHEAD_AT_MOST:
        raise Refused(
            "day.out_of_range",
            N_("Pilih hari ini atau sesudahnya, paling lambat {last}."),
            last=on + AHEAD_AT_MOST,
        )


def require_near(point: Point, *, held: Point | None, neighbours: Sequence[Point]) -> None:
    """Refuse `place.far` for a position too far from the present one, or from the kecamatan.

    `neighbours` are positions in the same kecamatan; they count where `held` is None.
    """
    others = [held] if held else neighbours
    most = FARTHEST_MOVE if held else FARTHEST_NEIGHBOUR
    if others and min(metres(point, other) for other in others) > most:
        raise Refused(
            "place.far",
            N_("Posisi ini lebih dari {most} km dari yang tercatat. Hubungi kantor cabang."),
            most=most // 1000,
        )
