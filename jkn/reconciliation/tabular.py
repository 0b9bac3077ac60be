"""Reads a bank's statement from CSV. Pure; docs/reference/reconciliation.md lists the columns."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import accumulate, islice, pairwise

from jkn.core.money import rupiah
from jkn.core.words import N_
from jkn.reconciliation.cells import (
    BadCell,
    day_of,
    direction,
    money,
    name_of,
    names_two_days,
    period_of,
)
from jkn.reconciliation.rules import (
    MOST_FAULTS,
    MOST_LINES,
    TOO_LONG,
    Entry,
    Fault,
    Period,
    ReadStatement,
    Unreadable,
    account_digits,
    account_named,
    balance_fault,
    fault,
)

# Headings as `name_of` writes them. Of two columns with the same meaning the first counts, but
# descriptions are joined. What is listed nowhere (branch, teller, value date) is passed over.
COLUMNS = {
    "day": (
        "tanggal", "tgl", "tanggal transaksi", "tgl transaksi", "tgl txn", "tgl tran",
        "tanggal posting", "tgl posting", "tanggal mutasi", "tanggal pembukuan", "date",
        "posting date", "post date", "postdate", "transaction date", "trx date", "booking date",
    ),
    "description": (
        "keterangan", "keterangan transaksi", "uraian", "uraian transaksi", "rincian transaksi",
        "berita", "deskripsi", "desk tran", "description", "transaction description", "remark",
        "remarks", "additionaldesc", "narrative", "details",
    ),
    "reference": (
        "referensi", "no referensi", "nomor referensi", "no ref", "ref", "ref no", "reference",
        "reference no", "reference number", "bank reference", "no bukti", "journal no", "no jurnal",
    ),
    "debit": (
        "debit", "debet", "mutasi debit", "mutasi debet", "jumlah debit", "debit amount",
        "withdrawal", "withdrawals", "keluar", "uang keluar", "dana keluar",
    ),
    "credit": (
        "kredit", "credit", "mutasi kredit", "jumlah kredit", "credit amount", "deposit",
        "deposits", "masuk", "uang masuk", "dana masuk",
    ),
    "amount": ("jumlah", "nominal", "mutasi", "nilai", "amount", "transaction amount"),
    "mark": (
        "d/k", "dk", "d/c", "dc", "c/d", "k/d", "db/cr", "cr/db", "db/kr", "debit/credit",
        "debit/kredit", "debet/kredit", "jenis", "tipe", "type", "glsign",
    ),
    "balance": (
        "saldo", "balance", "saldo berjalan", "running balance", "saldo akhir", "close balance",
        "closing balance", "ending balance", "saldo akhir mutasi",
    ),
    "number": (
        "virtual account", "no virtual account", "nomor virtual account", "nomor va", "no va", "va",
        "va number", "va no",
    ),
    "account": (
        "no rekening", "nomor rekening", "rekening", "norek", "account", "account no", "accountno",
        "account number",
    ),
}  # fmt: skip
_FIELD_OF = {name: field for field, names in COLUMNS.items() for name in names}
_MONEY = ("debit", "credit", "amount")
_SEPARATORS = ";,\t|"
_MOST_ROWS = 2 * MOST_LINES  # with empty rows and what stands around the lines
_FIRST_LETTERS = 100_000
_FIRST_ROWS = 30  # the head of columns stands in one of them
_OPENING = ("saldo awal", "opening balance", "starting balance", "beginning balance")
_CLOSING = ("saldo akhir", "closing balance", "ending balance")
_PERIOD = re.compile(
    r"^(dari|sampai|mulai|s/d|from|to|(tanggal|tgl) (awal|akhir|mulai)|(start|end) date)\b"
    r"|\b(periode?|bulan|month|tahun|year)\b"
)
_FOOT = re.compile(
    r"(grand|sub|total|jumlah|saldo|mutasi|closing|opening|starting|ending|beginning|debit|debet"
    r"|kredit|credit)\b"
)


@dataclass(frozen=True, slots=True)
class _Head:
    """Where the columns stand, and what was said before them."""

    row: int
    width: int
    places: dict[str, int]
    words: tuple[int, ...]  # all columns of description
    account: str
    opening: Decimal | None
    period: Period | None


@dataclass(slots=True)
class _Read:
    """What was read so far."""

    opening: Decimal | None
    closing: Decimal | None
    entries: list[Entry]
    accounts: set[str]  # named by the lines themselves


def read_csv(text: str) -> ReadStatement:
    """Return the statement in a CSV text; raises `Unreadable` with every bad row."""
    rows = _rows(text)
    head = _head(rows)
    read = _Read(head.opening, None, [], set())
    faults: list[Fault] = []
    for row, cells in rows[head.row :]:
        if not any(cells):
            continue
        try:
            _take(read, row, _mended(cells, head), head)
        except BadCell as bad:
            faults.append(fault(row, str(bad)))
        if len(faults) >= MOST_FAULTS:
            break
    if faults:
        raise Unreadable(faults)
    return _whole(read, head)


def _take(read: _Read, row: int, cells: Sequence[str], head: _Head) -> None:
    if not _is_movement(cells, head) and _took_foot(read, cells, head):
        return
    read.entries.append(_entry(row, cells, head))
    read.accounts.add(account_digits(_cell(cells, head, "account")))


def _whole(read: _Read, head: _Head) -> ReadStatement:
    entries = read.entries
    if not entries:
        return _quiet(read, head)
    if len(entries) > MOST_LINES:
        raise Unreadable([fault(0, TOO_LONG)])
    if "balance" not in head.places:
        entries = _with_balances(entries, read.opening, head)
    faults = _breaks(entries)
    if faults:
        backwards = entries[::-1]  # many banks write the newest line first
        faults_back = _breaks(backwards)
        if len(faults_back) < len(faults):
            entries, faults = backwards, faults_back
    first = entries[0].balance - entries[0].amount
    last = entries[-1].balance
    if not faults:
        begin = first if read.opening is None else read.opening
        end = last if read.closing is None else read.closing
        faults = balance_fault(begin, end, [e.amount for e in entries], row=0)
    if faults:
        raise Unreadable(faults[:MOST_FAULTS])
    # A column of accounts that differ names who paid, not the account of the statement.
    named = read.accounts.pop() if len(read.accounts) == 1 else ""
    return ReadStatement(head.account or named, "", first, last, tuple(entries))


def _quiet(read: _Read, head: _Head) -> ReadStatement:
    """Return the statement of days without movement: both balances are told, and are the same."""
    if read.opening is None or read.closing is None:
        raise Unreadable([fault(0, N_("Berkas ini tidak berisi mutasi. Unduh lagi dari bank."))])
    faults = balance_fault(read.opening, read.closing, [], row=0)
    if faults:
        raise Unreadable(faults)
    return ReadStatement(head.account, "", read.opening, read.closing, (), head.period)


def _with_balances(entries: Sequence[Entry], opening: Decimal | None, head: _Head) -> list[Entry]:
    """Return lines with the balances that a file without that column leaves to be added up."""
    if opening is None:
        message = N_("Kolom saldo tidak ada. Unduh berkas dengan saldo, atau isi baris saldo awal.")
        raise Unreadable([fault(head.row, message)])
    in_order = entries if entries[0].day <= entries[-1].day else entries[::-1]
    balances = accumulate((e.amount for e in in_order), initial=opening)
    return [replace(e, balance=b) for e, b in zip(in_order, list(balances)[1:], strict=True)]


def _breaks(entries: Sequence[Entry]) -> list[Fault]:
    """Return a fault for each line whose balance does not follow from the line before."""
    message = N_("Saldo baris ini tidak cocok dengan baris sebelumnya. Selisih {difference}.")
    return [
        fault(e.row, message, difference=rupiah(e.balance - before.balance - e.amount))
        for before, e in pairwise(entries)
        if before.balance + e.amount != e.balance
    ]


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Return (row of the file, cells); a quoted cell may go over several rows."""
    sample = list(islice(io.StringIO(text[:_FIRST_LETTERS], newline=None), _FIRST_ROWS))
    best = max(
        _SEPARATORS, key=lambda mark: max((_known_in(line, mark) for line in sample), default=0)
    )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=best)
    return list(_numbered(reader))


