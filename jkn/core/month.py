"""A contribution month (bulan iuran), such as 2026-11."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month; months are ordered and can be counted."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Month:
        """Return the month that a day lies in."""
        return cls(day.year, day.month)

    @classmethod
    def at(cls, index: int) -> Month:
        """Return the month with this index: months since January of year 0."""
        return cls(index // 12, index % 12 + 1)

    @property
    def index(self) -> int:
        """Months since January of year 0; stored in tables as one number."""
        return self.year * 12 + self.number - 1

    def plus(self, months: int) -> Month:
        """Return the month that lies `months` later (earlier when negative)."""
        return Month.at(self.index + months)

    def first_day(self) -> date:
        """Return the first day of the month."""
        return date(self.year, self.number, 1)

    def last_day(self) -> date:
        """Return the last day of the month, leap years counted."""
        return date(self.year, self.number, monthrange(self.year, self.number)[1])

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


def months_between(first: Month, last: Month) -> list[Month]:
    """Return the months from `first` to `last`, both included; empty when last is earlier."""
    return [Month.at(i) for i in range(first.index, last.index + 1)]
