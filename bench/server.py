"""A granian of the bench's own, started as `manage.py serve` starts it, on a free port."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

from bench import cpu
from bench.ground import Ground
from jkn.config import environment, supervisor

START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers: its port and its process number."""

    port: int
    number: int

    def seconds(self) -> float:
        """Return the CPU seconds of the server and its workers."""
        return cpu.tree_seconds(self.number)

    def worker_megabytes(self) -> list[float]:
        """Return the memory (PSS) of each worker."""
        sizes = [cpu.pss_megabytes(number) for number in cpu.children(self.number)]
        return [size for size in sizes if size > 20]  # beside them Python's resource tracker


@contextlib.contextmanager
def serving(ground: Ground, *, settings: str = "jkn.config.settings") -> Iterator[Server]:
    """Serve the ground with the given Django settings, and end all of it afterwards."""
    port = _free_port()
    env = ground.environment(
        DJANGO_SETTINGS_MODULE=settings,
        JKN_TODAY=ground.today.isoformat(),
        JKN_PARTNER_REQUESTS_PER_SECOND="1000000",
        PORT=str(port),
    )
    with (ground.folder / "server.log").open("ab") as log:
        process = subprocess.Popen(
            supervisor.server_words(port), cwd=environment.ROOT, env=env, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    try:
        _await_answer(port, process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(15)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_answer(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
        except urllib.error.HTTPError:
            return  # it answers, if only that it has no such address
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start; var/bench/…/server.log says why")
