"""Our own server, as it is in production, for clients that others wrote.

The real one, because `user_key` is written with an underscore: Django's development server, and
proxies unless told otherwise, drop such a header.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx
from django.conf import settings
from django.db import connection

START_SECONDS = 60


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _database_of_this_run() -> str:
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))


def _until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    began = time.monotonic()
    while time.monotonic() - began < START_SECONDS:
        assert process.poll() is None, log.read_text()[-2000:]
        try:
            httpx.get(f"{url}/healthz", timeout=2)
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


class Served:
    """Our server on a port of its own; what it logs."""

    def __init__(self, url: str, log: Path) -> None:
        self.url = url
        self.log = log


@contextmanager
def serving(log: Path, *, day: str) -> Iterator[Served]:
    """Serve the tests' own database on a day with granian."""
    port = _free_port()
    words = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-access-log"]
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "granian", *words, "jkn.config.wsgi:application"],
            cwd=settings.BASE_DIR, stdout=file, stderr=file,
            env={
                **os.environ, "DJANGO_SETTINGS_MODULE": "jkn.config.settings",
                "DATABASE_URL": _database_of_this_run(), "JKN_TODAY": day,
            },
        )  # fmt: skip
        try:
            _until_it_answers(f"http://127.0.0.1:{port}", process, log)
            yield Served(f"http://127.0.0.1:{port}", log)
        finally:
            process.terminate()
            process.wait(30)
