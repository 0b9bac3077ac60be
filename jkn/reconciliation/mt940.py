"""Reads statements from SWIFT MT940 (customer statement message). Pure.

Fields :20: :25: :28C: :60F: :61: :86: :62F:, several messages in a file, intermediate balances.
What stands outside of fields (blocks of SWIFT, lines of a program before a message) is passed over.
The source of the format is SWIFT's own field description, as banks publish it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from jkn.core.words import N_
from jkn.reconciliation.rules import (
    MOST_FAULTS,
    MOST_LINES,
    MOST_STATEMENTS,
    TOO_LONG,
    Entry,
    Fault,
    ReadStatement,
    Unreadable,
    account_digits,
    account_named,
    balance_fault,
    fault,
)

_TAG = re.compile(r":(\d{2}[A-Z]?):(.*)")
_BLOCK = re.compile(r"\{[1235]:[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})(\d{1,15}[,.]\d{0,2})", re.ASCII)
_LINE = re.compile(
    r"(?P<value>\d{6})(?P<entry>\d{4})?(?P<mark>RC|RD|C|D)(?P<funds>[A-Z])?"
    r"(?P<amount>\d{1,15}[,.]\d{0,2})(?P<kind>[A-Z][A-Z0-9]{3})(?P<rest>.*)",
    re.ASCII,
)
_SUBFIELD = re.compile(r"\?(\d\d)")  # of a field 86 in parts: `?20SETORAN VA?218888…`
_JOINED = {str(n) for n in (*range(21, 30), *range(61, 64))}  # these go on without a space
_CONTROL = "\x01\x02\x03\x04"  # of transmission, around a message
_REFERENCE = re.compile(r"/REF/\s*([^/\s]+)")
_FULL = 65
_MOST_ROWS = 10 * MOST_LINES  # a movement has seldom more than six
_NO_REFERENCE = ("NONREF", "NOREF")
_IN = {"C", "RD"}  # a credit, or a debit that was taken back


class _Bad(Exception):
    """One field cannot be read; the text is a msgid."""


@dataclass
class _Field:
    row: int
    tag: str
    lines: list[str]


@dataclass(frozen=True)
class _Line:
    row: int
    day: date
    amount: Decimal
    reference: str
    own: str  # the reference for the account's owner, where the bank's counts
    told: list[str]


@dataclass
class _Draft:
    """One message while it is read."""

    row: int
    account: str = ""
    number: str = ""
    opening: Decimal | None = None
    closing: Decimal | None = None
    days: list[date] = field(default_factory=list)  # of its balances
    lines: list[_Line] = field(default_factory=list)


def read_mt940(text: str) -> list[ReadStatement]:
    """Return the statements of a file in their order; raises `Unreadable` with every bad row."""
    faults: list[Fault] = []
    drafts: list[_Draft] = []
    lines = 0
    for found in _fields(text):
        if found.tag == "20":
            drafts.append(_Draft(found.row))
        lines += found.tag == "61"
        if lines > MOST_LINES or len(drafts) > MOST_STATEMENTS:
            raise Unreadable([fault(0, TOO_LONG)])
        if not drafts:
            raise Unreadable([fault(found.row, N_("Berkas MT940 harus dimulai dengan :20:."))])
        try:
            _take(drafts[-1], found)
        except _Bad as bad:
            faults.append(fault(found.row, str(bad)))
        if len(faults) >= MOST_FAULTS:
            break
    if not drafts:
        raise Unreadable([fault(0, N_("Berkas ini bukan MT940. Unduh lagi dari bank."))])
    if faults:
        raise Unreadable(faults)
    return _joined(drafts)


def _fields(text: str) -> Iterator[_Field]:
    open_field: _Field | None = None
    for row, line in enumerate(io.StringIO(text, newline=None), start=1):
        if row > _MOST_ROWS:
            raise Unreadable([fault(0, TOO_LONG)])
        whole = _BLOCK.sub("", line.rstrip("\n")).replace("{4:", "").strip(_CONTROL)
        plain = whole.strip()
        found = _TAG.fullmatch(plain)
        if found:
            if open_field:
                yield open_field
            open_field = _Field(row, found[1], [found[2]])
        elif plain in ("-", "-}"):
            if open_field:
                yield open_field
            open_field = None
        elif open_field and plain:
            open_field.lines.append(whole)
    if open_field:
        yield open_field


def _take(draft: _Draft, found: _Field) -> None:
    text = found.lines[0]
    if found.tag == "25":
        draft.account = account_digits(text)
    elif found.tag in ("28C", "28"):
        draft.number = text[:20]
    elif found.tag in ("60F", "60M"):
        draft.opening = _balance(draft, text)
    elif found.tag in ("62F", "62M"):
        draft.closing = _balance(draft, text)
    elif found.tag == "61":
        draft.lines.append(_line(found))
    elif found.tag == "86" and draft.lines and draft.closing is None:
        draft.lines[-1].told.extend(found.lines)


def _balance(draft: _Draft, text: str) -> Decimal:
    found = _BALANCE.fullmatch(text)
    if found is None:
        raise _Bad(N_("Saldo tidak terbaca. Contoh: C261130IDR1000000,00."))
    if found[3] != "IDR":
        raise _Bad(N_("Rekening ini bukan rupiah. Pakai rekening rupiah."))
    draft.days.append(_day(found[2]))
    amount = _exact(found[4])
    return amount if found[1] == "C" else -amount


def _line(found: _Field) -> _Line:
    parts = _LINE.fullmatch(found.lines[0])
    if parts is None:
        raise _Bad(N_("Baris :61: tidak terbaca. Unduh lagi berkas dari bank."))
    day = _day(parts["value"])
    if parts["entry"]:
        day = _entry_day(parts["entry"], day)
    amount = _exact(parts["amount"])
    own, banks = (_reference(text) for text in parts["rest"].partition("//")[::2])
    signed = amount if parts["mark"] in _IN else -amount
    return _Line(found.row, day, signed, banks or own, own, found.lines[1:])


def _reference(text: str) -> str:
    plain = text.strip()
    return "" if plain.upper() in _NO_REFERENCE else plain


def _day(text: str) -> date:
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]))
    except ValueError:
        raise _Bad(N_("Tanggal ini tidak ada. Contoh: 270228.")) from None


def _entry_day(text: str, value: date) -> date:
    """Return the booking day (MMDD), in the year that lies nearest to the value day."""
    near: list[date] = []
    for year in (value.year - 1, value.year, value.year + 1):
        try:
            near.append(date(year, int(text[:2]), int(text[2:])))
        except ValueError:
            continue
    if not near or min(abs((d - value).days) for d in near) > 183:
        raise _Bad(N_("Tanggal ini tidak ada. Contoh: 270228."))
    return min(near, key=lambda d: abs((d - value).days))


def _exact(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _joined(drafts: Sequence[_Draft]) -> list[ReadStatement]:
    faults: list[Fault] = []
    made: list[ReadStatement] = []
    for draft in drafts:
        if draft.opening is None or draft.closing is None:
            message = N_("Saldo awal :60F: atau saldo akhir :62F: tidak ada.")
            faults.append(fault(draft.row, message))
            continue
        amounts = [line.amount for line in draft.lines]
        faults += balance_fault(draft.opening, draft.closing, amounts, row=draft.row)
        entries = tuple(_entries(draft.opening, draft.lines))
        period = (min(draft.days), max(draft.days))
        told = (draft.account, draft.number, draft.opening, draft.closing)
        made.append(ReadStatement(*told, entries, period))
    if faults:
        raise Unreadable(faults)
    return made


def _unfolded(lines: Sequence[str]) -> str:
    """Return details as one text: a full line (65 letters) goes on without a space."""
    whole = "".join(line if len(line) == _FULL else f"{line} " for line in lines)
    parts = _SUBFIELD.sub(lambda found: "" if found[1] in _JOINED else " ", whole)
    return " ".join(parts.split())[:500]


def _entries(opening: Decimal, lines: Sequence[_Line]) -> Iterator[Entry]:
    balance = opening
    for line in lines:
        balance += line.amount
        description = _unfolded(line.told)
        full = _REFERENCE.search(description)  # longer than the 16 letters of field 61
        yield Entry(
            line.row, line.day, line.amount, balance, (full[1] if full else line.reference)[:64],
            account_named(description) or account_named(line.own), description,
        )  # fmt: skip
