"""Opening hours: read as people and OpenStreetMap write them, asked with a moment. Pure.

Written `Mo-Fr 08:00-16:00; Sa 08:00-12:00; PH off`, `24/7`, or with Indonesian days
(`Senin-Jumat 08.00-16.00`). A span may cross midnight (`20:00-04:00`): it belongs to the day on
which it begins. `PH` stands for national holidays; where it is not named, a place that never
closes stays open, and all others count as closed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeAlias

DAY = 24 * 60
LONGEST = 200  # letters of a text of hours
_LOOK_AHEAD = 8  # days within which a place opens again, or it has no hours at all
_HOLIDAY = 7
_NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH")
_SPOKEN = {
    "senin": 0, "sen": 0, "selasa": 1, "sel": 1, "rabu": 2, "rab": 2, "kamis": 3, "kam": 3,
    "jumat": 4, "jum'at": 4, "jum": 4, "sabtu": 5, "sab": 5, "minggu": 6, "min": 6, "ahad": 6,
    "libur": 7, **{name.lower(): i for i, name in enumerate(_NAMES)},
}  # fmt: skip
_ALWAYS = re.compile(r"(24\s*/\s*7|24\s*jam|buka 24 jam)", re.IGNORECASE)
_SPAN = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})\s*[-–]\s*([0-9]{1,2})[:.]([0-9]{2})")

Span: TypeAlias = tuple[int, int]  # minutes of the day; the end may lie in the next day


@dataclass(frozen=True, slots=True)
class Hours:
    """When a place is open: spans for Monday to Sunday and, eighth, for national holidays."""

    days: tuple[tuple[Span, ...], ...]

    @property
    def is_always(self) -> bool:
        """Whether it never closes."""
        return all(spans == ((0, DAY),) for spans in self.days)

    def on(self, day: date, holidays: Collection[date]) -> tuple[Span, ...]:
        """Return the spans that begin on a day."""
        return self.days[_HOLIDAY if day in holidays else day.weekday()]

    def _spans(self, day: date, holidays: Collection[date]) -> Iterator[tuple[datetime, datetime]]:
        for start, end in self.on(day, holidays):
            midnight = datetime.combine(day, time())
            yield midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)

    def open_until(self, moment: datetime, holidays: Collection[date]) -> datetime | None:
        """Return until when it is open now, or None. `moment` is local and without a zone."""
        days = (moment.date() - timedelta(days=1), moment.date())
        spans = [s for day in days for s in self._spans(day, holidays)]
        ends = [end for start, end in spans if start <= moment < end]
        return max(ends, default=None)

    def opens_next(self, moment: datetime, holidays: Collection[date]) -> datetime | None:
        """Return when it opens after a moment, or None where it does not within eight days."""
        days = (moment.date() + timedelta(days=i) for i in range(_LOOK_AHEAD))
        spans = (s for day in days for s in self._spans(day, holidays))
        return next((start for start, _ in spans if start > moment), None)

    def __str__(self) -> str:
        """Return the one way to write it: `parse(str(hours)) == hours`."""
        if self.is_always:
            return "24/7"
        parts: list[str] = []
        first = 0
        while first < _HOLIDAY:
            last = first
            while last + 1 < _HOLIDAY and self.days[last + 1] == self.days[first]:
                last += 1
            if self.days[first]:
                parts.append(f"{_days(first, last)} {_written(self.days[first])}")
            first = last + 1
        if self.days[_HOLIDAY]:
            parts.append(f"PH {_written(self.days[_HOLIDAY])}")
        return "; ".join(parts)


@lru_cache(maxsize=2048)
def parse(text: str) -> Hours:
    """Return the hours that a text tells; raises ValueError where any part is not understood."""
    if len(text) > LONGEST:
        raise ValueError("too long")
    if _ALWAYS.fullmatch(text.strip()):
        return Hours((((0, DAY),),) * 8)
    days: list[tuple[Span, ...]] = [()] * 8
    for part in filter(None, (p.strip() for p in text.split(";"))):
        chosen, _, spans = part.partition(" ")
        if chosen[:1].isdigit():
            chosen, spans = "Mo-Su", part
        for day in _chosen(chosen):
            days[day] = _read(spans)
    if not any(days):
        raise ValueError("no hours")
    return Hours(tuple(days))


def _chosen(text: str) -> list[int]:
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        numbers = [_SPOKEN.get(word.strip().lower().rstrip(".")) for word in (first, last or first)]
        if None in numbers:
            raise ValueError(f"not a day: {part}")
        low, high = (n for n in numbers if n is not None)
        found += range(low, high + 1) if low <= high else [*range(low, 7), *range(high + 1)]
    return found


def _read(text: str) -> tuple[Span, ...]:
    if text.strip().lower() in ("off", "closed", "tutup"):
        return ()
    spans = [_span(part.strip()) for part in text.split(",")]
    return tuple(sorted(spans))


def _span(text: str) -> Span:
    if _ALWAYS.fullmatch(text):
        return 0, DAY
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(f"not hours: {text}")
    h, m, until_h, until_m = (int(number) for number in match.groups())
    start, end = h * 60 + m, until_h * 60 + until_m
    if max(m, until_m) > 59 or start >= DAY or end > DAY:
        raise ValueError(f"not hours: {text}")
    return start, end if end > start else end + DAY


def _days(first: int, last: int) -> str:
    return _NAMES[first] if first == last else f"{_NAMES[first]}-{_NAMES[last]}"


def _written(spans: tuple[Span, ...]) -> str:
    return ",".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans)


def _clock(minutes: int) -> str:
    minutes = minutes if minutes == DAY else minutes % DAY
    return f"{minutes // 60:02}:{minutes % 60:02}"
