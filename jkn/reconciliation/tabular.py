"""Reads a bank's statement from CSV. Pure; docs/reference/reconciliation.md lists the columns."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from jkn.core.words import N_
from jkn.reconciliation.rules import (
    MOST_FAULTS,
    MOST_LINES,
    Entry,
    Fault,
    ReadStatement,
    Unreadable,
    account_digits,
    account_named,
    balance_fault,
    fault,
)

COLUMNS = {
    "day": ("tanggal", "tgl", "tanggal transaksi", "date", "posting date", "transaction date"),
    "description": ("keterangan", "uraian", "berita", "description", "remark", "remarks"),
    "reference": (
        "referensi", "no referensi", "nomor referensi", "ref", "reference", "reference no",
    ),
    "debit": ("debit", "debet", "mutasi debit", "withdrawal"),
    "credit": ("kredit", "credit", "mutasi kredit", "deposit"),
    "amount": ("jumlah", "nominal", "mutasi", "amount"),
    "mark": ("d/k", "dk", "d/c", "dc", "db/cr", "jenis", "type"),
    "balance": ("saldo", "balance", "saldo berjalan", "running balance"),
    "number": ("virtual account", "nomor va", "no va", "va"),
}  # fmt: skip
_FIELD_OF = {name: field for field, names in COLUMNS.items() for name in names}
_IN, _OUT = {"k", "c", "cr", "kredit", "credit"}, {"d", "db", "dr", "debit", "debet"}
_FIRST_ROWS = 30  # the head of columns stands in one of them
_ACCOUNT_NAMES = ("no rekening", "nomor rekening", "rekening", "account", "account no",
                  "account number")  # fmt: skip
_OPENING_NAMES = ("saldo awal", "opening balance")
_CLOSING_NAMES = ("saldo akhir", "closing balance")
_FOOT = re.compile(r"(total|jumlah|saldo|mutasi|closing|opening)\b", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?:rp\.?)?(?P<minus>-?)"
    r"(?:(?P<whole>\d{1,3}(?:\.\d{3})+|\d{1,15})(?:,(?P<cents>\d{1,2}))?"
    r"|(?P<en>\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.(?P<en_cents>\d{1,2}))?)(?P<mark>db|dr|cr|d|k|c)?",
    re.IGNORECASE,
)
_DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})|(\d{4})-(\d{2})-(\d{2})")


class _Bad(Exception):
    """One cell cannot be read; the text is a msgid."""


@dataclass(frozen=True, slots=True)
class _Head:
    """Where the columns stand, and what was said before them."""

    row: int
    places: dict[str, int]
    account: str
    opening: int | None


def read_csv(text: str) -> ReadStatement:
    """Return the statement in a CSV text; raises `Unreadable` with every bad row."""
    rows = _rows(text)
    head = _head(rows)
    entries: list[Entry] = []
    faults: list[Fault] = []
    closing: int | None = None
    opening = head.opening
    for row, cells in rows[head.row :]:
        if not any(cells):
            continue
        try:
            told = _told_balance(cells, head)
            if told is not None:
                opening, closing = (told[1], closing) if told[0] else (opening, told[1])
                continue
            entries.append(_entry(row, cells, head))
        except _Bad as bad:
            faults.append(fault(row, str(bad)))
        if len(faults) >= MOST_FAULTS:
            break
    if faults:
        raise Unreadable(faults)
    return _whole(entries, head, opening, closing)


def _whole(
    entries: list[Entry], head: _Head, opening: int | None, closing: int | None
) -> ReadStatement:
    if not entries:
        raise Unreadable([fault(0, N_("Berkas ini tidak berisi mutasi. Unduh lagi dari bank."))])
    if len(entries) > MOST_LINES:
        raise Unreadable([fault(0, N_("Berkas ini terlalu panjang. Unduh per minggu."))])
    backwards = entries[::-1]  # many banks write the newest line first
    if len(_breaks(backwards)) < len(_breaks(entries)):
        entries = backwards
    faults = _breaks(entries)[:MOST_FAULTS]
    first = entries[0].balance - entries[0].amount
    last = entries[-1].balance
    if not faults:
        begin = first if opening is None else opening
        end = last if closing is None else closing
        faults = balance_fault(begin, end, [e.amount for e in entries], row=0)
    if faults:
        raise Unreadable(faults)
    return ReadStatement(head.account, "", first, last, tuple(entries))


def _breaks(entries: Sequence[Entry]) -> list[Fault]:
    """Return a fault for each line whose balance does not follow from the line before."""
    message = N_("Saldo baris ini tidak cocok dengan baris sebelumnya. Selisih {difference}.")
    return [
        fault(e.row, message, difference=e.balance - before.balance - e.amount)
        for before, e in pairwise(entries)
        if before.balance + e.amount != e.balance
    ]


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Return (row of the file, cells); a quoted cell may go over several rows."""
    sample = text.splitlines()[:_FIRST_ROWS]
    best = max(";,\t", key=lambda mark: max((_known_in(line, mark) for line in sample), default=0))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=best)
    return list(_numbered(reader))


def _known_in(line: str, mark: str) -> int:
    return sum(_plain(cell.strip('"')) in _FIELD_OF for cell in line.split(mark))


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    before = 0
    try:
        for cells in reader:
            yield before + 1, [" ".join(cell.split()) for cell in cells]
            before = reader.line_num  # type: ignore[attr-defined]
    except csv.Error:
        message = N_("Baris ini tidak utuh. Simpan lagi sebagai CSV.")
        raise Unreadable([fault(before + 1, message)]) from None


