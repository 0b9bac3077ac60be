"""Reads a statement file of either format from its bytes. Pure."""

from __future__ import annotations

import re

from jkn.core.words import N_
from jkn.reconciliation.mt940 import read_mt940
from jkn.reconciliation.rules import (
    MOST_BYTES,
    MOST_FAULTS,
    TOO_LONG,
    ReadStatement,
    Unreadable,
    fault,
    size_faults,
)
from jkn.reconciliation.tabular import read_csv

FORMATS = ("csv", "mt940")
# How a spreadsheet, an old one, a PDF and packed files begin.
_OTHER_FILES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"Rar!")
_MESSAGE = re.compile(r"(\{[14]:|^[\x01\s]*:20:)", re.MULTILINE)


def read_file(content: bytes, *, form: str = "") -> list[ReadStatement]:
    """Return the statements of a file; raises `Unreadable`. The format is seen where not given."""
    if not content.strip():
        raise Unreadable([fault(0, N_("Berkas ini kosong. Unduh lagi dari bank."))])
    if len(content) > MOST_BYTES:
        raise Unreadable([fault(0, TOO_LONG)])
    if content.startswith(_OTHER_FILES):
        message = N_("Berkas ini bukan CSV atau MT940. Unduh lagi dari bank sebagai CSV.")
        raise Unreadable([fault(0, message)])
    text = _decoded(content)
    is_mt940 = (form or seen_format(text)) == "mt940"
    read = read_mt940(text) if is_mt940 else [read_csv(text)]
    faults = [found for one in read for found in size_faults(one.entries)]
    if faults:
        raise Unreadable(faults[:MOST_FAULTS])
    return read


def seen_format(text: str) -> str:
    """Return which format a text looks like: a field :20: or a SWIFT block begins MT940."""
    return "mt940" if _MESSAGE.search(text[:2000]) else "csv"


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    message = N_("Huruf dalam berkas ini tidak terbaca. Simpan sebagai UTF-8.")
    raise Unreadable([fault(0, message)])
