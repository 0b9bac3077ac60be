"""The simulated bank's book of what it took for us, and its statements as CSV and MT940.

Kept as JSON lines beside the bank's credentials, so that a restart forgets nothing. It shares no
code with the service's own reader of statements.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import accumulate
from pathlib import Path

from jkn.core.clock import today
from jkn.nonprod.partners.http import BadRequest, Request, Response
from jkn.nonprod.paying import Step

ACCOUNT = "0010020030"
_HEAD = "Tanggal;Keterangan;Referensi;Debit;Kredit;Saldo"
_FOLD = 65  # letters in one row of an MT940 field


@dataclass(frozen=True, slots=True)
class Booked:
    """One movement of the account: rupiah in above zero, out below."""

    day: str  # ISO 8601
    amount: int
    reference: str
    words: str


@dataclass
class Book:
    """What the bank took, each reference once."""

    file: Path
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self) -> list[Booked]:
        """Return everything, in the order in which it was booked."""
        if not self.file.exists():
            return []
        rows = self.file.read_text(encoding="utf-8").splitlines()
        return [Booked(**json.loads(row)) for row in rows]

    def keep(self, steps: Sequence[Step]) -> None:
        """Book the payments that were accepted."""
        for step in steps:
            if step.act == "payment" and step.is_accepted and step.reference:
                self.take(step.amount, reference=step.reference, words=f"SETORAN VA {step.va}")

    def take(self, amount: int, *, reference: str, words: str) -> None:
        """Book money that came in, once for a reference."""
        with self._lock:
            if all(booked.reference != reference for booked in self.read()):
                self._append(Booked(today().isoformat(), amount, reference, words))

    def _append(self, booked: Booked) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(asdict(booked)) + "\n")

    def csv_door(self, request: Request) -> Response:
        """Answer `GET /statement.csv?from=2026-11-01&to=2026-11-30`."""
        return csv_answer(*between(self.read(), request))

    def mt940_door(self, request: Request) -> Response:
        """Answer `GET /statement.mt940`, with the same days."""
        text = as_mt940(*between(self.read(), request))
        return Response(200, text.encode(), "text/plain; charset=utf-8")


def between(rows: Sequence[Booked], request: Request) -> tuple[list[Booked], int]:
    """Return what was booked on the days that a request asks for, and the balance before them."""
    first = _day(request.query.get("from", "2000-01-01"))
    last = _day(request.query.get("to", "2099-12-31"))
    before = sum(b.amount for b in rows if b.day < first)
    return [b for b in rows if first <= b.day <= last], before


def csv_answer(rows: Sequence[Booked], opening: int) -> Response:
    """Return a statement as a file."""
    return Response(200, as_csv(rows, opening).encode(), "text/csv; charset=utf-8")


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadRequest("from and to are days such as 2026-11-30") from None


def as_csv(rows: Sequence[Booked], opening: int) -> str:
    """Return the statement as Indonesian banks export it: `;`, 1.234.567,00, DD/MM/YYYY."""
    lines = [f"Nomor rekening;{ACCOUNT}", _HEAD]
    for b, balance in zip(rows, _balances(rows, opening), strict=True):
        out, came = (_dots(-b.amount), "") if b.amount < 0 else ("", _dots(b.amount))
        day = f"{date.fromisoformat(b.day):%d/%m/%Y}"
        lines.append(f"{day};{b.words};{b.reference};{out};{came};{_dots(balance)}")
    return "\r\n".join(lines) + "\r\n"


def _balances(rows: Sequence[Booked], opening: int) -> list[int]:
    return list(accumulate((b.amount for b in rows), initial=opening))[1:]


def _dots(amount: int) -> str:
    return f"{amount:,},00".replace(",", ".", f"{amount:,}".count(","))


def as_mt940(rows: Sequence[Booked], opening: int) -> str:
    """Return the statement as one MT940 message; field 86 carries the whole reference."""
    first, last = (rows[0].day, rows[-1].day) if rows else (today().isoformat(),) * 2
    closing = opening + sum(b.amount for b in rows)
    lines = [
        ":20:JKNCONTOH", f":25:BANKCONTOH/{ACCOUNT}", ":28C:1/1", f":60F:{_told(first, opening)}",
    ]  # fmt: skip
    for b in rows:
        day = date.fromisoformat(b.day)
        side = "D" if b.amount < 0 else "C"
        short = b.reference[-16:] or "NONREF"
        lines.append(f":61:{day:%y%m%d%m%d}{side}{abs(b.amount)},NTRF{short}")
        told = f"{b.words} /REF/{b.reference}" if b.reference else b.words
        folded = [told[i : i + _FOLD] for i in range(0, len(told), _FOLD)]
        lines += [f":86:{folded[0]}", *folded[1:]]
    return "\r\n".join([*lines, f":62F:{_told(last, closing)}", "-", ""])


def _told(day: str, amount: int) -> str:
    side = "D" if amount < 0 else "C"
    return f"{side}{date.fromisoformat(day):%y%m%d}IDR{abs(amount)},"
