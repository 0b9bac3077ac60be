"""Reads a file of employees (CSV): bytes in, rows and errors out. Pure; our own reading of a file.

Separator `;`, `,` or tab, found in the heading (a row `sep=;` before it is Excel's own); UTF-8 with
or without a byte order mark. Other encodings and spreadsheets themselves are refused in plain
words, never guessed. An error says its row as a spreadsheet counts it (the heading is row 1), its
column, and what to do.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jkn.core.errors import Refused
from jkn.core.identifiers import birth_date, calendar_day, family_card, nik
from jkn.core.money import typed_rupiah
from jkn.core.words import N_

MOST_ROWS = 100_000
MOST_BYTES = 16 * 1024 * 1024
COLUMNS = ("nik", "nama", "tanggal_lahir", "upah", "mulai", "kk")
REQUIRED = COLUMNS[:5]
_ALIASES = {
    "nama_lengkap": "nama", "nama_pekerja": "nama", "nama_karyawan": "nama",
    "tgl_lahir": "tanggal_lahir", "lahir": "tanggal_lahir", "gaji": "upah", "gaji_pokok": "upah",
    "upah_sebulan": "upah", "tanggal_mulai": "mulai", "tgl_mulai": "mulai", "mulai_kerja": "mulai",
    "tanggal_masuk": "mulai", "tgl_masuk": "mulai", "tmt": "mulai", "no_kk": "kk",
    "nomor_kk": "kk", "no_nik": "nik", "nomor_nik": "nik", "nik_ktp": "nik", "no_ktp": "nik",
}  # fmt: skip
_SEPARATORS = ";,\t"
_FORMULA = ("=", "+", "@")
_ENGLISH = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.0{1,2})?", re.ASCII)
_OF_EXCEL = re.compile(r'\A"?sep=.{1,2}\r?\n', re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\(.*?\)")
_SCIENTIFIC = re.compile(r"[0-9][.,][0-9]+[eE]\+?[0-9]+")


@dataclass(frozen=True, slots=True)
class EmployeeRow:
    """One person of a file or form, checked by itself; amounts in rupiah."""

    row: int
    nik: str
    name: str
    birth_date: date
    wage: int
    start: date
    kk: str = ""


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in one place: row as a spreadsheet counts, column, a msgid and its values."""

    row: int
    column: str
    message: str
    values: dict[str, object]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file says: its good rows, and what is wrong with the others."""

    rows: list[EmployeeRow]
    errors: list[RowError]


def read_sheet(raw: bytes, *, on: date) -> Sheet:
    """Return the employees of a file, and every error of its rows.

    Refuses `sheet.…` a file that cannot be read at all: too large, no text, no heading.
    """
    text = _text(raw)
    heading, _, _ = text.partition("\n")
    separator = max(_SEPARATORS, key=heading.count)
    cells = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        columns = _columns(next(cells, []))
        return _sheet(columns, cells, on=on)
    except csv.Error:
        raise Refused(
            "sheet.quotes",
            N_("Baris {row}: tanda kutip tidak ditutup. Hapus tanda kutip di baris itu."),
            row=cells.line_num,
        ) from None


def _text(raw: bytes) -> str:
    if len(raw) > MOST_BYTES:
        raise Refused("sheet.size", N_("Berkas lebih dari 16 MB. Bagi menjadi beberapa berkas."))
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Refused(
            "sheet.spreadsheet", N_("Ini berkas Excel. Simpan sebagai CSV UTF-8, lalu unggah lagi.")
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:  # UTF-16, cp1252, something else
        raise Refused("sheet.encoding", N_("Teks berkas bukan UTF-8. Simpan sebagai CSV UTF-8."))
    if not text.strip():
        raise Refused("sheet.empty", N_("Berkas kosong. Isi satu baris untuk tiap pekerja."))
    return _OF_EXCEL.sub("", text)


def _columns(heading: list[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, cell in enumerate(heading):
        plain = _IN_BRACKETS.sub(" ", cell).strip().lower()
        name = re.sub(r"[\s.\-/]+", "_", plain).strip("_")
        name = _ALIASES.get(name, name)
        if name in places:
            raise Refused(
                "sheet.column_twice", N_("Kolom {column} ada dua kali. Hapus salah satunya."),
                column=name,
            )  # fmt: skip
        places[name] = place
    missing = [name for name in REQUIRED if name not in places]
    if missing:
        raise Refused(
            "sheet.columns", N_("Kolom {columns} tidak ada di baris pertama. Pakai berkas contoh."),
            columns=", ".join(missing),
        )  # fmt: skip
    return {name: places[name] for name in COLUMNS if name in places}


def _sheet(columns: dict[str, int], cells: Iterator[list[str]], *, on: date) -> Sheet:
    rows: list[EmployeeRow] = []
    errors: list[RowError] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(cells, start=2):
        if not any(cell.strip() for cell in line):
            continue
        if number > MOST_ROWS + 1:
            raise Refused(
                "sheet.rows", N_("Paling banyak {most} baris. Bagi menjadi beberapa berkas."),
                most=MOST_ROWS,
            )  # fmt: skip
        given = {c: line[p].strip() if p < len(line) else "" for c, p in columns.items()}
        row = checked_row(number, given, errors, on=on)
        if row is None:
            continue
        first = seen.setdefault(row.nik, number)
        if first != number:
            message = N_("NIK ini sudah ada di baris {first}. Hapus salah satunya.")
            errors.append(RowError(number, "nik", message, {"first": first}))
            continue
        rows.append(row)
    if not rows and not errors:
        raise Refused("sheet.empty", N_("Berkas kosong. Isi satu baris untuk tiap pekerja."))
    return Sheet(rows, errors)


def checked_row(
    number: int, given: dict[str, str], errors: list[RowError], *, on: date
) -> EmployeeRow | None:
    """Return one person, or None and what is wrong with each cell in `errors`."""
    before = len(errors)
    values: dict[str, Any] = {}
    for column, check in _checks(on).items():
        text = given.get(column, "")
        try:
            values[column] = check(text)
        except Refused as refused:
            errors.append(RowError(number, column, refused.message, refused.values))
    if len(errors) > before:
        return None
    if not values["tanggal_lahir"] < values["mulai"]:
        message = N_("Mulai kerja sebelum lahir. Periksa kedua tanggal.")
        errors.append(RowError(number, "mulai", message, {}))
        return None
    return EmployeeRow(
        number, values["nik"], values["nama"], values["tanggal_lahir"], values["upah"],
        values["mulai"], values["kk"],
    )  # fmt: skip


def _checks(on: date) -> dict[str, Callable[[str], Any]]:
    def born(text: str) -> date:
        return birth_date(text, on=on)

    return {
        "nik": _plain(_nik), "nama": _plain(_name), "tanggal_lahir": _plain(born),
        "upah": _plain(_wage), "mulai": _plain(calendar_day), "kk": _plain(_kk),
    }  # fmt: skip


def _plain(check: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return the check of a cell that is no formula."""

    def checked(text: str) -> Any:
        if text.startswith(_FORMULA):
            raise Refused("sheet.formula", N_("Sel ini berisi rumus. Ganti dengan isinya."))
        return check(text)

    return checked


