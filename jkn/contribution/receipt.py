"""The receipt of a payment as PDF. fpdf2 costs 35 MB, so it is loaded when the first is asked."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, Protocol

from jkn.contribution.models import Payment
from jkn.contribution.presenters import month_words
from jkn.core.money import rupiah
from jkn.core.month import Month
from jkn.shell.formats import moment


class Billed(Protocol):
    """What a receipt tells of one paid bill: a family's or an employer's."""

    month: int  # core.month index
    amount: int  # rupiah


def receipt_pdf(payment: Payment, bills: Sequence[Billed], *, payer: str) -> bytes:
    """Return the receipt: number, payer, bank and reference, each month, the sum, in rupiah."""
    pdf: Any = import_module("fpdf").FPDF(format=(148, 210))  # A5 in mm
    pdf.set_title(f"Kuitansi {payment.receipt}")
    pdf.set_lang("id")
    pdf.add_page()
    pdf.set_font("Helvetica", "B", 16)
    pdf.cell(text="Kuitansi iuran JKN", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("Helvetica", size=10)
    facts = (
        ("Nomor kuitansi", payment.receipt),
        ("Diterima dari", payer),
        ("Dibayar", moment(payment.paid_at)),
        ("Bank", payment.bank),
        ("Referensi bank", payment.reference),
        ("Virtual account", payment.number),
    )
    pdf.ln(4)
    for label, value in facts:
        pdf.cell(42, 6, _latin(label))
        pdf.cell(0, 6, _latin(value), new_x="LMARGIN", new_y="NEXT")
    pdf.ln(4)
    lines = [(f"Iuran {month_words(Month.at(b.month))}", b.amount) for b in bills]
    if payment.credited:
        lines.append(("Titipan untuk iuran berikutnya", payment.credited))
    for label, amount in lines:
        _line(pdf, label, amount)
    pdf.set_font("Helvetica", "B", 11)
    _line(pdf, "Jumlah dibayar", payment.amount)
    pdf.set_font("Helvetica", size=8)
    pdf.ln(6)
    pdf.multi_cell(
        0, 4, "Kuitansi ini sah tanpa tanda tangan. Periksa di aplikasi: Iuran, Riwayat."
    )
    return bytes(pdf.output())


def _line(pdf: Any, label: str, amount: int) -> None:
    pdf.cell(80, 6, _latin(label))
    pdf.cell(0, 6, rupiah(amount), align="R", new_x="LMARGIN", new_y="NEXT")


def _latin(text: str) -> str:
    # The PDF's built-in fonts know Latin-1; anything else becomes a question mark, never an error.
    return text.encode("latin-1", "replace").decode("latin-1")
