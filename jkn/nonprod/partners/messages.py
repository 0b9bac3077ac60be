"""The simulated message gateway: keeps what it "sent" and shows it. Memory only.

Protocol: docs/reference/messages.md.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from jkn.core.clock import JAKARTA
from jkn.nonprod.partners.http import (
    App,
    BadRequest,
    Request,
    Response,
    command_line,
    json_response,
    page,
    redirect,
    serve,
    style,
)

CHANNELS = {"whatsapp": "WhatsApp", "email": "E-mail", "sms": "SMS"}
MOODS = {"sends": "mengirim", "slow": "lambat (8 detik)", "failing": "gagal (503)"}
SLOW_SECONDS = 8.0  # longer than PARTNER_TIMEOUT_SECONDS of the settings
KEPT = 5_000
LONGEST_ID, LONGEST_TO, LONGEST_TEXT = 40, 254, 700
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Sent:
    """One message as the gateway took it."""

    id: str
    channel: str
    to: str
    text: str
    at: str  # ISO 8601, WIB


@dataclass
class Gateway:
    """One gateway; each channel can be slow or failing."""

    slow_seconds: float = SLOW_SECONDS
    kept: int = KEPT
    moods: dict[str, str] = field(default_factory=lambda: dict.fromkeys(CHANNELS, "sends"))
    _sent: deque[Sent] = field(default_factory=deque)
    _by_key: OrderedDict[str, Sent] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def app(self) -> App:
        """Return its program."""
        app = App()
        app.route("POST", "/messages", self.take)
        app.route("GET", "/healthz", self.health)
        app.route("GET", "/messages.json", self.listed)
        app.route("GET", "/", self.show)
        app.route("POST", "/mood", self.change_mood)
        app.route("GET", "/gaya.css", style)
        return app

    def take(self, request: Request) -> Response:
        """Take one message; the same Idempotency-Key again sends nothing twice."""
        message = _message(request.json)
        key = request.headers.get("idempotency-key") or message.id
        if not 1 <= len(key) <= 200:
            raise BadRequest("Idempotency-Key must be 1 to 200 characters")
        mood = self.moods[message.channel]
        if mood == "failing":
            return json_response({"error": "channel is down"}, 503)
        if mood == "slow":
            time.sleep(self.slow_seconds)
        with self._lock:
            first = self._by_key.setdefault(key, message)
            if first is message:
                self._sent.appendleft(message)
            self._forget()
        return json_response({"id": first.id, "status": "accepted"}, 202)

    def health(self, request: Request) -> Response:
        """Say whether any channel works; slow as the fastest of them."""
        moods = set(self.moods.values())
        if moods == {"slow"}:
            time.sleep(self.slow_seconds)
        works = moods != {"failing"}
        return json_response({"status": "ok" if works else "down"}, 200 if works else 503)

    def _forget(self) -> None:
        while len(self._sent) > self.kept:
            self._sent.pop()
        while len(self._by_key) > self.kept:
            self._by_key.popitem(last=False)

    def sent(self, to: str = "") -> list[Sent]:
        """Return what was sent to an address (or all), newest first."""
        with self._lock:
            found = list(self._sent)
        return [m for m in found if to in ("", m.to)]

    def listed(self, request: Request) -> Response:
        """Return what was sent as JSON, newest first; `?to=` chooses one address."""
        found = self.sent(request.query.get("to", "").strip().lstrip("+"))
        return json_response({"messages": [asdict(m) for m in found]})

    def show(self, request: Request) -> Response:
        """Show what was sent, so that a newcomer can read the code."""
        found = self.sent(_as_sent(request.query.get("to", "")))
        return page(
            "messages.jinja",
            channels=CHANNELS,
            choices=MOODS,
            moods=self.moods,
            messages=found[:SHOWN],
            to=request.query.get("to", ""),
        )

    def change_mood(self, request: Request) -> Response:
        """Make a channel slow, failing or well again."""
        channel, mood = request.form.get("channel", ""), request.form.get("mood", "")
        if channel not in CHANNELS or mood not in MOODS:
            raise BadRequest("unknown channel or mood")
        with self._lock:
            self.moods[channel] = mood
        return redirect("/")


def _as_sent(typed: str) -> str:
    """Return an address as it is sent: 0800… is 62800…; e-mail stays."""
    plain = (
        typed.strip().lstrip("+").replace(" ", "").replace("-", "") if "@" not in typed else typed
    )
    return f"62{plain[1:]}" if plain.startswith("0") else plain


def _message(body: Mapping[str, object]) -> Sent:
    fields = {name: body.get(name) for name in ("id", "channel", "to", "text")}
    values = {name: str(v) for name, v in fields.items() if isinstance(v, str | int) and v != ""}
    if missing := [name for name in fields if name not in values]:
        raise BadRequest(f"missing: {', '.join(missing)}")
    if values["channel"] not in CHANNELS:
        raise BadRequest("channel must be whatsapp, email or sms")
    for name, longest in (("id", LONGEST_ID), ("to", LONGEST_TO), ("text", LONGEST_TEXT)):
        if len(values[name]) > longest:
            raise BadRequest(f"{name} is longer than {longest}")
    at = datetime.now(JAKARTA).isoformat(timespec="seconds")
    return Sent(at=at, **values)


def main() -> None:
    """Serve until told to stop."""
    serve(Gateway().app(), command_line("messages").parse_args().port)


if __name__ == "__main__":
    main()
