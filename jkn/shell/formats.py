"""How figures are written on pages: amounts, days and hours, in the active language."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import get_language

from jkn.core.clock import JAKARTA

_MONTHS = {
    "id": (
        *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
        *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}


def _month_name(number: int) -> str:
    return _MONTHS.get(get_language() or "id", _MONTHS["id"])[number - 1]


def _in_wib(value: date) -> date:
    """Return the value in WIB; a naive datetime is a bug, since nobody knows its hour."""
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise ValueError("A page was given a time without its zone.")
    return value.astimezone(JAKARTA)


def count(value: int) -> str:
    """Return `10.000`: how many of something; never a year or a number that names."""
    return f"{value:,}".replace(",", ".")


def day(value: date) -> str:
    """Return `22 November 2026`; moments count in WIB."""
    local = _in_wib(value)
    return f"{local.day} {_month_name(local.month)} {local.year}"


def month(value: date) -> str:
    """Return `November 2026`; moments count in WIB."""
    local = _in_wib(value)
    return f"{_month_name(local.month)} {local.year}"


def clock(value: datetime) -> str:
    """Return `14.30 WIB`."""
    return f"{_in_wib(value):%H.%M} WIB"


def moment(value: datetime) -> str:
    """Return `22 November 2026, 14.30 WIB`."""
    return f"{day(value)}, {clock(value)}"
