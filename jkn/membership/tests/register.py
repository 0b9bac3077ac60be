"""A population register for tests: a real HTTP server that answers what a test wants."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

NIK, KK = "3275017101680001", "3275010101000001"
BORN = "1968-01-31"
TYPED = {"nik": NIK, "kk": KK, "birth_date": "31-01-1968"}
SITI = {
    "nik": NIK, "name": "Siti Rahmawati", "birth_date": BORN, "sex": "f", "relation": "head",
    "alive": True,
}  # fmt: skip
BUDI = {
    "nik": "3275011207650001", "name": "Budi Santoso", "birth_date": "1965-07-12", "sex": "m",
    "relation": "spouse", "alive": True,
}  # fmt: skip
MATCH: dict[str, Any] = {
    "match": True, "family": [SITI, BUDI], "address": {"kelurahan": "32.75.01.1001"},
}  # fmt: skip


class Register:
    """How the register behaves, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.status = 200
        self.answer: Any = MATCH
        self.raw: bytes | None = None
        self.seconds = 0.0

    def body(self) -> bytes:
        """Return the answer as bytes; `raw` is sent as it is."""
        return json.dumps(self.answer).encode() if self.raw is None else self.raw


@pytest.fixture
def register(settings: Any) -> Iterator[Register]:
    """Run the register on a free port and point the settings at it."""
    state = Register()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            state.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            time.sleep(state.seconds)
            body = state.body()
            try:
                self.send_response(state.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # the caller has given up

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    settings.REGISTER_URL = f"http://127.0.0.1:{server.server_port}"
    yield state
    server.shutdown()
    thread.join()
    server.server_close()
