"""The load client: sends prepared requests over connections that stay open."""

from __future__ import annotations

import http.client
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

CLIENTS = 4


class WrongAnswer(RuntimeError):
    """The server answered something else than what is measured: the figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, ready to be sent."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


def send_all(port: int, requests: Sequence[Request], *, expect: bytes = b"") -> int:
    """Send all requests from several clients at once; return the bytes of all bodies.

    Raises `WrongAnswer` unless each answer is 200 and has `expect` in its body.
    """
    shares = [requests[start::CLIENTS] for start in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as crowd:
        done = crowd.map(lambda share: _send_share(port, share, expect), shares)
        answers = sum(done, Counter[str]())
    size = answers.pop("bytes")
    if set(answers) - {"200"}:
        raise WrongAnswer(f"{requests[0].path}: {dict(answers)}")
    return size


def _send_share(port: int, requests: Sequence[Request], expect: bytes) -> Counter[str]:
    counted: Counter[str] = Counter({"bytes": 0})
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        for request in requests:
            connection.request(request.method, request.path, request.body, dict(request.headers))
            answer = connection.getresponse()
            body = answer.read()
            counted["bytes"] += len(body)
            is_right = answer.status == 200 and expect in body
            counted["200" if is_right else f"{answer.status} {body[:200]!r}"] += 1
    finally:
        connection.close()
    return counted
