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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from bench import cpu
from bench.ground import Ground
from jkn.config import environment, supervisor

START_SECONDS = 30
WORKERS = 2
SMALLEST_WORKER = 20  # MB; Python's resource tracker, beside the workers, has less


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers: its port and the process number of each granian behind it."""

    port: int
    numbers: tuple[int, ...]

    def seconds(self) -> float:
        """Return the CPU seconds of all granians and their workers."""
        return sum(cpu.tree_seconds(number) for number in self.numbers)

    def worker_megabytes(self) -> list[float]:
        """Return the memory (PSS) of each worker."""
        workers = [child for number in self.numbers for child in cpu.children(number)]
        sizes = [cpu.pss_megabytes(worker) for worker in workers]
        return [size for size in sizes if size > SMALLEST_WORKER]


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
    with contextlib.ExitStack() as stack:
        log = stack.enter_context((ground.folder / "server.log").open("ab"))
        # As the supervisor does: granians of one worker each, side by side on the port.
        processes = [stack.enter_context(_granian(port, env, log)) for _ in range(WORKERS)]
        _await_answer(port, processes)
        yield Server(port, tuple(process.pid for process in processes))


@contextlib.contextmanager
def _granian(port: int, env: dict[str, str], log: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    words = supervisor.server_words(port, workers=1)
    process = subprocess.Popen(
        words, cwd=environment.ROOT, env=env, stdout=log, stderr=log, start_new_session=True
    )
    try:
        yield process
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


def _await_answer(port: int, processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Wait for the first answer; the warm-up waits for the rest."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and all(p.poll() is None for p in processes):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
        except urllib.error.HTTPError:
            return  # it answers, if only that it has no such address
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start; var/bench/…/server.log says why")