def _known_in(line: str, mark: str) -> int:
    return sum(bool(_field_of(cell)) for cell in line.split(mark))


def _field_of(cell: str) -> str:
    """Return what a heading means; of two languages (`Saldo/Balance`) the first one is read."""
    name = name_of(cell)
    return _FIELD_OF.get(name) or _FIELD_OF.get(name.partition("/")[0].strip(), "")


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    before = 0
    try:
        for cells in reader:
            yield before + 1, [" ".join(cell.split()) for cell in cells]
            before = reader.line_num  # type: ignore[attr-defined]
            if before > _MOST_ROWS:
                raise Unreadable([fault(0, TOO_LONG)])
    except csv.Error:
        message = N_("Baris ini tidak utuh. Simpan lagi sebagai CSV.")
        raise Unreadable([fault(before + 1, message)]) from None


def _head(rows: Sequence[tuple[int, list[str]]]) -> _Head:
    account, opening = "", None
    periods: list[str] = []
    for place, (row, cells) in enumerate(rows[:_FIRST_ROWS]):
        fields = [_field_of(cell) for cell in cells]
        found = {field: fields.index(field) for field in fields if field}
        if "day" in found and len(found) > 2:
            _need(found, row=row)
            _unnamed_mark(found, cells)
            words = tuple(i for i, field in enumerate(fields) if field == "description")
            period = period_of(" ; ".join(periods))
            return _Head(place + 1, len(cells), found, words, account, opening, period)
        label, _, rest = cells[0].partition(":") if cells else ("", "", "")
        value = " ".join([rest, *cells[1:]]).strip(" :='")
        if name_of(label) in COLUMNS["account"]:
            account = account_digits(value)
        if name_of(label) in _OPENING:
            opening = _maybe_money(value)
        told = " ".join(cells)
        if _PERIOD.search(name_of(told)) or names_two_days(told):
            periods.append(told)
    message = N_("Baris judul tidak ditemukan. Perlu kolom tanggal, keterangan, jumlah, saldo.")
    raise Unreadable([fault(0, message)])


