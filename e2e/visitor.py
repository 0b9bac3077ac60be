"""A program that opens pages as a browser does, without one: for bytes, faults and strangers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import httpx

from e2e.stack import Stack

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Visitor:
    """A session with cookies; follows no redirect by itself."""

    def __init__(self, stack: Stack) -> None:
        self.http = httpx.Client(
            base_url=stack.base,
            headers={"Origin": stack.base, "Accept": "text/html", "Accept-Encoding": "identity"},
            timeout=30,
        )

    def signed_in(self, account: Mapping[str, Any]) -> Visitor:
        """Sign in by NIK and password."""
        typed = {"siapa": account["nik"], "sandi": account["password"], "cara": "sandi"}
        answer = self.post("/masuk/", typed)
        assert answer.status_code == 302, answer.text[:2000]
        return self

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Open a page."""
        return self.http.get(path, headers=headers)

    def post(self, path: str, form: Mapping[str, str], *, form_on: str = "") -> httpx.Response:
        """Send a form; its hidden token is read from the page where it stands."""
        page = self.http.get(form_on or path)
        found = _TOKEN.search(page.text)
        token = found[1] if found else ""
        return self.http.post(path, data={"csrfmiddlewaretoken": token, **form})

    def bytes_of(self, path: str) -> int:
        """Return how many bytes the body of a page has on the wire, in brotli."""
        with self.http.stream("GET", path, headers={"Accept-Encoding": "br"}) as answer:
            assert answer.status_code == 200, (path, answer.status_code)
            return sum(len(part) for part in answer.iter_raw())
