"""A message gateway for tests: a real HTTP server that keeps what it was given."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


class Gateway:
    """What was sent, and how the gateway behaves: a status per channel."""

    def __init__(self) -> None:
        self.sent: list[dict[str, str]] = []
        self.keys: list[str] = []
        self.status: dict[str, int] = {}
        self.looks = 0

    def last_code(self) -> str:
        """Return the six digits of the newest message."""
        found = re.search(r"\b\d{6}\b", self.sent[-1]["text"])
        assert found
        return found.group()


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    """Run the gateway on a free port and point the settings at it."""
    state = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = state.status.get(body["channel"], 202)
            if status < 300:
                state.sent.append(body)
                state.keys.append(self.headers["Idempotency-Key"])
            self.answer(status)

        def do_GET(self) -> None:
            state.looks += 1
            self.answer(state.status.get("healthz", 200))

        def answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.MESSAGES_URL = f"http://127.0.0.1:{server.server_port}"
    settings.PARTNER_TIMEOUT_SECONDS = 2
    yield state
    server.shutdown()
    server.server_close()
    thread.join()
