"""The simulated bank: a counter where one "pays" a virtual account; it calls us by SNAP.

Described in docs/reference/simulated-bank.md. It knows only what a bank knows: our address, its
client id, its secret and its private key, all from one file.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from json import loads
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jkn.core.errors import Refused
from jkn.core.identifiers import plain_digits
from jkn.core.money import whole_rupiah
from jkn.nonprod.partners.debits import DebitDesk
from jkn.nonprod.partners.http import (
    App,
    BadRequest,
    Request,
    Response,
    command_line,
    json_response,
    page,
    serve,
    style,
)
from jkn.nonprod.partners.scanner import Paid, Unreadable, pay_scanned, scan
from jkn.nonprod.partners.statement import Book
from jkn.nonprod.paying import LONGEST_DELAY_SECONDS, How, Order, Step, pay
from jkn.nonprod.snap_client import Answer, Credentials, SnapClient

HOW = {
    How.NORMAL: "Normal",
    How.REPEAT: "Kirim dua kali",
    How.DELAY: "Terlambat",
    How.REORDER: "Urutan dibalik (dua nomor)",
    How.FORGE: "Palsu (tanda tangan salah)",
    How.ALTER: "Diubah (jumlah diganti setelah ditandatangani)",
}
# By case code of SNAP; the service's two digits in the middle are left out.
WORDS = {
    "20000": "Berhasil.",
    "40000": "Ditolak: permintaan tidak sah.",
    "40001": "Ditolak: bentuk isian salah.",
    "40002": "Ditolak: ada isian wajib yang kosong.",
    "40100": "Ditolak: tanda tangan tidak sah.",
    "40101": "Ditolak: token tidak berlaku.",
    "40300": "Kode ini sudah tidak berlaku.",
    "40401": "Kode ini tidak dikenal.",
    "40411": "Nomor virtual account tidak dikenal.",
    "40412": "Nomor virtual account atau tagihan tidak ditemukan.",
    "40413": "Ditolak: jumlah tidak sama dengan tagihan.",
    "40414": "Tagihan ini sudah dibayar.",
    "40418": "Ditolak: nomor permintaan ini sudah dipakai untuk pembayaran lain.",
    "40419": "Virtual account ini sudah hangus.",
    "40900": "Ditolak: nomor kiriman ini sudah dipakai hari ini.",
    "40901": "Ditolak: nomor referensi ini sudah dipakai.",
    "42900": "Terlalu banyak permintaan.",
}
_FIELDS = ("va", "amount", "how", "delay", "other_va")
NO_ANSWER = "Tidak ada jawaban. Bank akan mengirim lagi."


@dataclass
class Bank:
    """One bank. Its credentials are read when the file appears or changes."""

    credentials_file: Path
    desk: DebitDesk = field(default_factory=DebitDesk)
    _client: SnapClient | None = None
    _page_url: str = ""
    _read_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def app(self) -> App:
        """Return its program."""
        app = App()
        app.route("GET", "/", self.show)
        app.route("POST", "/", self.paid_by_form)
        app.route("POST", "/pay", self.paid_by_program)
        app.route("GET", "/statement.csv", self.book.csv_door)
        app.route("GET", "/statement.mt940", self.book.mt940_door)
        app.route("GET", "/qris", self.scan)
        app.route("POST", "/qris", self.paid_by_scan)
        app.route("GET", "/gaya.css", style)
        return self.desk.add_to(app)

    @cached_property
    def book(self) -> Book:
        """What this bank took for us."""
        return Book(self.credentials_file.with_name("bank_book.jsonl"))

    def client(self) -> SnapClient | None:
        """Return the client, or None as long as the bank is not registered with us."""
        with self._lock:
            try:
                changed = self.credentials_file.stat().st_mtime
            except FileNotFoundError:
                return None
            if self._client is None or changed != self._read_at:
                told = loads(self.credentials_file.read_text(encoding="utf-8"))
                self._client = SnapClient(_credentials(told, self.credentials_file.parent))
                self._page_url = told.get("page_url") or told["base_url"]
                self._read_at = changed
            return self._client

    def show(self, request: Request) -> Response:
        """Show the counter; `?va=` fills in the number."""
        return self._counter({"va": request.query.get("va", "")})

    def paid_by_form(self, request: Request) -> Response:
        """Pay what was typed, and say in plain words what came back."""
        client = self.client()
        if client is None:
            return self._counter(request.form)
        try:
            order = _order(request.form)
        except BadRequest as fault:
            return self._counter(request.form, fault=str(fault))
        return self._counter(request.form, steps=self._paid(client, order))

    def paid_by_program(self, request: Request) -> Response:
        """Pay what a test asks for: {"va", "amount"?, "how"?, "other_va"?, "delay"?}."""
        client = self.client()
        if client is None:
            return json_response({"error": "the bank is not registered"}, 503)
        steps = self._paid(client, _order(request.json))
        return json_response({"results": [_as_json(step) for step in steps]})

    def _paid(self, client: SnapClient, order: Order) -> list[Step]:
        steps = pay(client, order)
        self.book.keep(steps)
        return steps

    def scan(self, request: Request) -> Response:
        """Show what a QRIS asks for; `?text=` is what a camera read."""
        return self._scanner(request.query.get("text", ""))

    def paid_by_scan(self, request: Request) -> Response:
        """Pay a QRIS, and say in plain words what came back."""
        client, text = self.client(), request.form.get("text", "")
        try:
            scanned = scan(text)
        except Unreadable:
            return self._scanner(text)
        if client is None:
            return self._scanner(text)
        paid = pay_scanned(client, scanned, times=2 if request.form.get("twice") else 1)
        if paid.answer is not None and paid.answer.is_accepted:
            words = f"QRIS {scanned.bill_number}"
            self.book.take(scanned.amount, reference=paid.reference, words=words)
        return self._scanner("", paid=paid)

    def _scanner(self, text: str, *, paid: Paid | None = None) -> Response:
        scanned, fault = None, ""
        if text:
            try:
                scanned = scan(text)
            except Unreadable:
                fault = "Kode ini tidak dapat dibaca. Salin lagi seluruhnya."
        return page(
            "scanner.jinja", text=text, scanned=scanned, fault=fault, paid=paid,
            words=said(paid.answer) if paid else "",
            is_registered=self.client() is not None, back=self._page_url,
        )  # fmt: skip

    def _counter(
        self, form: Mapping[str, str], *, fault: str = "", steps: list[Step] | None = None
    ) -> Response:
        client = self.client()
        return page(
            "bank.jinja",
            form={name: form.get(name, "") for name in _FIELDS},
            fault=fault,
            how=HOW,
            is_registered=client is not None,
            back=self._page_url,
            longest_delay=LONGEST_DELAY_SECONDS,
            results=[(step, words_of(step)) for step in _told(steps or [])],
        )


def _told(steps: list[Step]) -> list[Step]:
    """Return what a person at the counter cares for: payments, and inquiries that were refused."""
    return [s for s in steps if s.act == "payment" or not s.is_accepted] or steps


def _credentials(told: Mapping[str, str], folder: Path) -> Credentials:
    if urlsplit(told["base_url"]).scheme not in ("http", "https"):
        raise ValueError("base_url is no web address")
    return Credentials(
        base_url=told["base_url"],
        client_id=told["client_id"],
        secret=told["secret"],
        private_key=(folder / told["private_key_file"]).read_bytes(),
    )


def words_of(step: Step) -> str:
    """Return in plain Indonesian what came of a step."""
    return said(step.answer)


def said(answer: Answer | None) -> str:
    """Return in plain Indonesian what an answer of ours says."""
    if answer is None or not answer.code:
        return NO_ANSWER
    known = WORDS.get(answer.code[:3] + answer.code[5:])
    return known or f"Jawaban lain: {answer.body.get('responseMessage', '')}"


def _order(typed: Mapping[str, Any]) -> Order:
    """Return what was asked for; raises `BadRequest` with a sentence for people."""
    how = str(typed.get("how") or How.NORMAL)
    if how not in {h.value for h in How}:
        raise BadRequest("Cara kirim ini tidak ada.")
    amount = str(typed.get("amount") or "").strip()
    delay = str(typed.get("delay") or "0").strip()
    if not re.fullmatch(r"\d{1,3}", delay):
        raise BadRequest("Lama terlambat ditulis dalam detik.")
    order = Order(
        va=_va(typed.get("va")),
        amount=_amount(amount) if amount else None,
        how=How(how),
        other_va=_va(typed.get("other_va")) if how == How.REORDER else "",
        delay_seconds=int(delay),
    )
    if order.va == order.other_va:
        raise BadRequest("Urutan dibalik membutuhkan dua nomor yang berbeda.")
    return order


def _va(typed: object) -> str:
    digits = plain_digits(str(typed or ""))
    # Shorter and longer ones are sent too, so that our refusal can be seen.
    if not re.fullmatch(r"[0-9]{6,25}", digits):
        raise BadRequest("Nomor virtual account berisi angka saja.")
    return digits


def _amount(typed: str) -> int:
    try:
        return whole_rupiah(re.sub(r"^Rp\s*|[.\s](?=\d{3}(\D|$))", "", typed))
    except Refused:
        raise BadRequest("Jumlah ditulis dalam rupiah bulat, misalnya 140000.") from None


def _as_json(step: Step) -> dict[str, object]:
    return {
        "act": step.act,
        "va": step.va,
        "amount": step.amount,
        "reference": step.reference,
        "status": step.answer.status if step.answer else 0,
        "code": step.code,
        "accepted": step.is_accepted,
        "words": words_of(step),
        "body": step.answer.body if step.answer else None,
    }


def main() -> None:
    """Serve the counter until told to stop."""
    parser = command_line("bank")
    parser.add_argument("--credentials", type=Path, required=True)
    chosen = parser.parse_args()
    desk = DebitDesk(chosen.credentials.with_name("debits.json"))
    serve(Bank(chosen.credentials, desk).app(), chosen.port)


if __name__ == "__main__":
    main()
