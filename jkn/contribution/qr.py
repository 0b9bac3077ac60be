"""QRIS of what a family owes, as text and as a drawing. segno is loaded with the first drawing."""

from __future__ import annotations

import io
from importlib import import_module
from typing import Any

from django.conf import settings
from markupsafe import Markup

from jkn.contribution.qris import Merchant, payload
from jkn.contribution.scans import code_number
from jkn.core.errors import Unavailable
from jkn.core.month import Month
from jkn.core.words import N_


def is_on() -> bool:
    """Whether codes are shown: where money is not real, or where the merchant is registered."""
    return not settings.PRODUCTION or settings.QRIS_REGISTERED


def qris_text(*, family_id: int, month: Month, amount: int) -> str:
    """Return the QRIS text that asks for `amount` rupiah, labelled with the month of a bill.

    It is payable for as long as what a bank is told at an inquiry. Refuses `qris.off` in
    production, as long as no merchant is registered.
    """
    if not is_on():
        raise Unavailable("qris.off", N_("QRIS belum tersedia. Bayar lewat virtual account."))
    merchant = Merchant(**settings.QRIS_MERCHANT)
    number = code_number(family_id, amount=amount)
    return payload(merchant, amount=amount, bill_number=number, label=f"IURAN {month}")


def drawn(text: str) -> Markup:
    """Return a text as SVG of a QR code, level M as QRIS asks."""
    segno: Any = import_module("segno")
    out = io.BytesIO()
    segno.make_qr(text, error="m", boost_error=False).save(
        out, kind="svg", xmldecl=False, svgns=False, svgclass="qr", lineclass=None, omitsize=True,
        border=4, nl=False,
    )  # fmt: skip
    # Safe: segno writes numbers only; the text is not part of the drawing's.
    return Markup(out.getvalue().decode())  # noqa: S704