def _number(text: str) -> str:
    if _SCIENTIFIC.fullmatch(text):
        raise Refused(
            "sheet.scientific",
            N_("Excel mengubah angka ini. Ubah kolom menjadi Teks, lalu isi lagi."),
        )
    return text.lstrip("'")


def _nik(text: str) -> str:
    return nik(_number(text))


def _wage(text: str) -> int:
    """Return rupiah as Indonesians write it, or as spreadsheets in English do: `6,500,000.00`."""
    english = _ENGLISH.fullmatch("".join(text.split()))
    return typed_rupiah(english[1].replace(",", "") if english else _number(text))


def _kk(text: str) -> str:
    return family_card(_number(text)) if text else ""


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > 120 or not name.isprintable() or not any(map(str.isalpha, name)):
        raise Refused("name.invalid", N_("Isi nama seperti di KTP, paling panjang 120 huruf."))
    return name


def example() -> bytes:
    """Return a file to begin with, as spreadsheets in Indonesia open it."""
    lines = (
        ";".join(COLUMNS),
        "3275010101900001;Contoh Nama;01-01-1990;6.500.000;01-12-2026;3275010101990001",
    )
    return "\ufeff".encode() + "\r\n".join(lines).encode() + b"\r\n"


def first_errors(errors: Sequence[RowError], *, at_most: int) -> list[RowError]:
    """Return the errors that are shown, in the order of the rows."""
    return sorted(errors, key=lambda e: e.row)[:at_most]