def _head(rows: Sequence[tuple[int, list[str]]]) -> _Head:
    account, opening = "", None
    for place, (_, cells) in enumerate(rows[:_FIRST_ROWS]):
        names = [_plain(cell) for cell in cells]
        found = {_FIELD_OF[name]: i for i, name in enumerate(names) if name in _FIELD_OF}
        if "day" in found and len(found) > 2:
            _need(found, row=rows[place][0])
            return _Head(place + 1, found, account, opening)
        label, _, rest = names[0].partition(":") if names else ("", "", "")
        value = " ".join([rest, *cells[1:]]).strip(" :")
        if label.strip() in _ACCOUNT_NAMES:
            account = account_digits(value)
        if label.strip() in _OPENING_NAMES:
            opening = _money(value)[0] if _NUMBER.fullmatch(value.replace(" ", "")) else None
    message = N_("Baris judul tidak ditemukan. Perlu kolom tanggal, keterangan, jumlah, saldo.")
    raise Unreadable([fault(0, message)])


def _need(found: dict[str, int], *, row: int) -> None:
    if "description" not in found:
        raise Unreadable([fault(row, N_("Kolom keterangan tidak ada. Tambahkan kolom itu."))])
    if "balance" not in found:
        raise Unreadable([fault(row, N_("Kolom saldo tidak ada. Unduh berkas dengan saldo."))])
    if not ({"debit", "credit"} <= set(found) or "amount" in found):
        message = N_("Kolom debit dan kredit tidak ada. Tambahkan, atau pakai jumlah dan D/K.")
        raise Unreadable([fault(row, message)])


def _plain(cell: str) -> str:
    return cell.lstrip("\ufeff").strip().rstrip(".:").replace("no.", "no").casefold()


def _told_balance(cells: Sequence[str], head: _Head) -> tuple[bool, int] | None:
    """Return (is it the opening one, rupiah) of a row that only tells a balance, else None."""
    if _cell(cells, head, "day") and not _FOOT.match(_cell(cells, head, "day")):
        return None
    label = next((_plain(cell) for cell in cells if cell), "")
    for names, is_opening in ((_OPENING_NAMES, True), (_CLOSING_NAMES, False)):
        if label.startswith(names):
            value = _cell(cells, head, "balance") or next((c for c in reversed(cells) if c), "")
            return is_opening, _money(value)[0]
    if not _FOOT.match(label):
        raise _Bad(N_("Tanggal kosong. Isi tanggal transaksi."))
    return False, _money(_cell(cells, head, "balance"))[0]


def _cell(cells: Sequence[str], head: _Head, field: str) -> str:
    place = head.places.get(field)
    return cells[place] if place is not None and place < len(cells) else ""


def _entry(row: int, cells: Sequence[str], head: _Head) -> Entry:
    amount = _amount(cells, head)
    if amount == 0:
        raise _Bad(N_("Jumlah nol. Hapus baris ini atau isi jumlahnya."))
    balance = _cell(cells, head, "balance")
    if not balance:
        raise _Bad(N_("Saldo kosong. Isi saldo sesudah transaksi ini."))
    description = _cell(cells, head, "description")[:500]
    return Entry(
        row, _day(_cell(cells, head, "day")), amount, _money(balance)[0],
        _cell(cells, head, "reference")[:64],
        account_named(_cell(cells, head, "number")) or account_named(description), description,
    )  # fmt: skip


def _amount(cells: Sequence[str], head: _Head) -> int:
    if "debit" in head.places and "credit" in head.places:
        out, came = (_cell(cells, head, f) for f in ("debit", "credit"))
        return abs(_money(came)[0] if came else 0) - abs(_money(out)[0] if out else 0)
    amount, mark = _money(_cell(cells, head, "amount"))
    mark = _cell(cells, head, "mark").casefold() or mark
    if mark in _OUT:
        return -abs(amount)
    if mark in _IN:
        return abs(amount)
    if "mark" in head.places:
        raise _Bad(N_("D/K kosong atau salah. Isi D untuk keluar, K untuk masuk."))
    return amount


def _money(text: str) -> tuple[int, str]:
    """Return whole rupiah and the letters behind it (DB, CR), as Indonesians or English write."""
    found = _NUMBER.fullmatch(text.replace(" ", ""))
    if found is None:
        raise _Bad(N_("Jumlah uang tidak terbaca. Contoh: 140.000,00."))
    if (found["cents"] or found["en_cents"] or "0").strip("0"):
        raise _Bad(N_("Jumlah uang memuat sen. Kami mencatat rupiah bulat."))
    amount = int(re.sub(r"\D", "", found["whole"] or found["en"]))
    is_below = "-" in (found["sign"] + found["minus"])
    return -amount if is_below else amount, (found["mark"] or "").casefold()


def _day(text: str) -> date:
    found = _DAY.match(text)
    try:
        if found is None:
            raise ValueError
        d, m, y, *iso = found.groups()
        if y is None:
            return _of_this_age(date(*(int(part) for part in iso)))
        return _of_this_age(date(int(y) + (2000 if len(y) == 2 else 0), int(m), int(d)))
    except ValueError:
        raise _Bad(N_("Tanggal ini tidak ada. Contoh: 28/02/2027.")) from None


def _of_this_age(day: date) -> date:
    if not 2000 <= day.year <= 2100:
        raise ValueError
    return day
