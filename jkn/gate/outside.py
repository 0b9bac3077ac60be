"""Calls to outside programs: one deadline for the whole call, no redirects, no proxies, and
answers of a bounded size.

The standard library's client and a watch that closes the line, since the packaged clients bound
each read only: a partner that sends a byte a second would hold a worker for as long as it likes.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec
from django.conf import settings

CONNECT_SECONDS = 2.0
LARGEST_ANSWER = 1024 * 1024
_KINDS = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}


class Silent(Exception):
    """The other side is down, slow or broken; this says nothing about what was asked."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the other side answered."""

    status: int
    body: bytes


def post_json(url: str, body: Any, headers: Mapping[str, str]) -> Heard:
    """Post a JSON body and return the answer within PARTNER_TIMEOUT_SECONDS; raises `Silent`."""
    given = {"Content-Type": "application/json", **headers}
    return _ask("POST", url, msgspec.json.encode(body), given)


def get(url: str) -> Heard:
    """Fetch an address within PARTNER_TIMEOUT_SECONDS; raises `Silent`."""
    return _ask("GET", url, None, {})


def _ask(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Heard:
    patience = settings.PARTNER_TIMEOUT_SECONDS
    try:
        parts = urlsplit(url)
        kind = _KINDS[parts.scheme]
        line = kind(parts.hostname or "", parts.port, timeout=min(CONNECT_SECONDS, patience))
        with contextlib.closing(line):
            line.connect()
            with _watched(line.sock, patience) as is_late:
                line.request(method, parts.path or "/", body, dict(headers))
                answer = line.getresponse()
                content = answer.read(LARGEST_ANSWER + 1)
                if is_late() or len(content) > LARGEST_ANSWER:
                    raise Silent
                return Heard(answer.status, content)
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        raise Silent from None


@contextlib.contextmanager
def _watched(line: socket.socket, seconds: float) -> Iterator[Callable[[], bool]]:
    """Close the line after so many seconds, whatever is being sent or read; tell whether it was."""
    late = threading.Event()

    def hang_up() -> None:
        late.set()
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    line.settimeout(seconds)
    watch = threading.Timer(seconds, hang_up)
    watch.daemon = True
    watch.start()
    try:
        yield late.is_set
    finally:
        watch.cancel()
