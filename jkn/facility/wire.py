"""What the doors of hospitals' programs have in common: the values of their calls, read strictly.

Each raises `XconsRefused` with code 201 for what it cannot read; `name` is the field's on the wire.
"""

from __future__ import annotations

import re
from datetime import date, time

from jkn.gate.bpjs import SignedCall, declined

_CODE = re.compile(r"[A-Za-z0-9]{1,5}")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])(?::00)?|24[:.]00(?::00)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,9}")
_LONGEST_KEYWORD = 60


def own(call: SignedCall) -> str:
    """Return the facility that the caller's program is registered for."""
    if not call.client.facility_id:
        raise declined("facility", "X-cons-id tidak terdaftar untuk sebuah faskes")
    return call.client.facility_id


def code(name: str, value: object) -> str:
    """Return the code of a clinic, in capitals."""
    text = value.strip() if isinstance(value, str) else ""
    if not _CODE.fullmatch(text):
        raise declined(name, f"{name} harus 1 sampai 5 huruf atau angka")
    return text.upper()


def keyword(text: str) -> str:
    """Return the words that somebody looks for."""
    if not text.strip() or len(text) > _LONGEST_KEYWORD or not text.isprintable():
        raise declined("keyword", f"Kata kunci 1 sampai {_LONGEST_KEYWORD} huruf")
    return text.strip()


def number(name: str, value: object, *, most: int) -> int:
    """Return a number from 1 that came as one or as its text: clients send both."""
    text = str(value).strip() if isinstance(value, str | int) else ""
    if isinstance(value, bool) or not _NUMBER.fullmatch(text) or not 1 <= int(text) <= most:
        raise declined(name, f"{name} harus angka 1 sampai {most}")
    return int(text)


def clock(name: str, value: object) -> time:
    """Return a time of the day; 24:00 is midnight."""
    match = _CLOCK.fullmatch(value.strip() if isinstance(value, str) else "")
    if match is None:
        raise declined(name, f"{name} harus jam HH:mm")
    hours, minutes = match.groups(default="0")
    return time(int(hours), int(minutes))


def day(text: str) -> date:
    """Return a calendar day."""
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise declined("day.format", "Tanggal harus yyyy-MM-dd") from None