def _maybe_money(text: str) -> Decimal | None:
    try:
        return money(text)[0] if text else None
    except BadCell:
        return None


def _need(found: dict[str, int], *, row: int) -> None:
    if "description" not in found:
        raise Unreadable([fault(row, N_("Kolom keterangan tidak ada. Tambahkan kolom itu."))])
    if not ({"debit", "credit"} <= set(found) or "amount" in found):
        message = N_("Kolom debit dan kredit tidak ada. Tambahkan, atau pakai jumlah dan D/K.")
        raise Unreadable([fault(row, message)])


def _unnamed_mark(found: dict[str, int], cells: Sequence[str]) -> None:
    """Take a column without a heading right of the amount for the one with DB and CR."""
    behind = found.get("amount", len(cells)) + 1
    if "mark" not in found and behind < len(cells) and not cells[behind]:
        found["mark"] = behind


def _mended(cells: list[str], head: _Head) -> list[str]:
    """Return a row whose description holds separators without quotes, put together again."""
    extra = len(cells) - head.width
    if extra <= 0 or not cells[-1]:
        return cells
    place = head.words[0]
    whole = " ".join(cells[place : place + extra + 1])
    return [*cells[:place], whole, *cells[place + extra + 1 :]]


def _is_movement(cells: Sequence[str], head: _Head) -> bool:
    begins = _cell(cells, head, "day").lstrip("'")[:1]
    return begins.isdigit() and any(_cell(cells, head, field) for field in _MONEY)


def _took_foot(read: _Read, cells: Sequence[str], head: _Head) -> bool:
    """Return whether a row only tells a balance, a total, or words of the bank; keep a balance."""
    filled = [cell for cell in cells if name_of(cell)]
    for cell in filled:
        label, _, rest = cell.partition(":")
        if name_of(label).startswith((*_OPENING, *_CLOSING)):
            told = _cell(cells, head, "balance") or rest.strip(" ='") or filled[-1]
            if name_of(label).startswith(_OPENING):
                read.opening = money(told)[0]
            else:
                read.closing = money(told)[0]
            return True
    if not filled:
        return True
    if _FOOT.match(name_of(filled[0])):
        balance = _cell(cells, head, "balance")
        read.closing = money(balance)[0] if balance else read.closing
        return True
    if not _cell(cells, head, "day") and len(filled) > 1:
        raise BadCell(N_("Tanggal kosong. Isi tanggal transaksi."))
    return len(filled) == 1 and not filled[0][0].isdigit()


def _cell(cells: Sequence[str], head: _Head, field: str) -> str:
    place = head.places.get(field)
    return cells[place] if place is not None and place < len(cells) else ""


def _entry(row: int, cells: Sequence[str], head: _Head) -> Entry:
    day = day_of(_cell(cells, head, "day"), head.period)
    if not any(_cell(cells, head, field) for field in _MONEY):
        raise BadCell(N_("Jumlah kosong. Isi jumlahnya, atau 0 bila tidak ada uang."))
    amount = _amount(cells, head)
    balance = _cell(cells, head, "balance")
    if not balance and "balance" in head.places:
        raise BadCell(N_("Saldo kosong. Isi saldo sesudah transaksi ini."))
    description = " ".join(cells[i] for i in head.words if i < len(cells) and cells[i])[:500]
    return Entry(
        row, day, amount, money(balance)[0], _cell(cells, head, "reference").lstrip("'")[:64],
        account_named(_cell(cells, head, "number")) or account_named(description), description,
    )  # fmt: skip


def _amount(cells: Sequence[str], head: _Head) -> Decimal:
    if "debit" in head.places and "credit" in head.places:
        out, came = (money(_cell(cells, head, field))[0] for field in ("debit", "credit"))
        return abs(came) - abs(out)
    amount, letters = money(_cell(cells, head, "amount"))
    side = direction(_cell(cells, head, "mark") or letters)
    if side or not amount:
        return side * abs(amount)
    if "mark" in head.places:
        raise BadCell(N_("D/K kosong atau salah. Isi D untuk keluar, K untuk masuk."))
    return amount
