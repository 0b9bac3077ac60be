"""A year of a payer's contributions as PDF: each month, each payment, the sums."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, Protocol

from jkn.contribution.models import Payment
from jkn.contribution.presenters import month_words
from jkn.contribution.rules import BillStatus
from jkn.core.money import rupiah
from jkn.core.month import Month
from jkn.shell.formats import day

_STATUS = {
    BillStatus.OPEN.value: "belum dibayar",
    BillStatus.PAID.value: "lunas",
    BillStatus.BEYOND_CAP.value: "di atas batas tunggakan",
    BillStatus.WRITTEN_OFF.value: "dihapus (pemutihan)",
}  # what was cancelled never was owed


class Billed(Protocol):
    """What a statement tells of one bill: a family's or an employer's."""

    month: int  # core.month index
    status: str
    amount: int  # rupiah


def annual_pdf(
    year: int, bills: Sequence[Billed], payments: Sequence[Payment], *, payer: str,
    parts: Sequence[tuple[str, int]] = (),
) -> bytes:  # fmt: skip
    """Return the statement of one year: bills of its months and payments of its days, in rupiah.

    `parts` are what all bills together consist of, where they have parts.
    """
    pdf: Any = import_module("fpdf").FPDF(format="A4")
    pdf.set_title(f"Iuran JKN {year}")
    pdf.set_lang("id")
    pdf.add_page()
    pdf.set_font("Helvetica", "B", 16)
    pdf.cell(text=f"Iuran JKN tahun {year}", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("Helvetica", size=10)
    pdf.cell(text=_latin(payer), new_x="LMARGIN", new_y="NEXT")
    _part(
        pdf,
        "Tagihan",
        [
            (f"{month_words(Month.at(b.month))}, {_STATUS[b.status]}", b.amount)
            for b in sorted(bills, key=lambda b: b.month)
            if b.status in _STATUS
        ],
    )
    if parts:
        _part(pdf, "Rincian tagihan", parts)
    _part(
        pdf,
        "Pembayaran",
        [
            (f"{day(p.day)}, {p.bank}, kuitansi {p.receipt}", p.amount)
            for p in sorted(payments, key=lambda p: p.id)
        ],
    )
    return bytes(pdf.output())


def _part(pdf: Any, title: str, lines: Sequence[tuple[str, int]]) -> None:
    pdf.ln(4)
    pdf.set_font("Helvetica", "B", 12)
    pdf.cell(text=title, new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("Helvetica", size=10)
    for label, amount in lines:
        _line(pdf, label, amount)
    pdf.set_font("Helvetica", "B", 10)
    _line(pdf, "Jumlah", sum(amount for _, amount in lines))


def _line(pdf: Any, label: str, amount: int) -> None:
    pdf.cell(130, 6, _latin(label))
    pdf.cell(0, 6, rupiah(amount), align="R", new_x="LMARGIN", new_y="NEXT")


def _latin(text: str) -> str:
    return text.encode("latin-1", "replace").decode("latin-1")
