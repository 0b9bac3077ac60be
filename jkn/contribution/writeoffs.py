"""Rules of writing arrears off (pemutihan, PenghapusanTunggakan): who, why, how many months. Pure.

No regulation is in force: everything here is off by a dated figure until one is
(docs/reference/amnesty.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from jkn.contribution.rules import Chart, OpenBill, Posting, owed
from jkn.core.errors import Refused
from jkn.core.month import Month
from jkn.core.words import N_

MOST_ROWS = 5_000
_HEADER = ["number", "reason"]


class Ground(StrEnum):
    """Why a person's arrears may be written off."""

    PBI_CONVERT = "pbi_convert"  # moved to a list that the government pays for
    POOR = "poor_dtsen"  # poor by the social data (DTSEN)
    VERIFIED = "verified_pbpu"  # pays for itself, and was verified


class BatchStatus(StrEnum):
    """How a batch stands. Two persons: one proposes, another one decides."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file: a NIK, card or virtual account, and the ground."""

    line: int
    number: str
    ground: Ground


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with one line of a file."""

    line: int
    message: str


def read_rows(text: str) -> tuple[list[Row], list[RowFault]]:
    """Return the rows of a CSV with the header `number,reason`, and what is wrong, by line.

    Refuses `amnesty.header`, `amnesty.empty` and `amnesty.too_long`.
    """
    lines = [
        (n, line) for n, line in enumerate(text.lstrip("\ufeff").splitlines(), 1) if line.strip()
    ]
    delimiter = ";" if lines and ";" in lines[0][1] else ","
    if not lines or [cell.lower() for cell in _cells(lines[0][1], delimiter)] != _HEADER:
        raise Refused("amnesty.header", N_("Baris pertama harus: number,reason."))
    if len(lines) == 1:
        raise Refused("amnesty.empty", N_("Daftar ini kosong."))
    if len(lines) > MOST_ROWS + 1:
        raise Refused("amnesty.too_long", N_("Paling banyak {most} baris."), most=MOST_ROWS)
    rows: list[Row] = []
    faults: list[RowFault] = []
    seen: set[str] = set()
    for line, content in lines[1:]:
        cells = _cells(content, delimiter)
        fault = _fault(cells, seen)
        if fault:
            faults.append(RowFault(line, fault))
            continue
        number, ground = cells
        seen.add(number)
        rows.append(Row(line, number, Ground(ground)))
    return rows, faults


def _cells(line: str, delimiter: str) -> list[str]:
    """Return what stands between the delimiters; no value of ours holds one or a quote."""
    return [cell.strip().strip('"').strip() for cell in line.split(delimiter)]


def _fault(cells: Sequence[str], seen: set[str]) -> str:
    if len(cells) != len(_HEADER):
        return N_("Isi dua kolom.")
    number, ground = cells
    if not (number.isascii() and number.isdigit() and len(number) in (13, 16)):
        return N_("Nomor berisi 13 atau 16 angka.")
    if ground not in {g.value for g in Ground}:
        return N_("Alasan ini tidak ada.")
    return N_("Nomor ini ada dua kali.") if number in seen else ""


@dataclass(frozen=True, slots=True)
class WriteOff:
    """What falls away: months that are written off, and older ones above the cap."""

    bills: tuple[OpenBill, ...]
    beyond_cap: tuple[OpenBill, ...]

    @property
    def amount(self) -> int:
        """The rupiah that are written off; months above the cap would not be collected anyway."""
        return sum(bill.amount for bill in self.bills)

    @property
    def months(self) -> int:
        """How many months are written off."""
        return len({bill.month for bill in self.bills})


def write_off(
    open_bills: Iterable[OpenBill], *, on: date, cap_months: int, most_months: int
) -> WriteOff:
    """Return what an amnesty writes off: arrears of at most so many months, never this month.

    The newest months are written off, since older ones are the first to fall above the cap; what
    is above the cap is closed with them, else it would move up into it.
    """
    current = Month.of(on)
    debt = owed(open_bills, on=on, cap_months=cap_months)
    arrears = [b for b in debt.bills if b.month < current]
    newest = set(sorted({b.month for b in arrears})[-most_months:]) if most_months else set()
    bills = tuple(b for b in arrears if b.month in newest)
    return WriteOff(bills, debt.beyond_cap if bills else ())


def postings_of_write_off(found: WriteOff) -> tuple[Posting, ...]:
    """Return the lines that book it: what was owed becomes a loss, bill by bill."""
    return (
        *(Posting(Chart.WRITTEN_OFF, Chart.RECEIVABLE, b.amount, b.id) for b in found.bills),
        *(Posting(Chart.BEYOND_CAP, Chart.RECEIVABLE, b.amount, b.id) for b in found.beyond_cap),
    )
