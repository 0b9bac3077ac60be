"""Reads single cells of a bank's CSV: amounts, days, marks and names, as banks write them. Pure."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from jkn.core.words import N_

_NUMBER = re.compile(
    r"(?P<bracket>\()?(?P<sign>[+-]?)(?:rp\.?|idr)?(?P<minus>-?)"
    r"(?:(?P<whole>\d{1,3}(?:\.\d{3})+|\d{1,15})(?:,(?P<cents>\d{1,2}))?"
    r"|(?P<en>\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.(?P<en_cents>\d{1,2}|\d{4}))?"
    r"|(?P<none>[.,]0{1,2}))"
    r"(?:(?P<mark>db|dr|cr|kr|d|k|c)\.?)?(?P<behind>-?)(?(bracket)\))",
    re.IGNORECASE | re.ASCII,
)
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


def money(text: str) -> tuple[int, str]:
    """Return whole rupiah and the letters behind it (DB, CR), as Indonesians or English write.

    An empty cell and a dash are 0. Raises `BadCell` for no amount, and for a part of a rupiah.
    """
    plain = text.replace(" ", "").lstrip("'")
    if plain in _NOTHING:
        return 0, ""
    found = _NUMBER.fullmatch(plain)
    if found is None:
        raise BadCell(N_("Jumlah uang tidak terbaca. Contoh: 140.000,00."))
    if (found["cents"] or found["en_cents"] or "0").strip("0"):
        raise BadCell(N_("Jumlah uang memuat sen. Kami mencatat rupiah bulat."))
    digits = found["whole"] or found["en"] or "0"
    amount = int(digits.replace(".", "").replace(",", ""))
    is_below = "-" in found["sign"] + found["minus"] + found["behind"] or found["bracket"]
    return -amount if is_below else amount, found["mark"] or ""


@lru_cache(maxsize=4096)
def day_of(text: str) -> date:
    """Return the day of `23/11/2026`, `23-Nov-26`, `2026-11-23 10:15`, `20261123`, or `BadCell`.

    The day stands before the month, as in Indonesia; what follows a space is a time of day.
    """
    found = _DAY.fullmatch(text.lstrip("'"))
    try:
        if found is None:
            raise ValueError
        return _of_this_age(_date(found))
    except ValueError:
        raise BadCell(N_("Tanggal ini tidak ada. Contoh: 28/02/2027.")) from None


def _date(found: re.Match[str]) -> date:
    if found["digits"]:
        return date.fromisoformat(found["digits"])
    if found["iso"]:
        year, month, day = (int(part) for part in re.split(r"\D", found["iso"]))
        return date(year, month, day)
    named = found["month"].casefold()
    number = int(named) if named.isdigit() else _MONTHS.get(named[:3], 0)
    year = int(found["year"])
    return date(year + (2000 if year < 100 else 0), number, int(found["day"]))


def _of_this_age(day: date) -> date:
    if not 2000 <= day.year <= 2100:
        raise ValueError
    return day
