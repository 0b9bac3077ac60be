"""Calls to outside programs: every timeout set, no redirects, no proxies, answers of a bounded size.

urllib3 and not httpx: the latter loads a command line of its own, 9 MB and 0.2 s in each worker.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
import urllib3
from django.conf import settings

CONNECT_SECONDS = 2.0
LARGEST_ANSWER = 1024 * 1024


class Silent(Exception):
    """The other side is down, slow or broken; this says nothing about what was asked."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the other side answered."""

    status: int
    body: bytes


@lru_cache(maxsize=1)
def _pool() -> urllib3.PoolManager:
    patience = settings.PARTNER_TIMEOUT_SECONDS
    return urllib3.PoolManager(
        maxsize=8,
        retries=False,
        timeout=urllib3.Timeout(total=patience, connect=min(CONNECT_SECONDS, patience)),
    )


def post_json(url: str, body: Any, headers: Mapping[str, str]) -> Heard:
    """Post a JSON body and return the answer; raises `Silent`.

    Waits at most PARTNER_TIMEOUT_SECONDS for each part of the answer; a redirect is an answer like
    any other.
    """
    given = {"Content-Type": "application/json", **headers}
    return _ask("POST", url, msgspec.json.encode(body), given)


def get(url: str) -> Heard:
    """Fetch an address and return the answer; raises `Silent`."""
    return _ask("GET", url, None, {})


def _ask(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Heard:
    try:
        answer = _pool().request(
            method, url, body=body, headers=dict(headers), redirect=False, preload_content=False
        )
        try:
            content = answer.read(LARGEST_ANSWER + 1)
        finally:
            answer.close()
    except urllib3.exceptions.HTTPError:
        raise Silent from None
    if len(content) > LARGEST_ANSWER:
        raise Silent
    return Heard(answer.status, content)
