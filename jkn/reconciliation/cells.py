"""Reads single cells of a bank's CSV: amounts, days, marks and names, as banks write them. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from decimal import Decimal
from functools import lru_cache

from jkn.core.words import N_
from jkn.reconciliation.rules import Period

_NUMBER = re.compile(
    r"(?P<bracket>\()?(?P<sign>[+-]?)(?:rp\.?|idr)?(?P<minus>-?)"
    r"(?:(?P<whole>\d{1,3}(?:\.\d{3})+|\d{1,15})(?:,(?P<cents>\d{1,2}))?"
    r"|(?P<en>\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.(?P<en_cents>\d{1,2}|\d{4}))?"
    r"|[.,](?P<few>\d{1,2}))"
    r"(?:(?P<mark>db|dr|cr|kr|d|k|c)\.?)?(?P<behind>-?)(?(bracket)\))",
    re.IGNORECASE | re.ASCII,
)
_MOST_DIGITS = 15
_DAY = re.compile(
    r"(?:(?P<day>\d{1,2})[/.\- ](?P<month>\d{1,2}|[a-z]{3,9})[/.\- ](?P<year>\d{4}|\d{2})"
    r"|(?P<iso>\d{4}[/.\-]\d{1,2}[/.\-]\d{1,2})|(?P<digits>\d{8}))(?:[t ].*)?",
    re.IGNORECASE | re.ASCII,
)
# The first three letters of a month's name, in Indonesian and English.
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb peb", "mar", "apr", "mei may", "jun", "jul", "agu ags agt aug", "sep",
         "okt oct", "nov nop", "des dec"), start=1,
    )
    for name in names.split()
}  # fmt: skip
_IN = {"k", "c", "cr", "kr", "kredit", "credit", "masuk", "in", "+"}
_OUT = {"d", "db", "dr", "debit", "debet", "keluar", "out", "-"}
_DAY_ALONE = re.compile(
    r"(?P<day>\d{1,2})[/.\- ](?P<month>\d{1,2}|[a-z]{3,9})(?:[t ].*)?", re.IGNORECASE | re.ASCII
)
_FULL_DAY = re.compile(
    r"\d{1,2}[/.\- ](?:\d{1,2}|[a-z]{3,9})[/.\- ]\d{4}|\d{4}[/.\-]\d{1,2}[/.\-]\d{1,2}",
    re.IGNORECASE | re.ASCII,
)
_MONTH = re.compile(
    r"\b(?:(?P<month>\d{1,2}|[a-z]{3,9})[/.\- ](?P<year>20\d\d)"
    r"|(?P<iso>20\d\d)[/.\-](?P<number>\d{1,2}))\b",
    re.IGNORECASE | re.ASCII,
)
_YEAR = re.compile(r"\b20\d\d\b", re.ASCII)
_CURRENCY = re.compile(r"\((?:rp|idr)\.?\)")
_SIGNS = re.compile(r"[_.:=\"'\ufeff]+")
_NOTHING = ("", "-", "–")


class BadCell(Exception):
    """One cell cannot be read; the text is a msgid."""


@lru_cache(maxsize=4096)
def name_of(cell: str) -> str:
    """Return a heading or label in its plain form: `No. Ref_ID (Rp):` gives `no ref id`."""
    return " ".join(_SIGNS.sub(" ", _CURRENCY.sub(" ", cell.casefold())).split())


def direction(text: str) -> int:
    """Return 1 for a mark of money that came (`CR`, `K`), -1 for money out (`Db.`), else 0."""
    mark = text.strip(" .'").casefold()
    return 1 if mark in _IN else -1 if mark in _OUT else 0


def money(text: str) -> tuple[Decimal, str]:
    """Return exact rupiah and the letters behind it (DB, CR), as Indonesians or English write.

    An empty cell and a dash are 0. Raises `BadCell` for no amount, and for a part of a sen.
    """
    plain = text.replace(" ", "").lstrip("'")
    if plain in _NOTHING:
        return Decimal(0), ""
    found = _NUMBER.fullmatch(plain)
    if found is None:
        raise BadCell(N_("Jumlah uang tidak terbaca. Contoh: 140.000,00."))
    cents = found["cents"] or found["en_cents"] or found["few"] or "0"
    if cents[2:].strip("0"):
        raise BadCell(N_("Jumlah uang lebih kecil dari satu sen. Tulis dua angka desimal."))
    digits = (found["whole"] or found["en"] or "0").replace(".", "").replace(",", "")
    if len(digits) > _MOST_DIGITS:
        raise BadCell(N_("Jumlah uang terlalu besar. Periksa angkanya."))
    amount = Decimal(f"{digits}.{cents[:2]}")
    is_below = "-" in found["sign"] + found["minus"] + found["behind"] or found["bracket"]
    return -amount if is_below else amount, found["mark"] or ""


@lru_cache(maxsize=4096)
def day_of(text: str, period: Period | None = None) -> date:
    """Return the day of `23/11/2026`, `23-Nov-26`, `2026-11-23 10:15`, `20261123`, or `BadCell`.

    The day stands before the month, as in Indonesia; what follows a space is a time of day. A day
    without a year (`23/11`) has the year in which it lies in the statement's period.
    """
    plain = text.lstrip("'")
    try:
        if found := _DAY.fullmatch(plain):
            return _of_this_age(_date(found))
        if alone := _DAY_ALONE.fullmatch(plain):
            return _within(alone, period)
        raise ValueError
    except ValueError:
        raise BadCell(N_("Tanggal ini tidak ada. Contoh: 28/02/2027.")) from None


def period_of(text: str) -> Period | None:
    """Return the days that a heading names (`01/12/2026 - 14/01/2027`, `Desember 2026`, `2026`)."""
    try:
        days = [day_of(found) for found in _FULL_DAY.findall(text)]
    except BadCell:
        return None
    if len(days) > 1:
        return min(days), max(days)
    if months := [month for found in _MONTH.finditer(text) if (month := _month(found))]:
        return min(months), _last_of(max(months))
    years = [int(year) for year in _YEAR.findall(text)]
    return (date(min(years), 1, 1), date(max(years), 12, 31)) if years else None


def names_two_days(text: str) -> bool:
    """Return whether a text holds two full days, as a period does."""
    return len(_FULL_DAY.findall(text)) > 1


def _month(found: re.Match[str]) -> date | None:
    """Return the first day of a month and year, or None where the word before is no month."""
    number = _month_number(found["month"] or found["number"])
    return date(int(found["year"] or found["iso"]), number, 1) if 1 <= number <= 12 else None


def _month_number(named: str) -> int:
    plain = named.casefold()
    return int(plain) if plain.isdigit() else _MONTHS.get(plain[:3], 0)


def _last_of(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def _within(found: re.Match[str], period: Period | None) -> date:
    """Return a day without a year in the one year that puts it into the period."""
    day, month = int(found["day"]), _month_number(found["month"])
    date(2000, month, day)  # 29 February is a day of some year; 31 April is none
    if period is None:
        raise BadCell(N_("Tahun tidak ada. Unduh berkas dengan periode, atau tulis tahunnya."))
    first, last = period
    years = [y for y in range(first.year, last.year + 1) if _is_day(y, month, day)]
    days = [d for d in (date(y, month, day) for y in years) if first <= d <= last]
    if len(days) != 1:
        raise BadCell(N_("Tanggal ini di luar periode berkas. Periksa periodenya."))
    return days[0]


def _is_day(year: int, month: int, day: int) -> bool:
    return day <= monthrange(year, month)[1]


def _date(found: re.Match[str]) -> date:
    if found["digits"]:
        return date.fromisoformat(found["digits"])
    if found["iso"]:
        year, month, day = (int(part) for part in re.split(r"\D", found["iso"]))
        return date(year, month, day)
    year = int(found["year"])
    number = _month_number(found["month"])
    return date(year + (2000 if year < 100 else 0), number, int(found["day"]))


def _of_this_age(day: date) -> date:
    if not 2000 <= day.year <= 2100:
        raise ValueError
    return day
