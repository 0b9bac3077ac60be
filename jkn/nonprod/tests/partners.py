"""Runs a simulated partner in this process for a test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from jkn.nonprod.partners.http import App, server


@contextmanager
def serving(app: App) -> Iterator[httpx.Client]:
    """Serve the app on a free port of 127.0.0.1, and give a client of it."""
    bound = server(app, 0)
    thread = threading.Thread(target=bound.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{bound.server_port}", timeout=5) as client:
            yield client
    finally:
        bound.shutdown()
        thread.join()
        bound.server_close()
