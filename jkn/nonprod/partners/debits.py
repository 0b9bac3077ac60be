"""The simulated bank's desk for autodebit: mandates that holders agree to, debits by id.

Our protocol is docs/reference/autodebit.md. The end of an account number says what happens to it,
so that every answer of a bank can be seen. What it knows is kept in a file beside its credentials:
a bank does not forget what it debited when it is started again.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from jkn.core.clock import JAKARTA
from jkn.nonprod.partners.http import (
    App,
    BadRequest,
    Cut,
    Request,
    Response,
    json_response,
    page,
    redirect,
)
from jkn.nonprod.partners.statement import Booked, between, csv_answer
from jkn.nonprod.paying import reference

MOODS = {
    "normal": "Biasa",
    "down": "Mati: menjawab 500",
    "slow": "Lambat: lebih lama dari batas waktu",
    "lost": "Mendebit, lalu jawabannya hilang",
    "broken": "Menjawab bukan JSON",
}
ENDINGS = {
    "01": ("Saldo tidak cukup saat didebit", "insufficient_funds"),
    "02": ("Rekening ditutup sebelum didebit", "account_closed"),
    "03": ("Nama pemilik berbeda", "name_differs"),
    "04": ("Rekening tidak dikenal", "account_unknown"),
}
_AT_START, _AT_DEBIT = ("03", "04"), ("01", "02")


@dataclass
class Mandate:
    """One mandate as the bank keeps it."""

    id: str
    bank: str
    account: str
    holder: str
    day: int
    status: str = "pending"
    reason: str = ""


@dataclass
class Debit:
    """One debit as the bank keeps it: `paid` once, or refused for good."""

    id: str
    mandate: str
    amount: int
    status: str
    reason: str = ""
    reference: str = ""
    paid_at: str = ""


@dataclass
class DebitDesk:
    """Mandates and debits of one bank; `file` keeps them, None forgets them with the process."""

    file: Path | None = None
    mood: str = "normal"
    slow_seconds: float = 8.0
    mandates: dict[str, Mandate] = field(default_factory=dict)
    debits: dict[str, Debit] = field(default_factory=dict)
    asked: int = 0  # how often a debit was asked for, repetitions too
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        if self.file is not None and self.file.exists():
            told = json.loads(self.file.read_text(encoding="utf-8"))
            self.mandates = {m["id"]: Mandate(**m) for m in told["mandates"]}
            self.debits = {d["id"]: Debit(**d) for d in told["debits"]}

    def add_to(self, app: App) -> App:
        """Add its routes to the bank's program."""
        app.route("GET", "/autodebit", self.show)
        app.route("POST", "/autodebit/agree", self.agree)
        app.route("POST", "/autodebit/mood", self.change_mood)
        app.route("POST", "/autodebit/mandates", self.open_mandate)
        app.route("POST", "/autodebit/mandates/status", self.mandate_status)
        app.route("POST", "/autodebit/mandates/end", self.end_mandate)
        app.route("POST", "/autodebit/debits", self.debit)
        app.route("POST", "/autodebit/debits/status", self.debit_status)
        app.route("POST", "/autodebit/debits/cancel", self.cancel)
        app.route("GET", "/autodebit/statement.csv", self.statement)
        return app

    def show(self, request: Request) -> Response:
        """Show who waits for the holder's yes, and what was debited; `?mandat=` shows one."""
        chosen = request.query.get("mandat", "")
        with self._lock:
            return page(
                "debits.jinja", moods=MOODS, mood=self.mood, endings=ENDINGS,
                mandates=[m for m in self.mandates.values() if chosen in ("", m.id)][::-1],
                debits=[d for d in self.debits.values() if chosen in ("", d.mandate)][::-1][:50],
            )  # fmt: skip

    def agree(self, request: Request) -> Response:
        """Take the holder's yes or no."""
        with self._lock:
            mandate = self.mandates.get(request.form.get("id", ""))
            if mandate is not None and mandate.status == "pending":
                says_yes = request.form.get("answer") == "yes"
                mandate.status = "active" if says_yes else "refused"
                mandate.reason = "" if says_yes else "declined"
                self._keep()
        return redirect("/autodebit")

    def change_mood(self, request: Request) -> Response:
        """Change how the bank behaves to our service."""
        mood = request.form.get("mood", "")
        if mood not in MOODS:
            raise BadRequest("unknown mood")
        self.mood = mood
        return redirect("/autodebit")

    def open_mandate(self, request: Request) -> Response:
        """Take a mandate; the same id again is the same mandate."""
        told = request.json
        mandate = Mandate(
            id=_text(told, "id"), bank=_text(told, "bank"), account=_text(told, "account"),
            holder=_text(told, "holder"), day=_number(told, "day"),
        )  # fmt: skip
        ending = mandate.account[-2:]
        if ending in _AT_START:
            mandate.status, mandate.reason = "refused", ENDINGS[ending][1]
        with self._lock:
            self.mandates.setdefault(mandate.id, mandate)
            self._keep()
            answer = _mandate_json(self.mandates[mandate.id], request)
        return self._moody(answer)

    def mandate_status(self, request: Request) -> Response:
        """Say how a mandate stands."""
        with self._lock:
            mandate = self.mandates.get(_text(request.json, "id"))
            answer = _mandate_json(mandate, request) if mandate else None
        return self._moody(answer)

    def end_mandate(self, request: Request) -> Response:
        """End a mandate."""
        with self._lock:
            mandate = self.mandates.get(_text(request.json, "id"))
            if mandate is not None:
                mandate.status, mandate.reason = "ended", ""
                self._keep()
            answer = _mandate_json(mandate, request) if mandate else None
        return self._moody(answer)

    def debit(self, request: Request) -> Response:
        """Debit once for each id, or say why not; a cancelled id stays refused."""
        told = request.json
        number, amount = _text(told, "id"), _number(told, "amount")
        if self.mood in ("down", "broken"):
            return self._moody(None)
        with self._lock:
            self.asked += 1
            if number not in self.debits:
                self.debits[number] = self._debited(number, _text(told, "mandate"), amount)
                self._keep()
            answer = asdict(self.debits[number])
        return self._moody(answer)

    def debit_status(self, request: Request) -> Response:
        """Say what became of a debit."""
        with self._lock:
            debit = self.debits.get(_text(request.json, "id"))
            answer = asdict(debit) if debit else None
        return self._moody(answer)

    def cancel(self, request: Request) -> Response:
        """Refuse a debit for good, unless it was made."""
        number = _text(request.json, "id")
        with self._lock:
            debit = self.debits.setdefault(number, Debit(number, "", 0, "refused", "cancelled"))
            self._keep()
            answer = asdict(debit)
        return self._moody(answer)

    def statement(self, request: Request) -> Response:
        """Answer `GET /autodebit/statement.csv?bank=BRI&from=…&to=…`: what a bank debited for us."""
        bank = request.query.get("bank", "")
        with self._lock:
            rows = [
                Booked(d.paid_at[:10], d.amount, d.reference, f"AUTODEBIT {self._bank_of(d)}")
                for d in self.debits.values() if d.status == "paid" and self._bank_of(d) == bank
            ]  # fmt: skip
        return csv_answer(*between(rows, request))

    def _bank_of(self, debit: Debit) -> str:
        return self.mandates[debit.mandate].bank

    def _debited(self, number: str, mandate_id: str, amount: int) -> Debit:
        mandate = self.mandates.get(mandate_id)
        ending = mandate.account[-2:] if mandate else ""
        if mandate is None or mandate.status != "active":
            return Debit(number, mandate_id, amount, "refused", "mandate_ended")
        if ending in _AT_DEBIT:
            return Debit(number, mandate_id, amount, "refused", ENDINGS[ending][1])
        at = datetime.now(JAKARTA).isoformat(timespec="seconds")
        return Debit(number, mandate_id, amount, "paid", "", reference(), at)

    def _moody(self, answer: dict[str, Any] | None) -> Response:
        if self.mood == "down":
            return json_response({"error": "internal error"}, 500)
        if self.mood == "broken":
            return Response(200, b'{"status": "pa')
        if self.mood == "lost":
            raise Cut
        if self.mood == "slow":
            time.sleep(self.slow_seconds)
        return json_response(answer or {"error": "unknown id"}, 200 if answer else 404)

    def _keep(self) -> None:
        """Write everything to the file, whole or not at all; called under the lock."""
        if self.file is None:
            return
        told = {
            "mandates": [asdict(m) for m in self.mandates.values()],
            "debits": [asdict(d) for d in self.debits.values()],
        }
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps(told), encoding="utf-8")
        fresh.replace(self.file)


def _mandate_json(mandate: Mandate, request: Request) -> dict[str, Any]:
    answer = {"status": mandate.status, "reason": mandate.reason}
    if mandate.status == "pending":
        host = request.headers.get("host", "")
        answer["confirm_url"] = f"http://{host}/autodebit?mandat={mandate.id}"
    return answer


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 80:
        raise BadRequest(f"{name} must be a text")
    return value


def _number(told: dict[str, Any], name: str) -> int:
    value = told.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise BadRequest(f"{name} must be a number above zero")
    return value
