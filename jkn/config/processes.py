"""Child processes that are kept running, and process numbers that survive being reused."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

logger = logging.getLogger("jkn.supervisor")

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds before a dead child starts again
STEADY_SECONDS = 10  # a child that lived so long begins again with the first pause
SHORT_SECONDS = 8  # a server may be short of workers for so long before it is replaced
PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Child:
    """A command to keep running; `env` is added to ours, `workers` of its own are demanded."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    workers: int = 0


class Keeper:
    """Starts one child, and starts it again, after growing pauses, whenever it ends."""

    def __init__(self, child: Child, folder: Path) -> None:
        self.child = child
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._next_start = 0.0
        self._pause = FIRST_PAUSE
        self._complete = 0.0  # when all its workers were last there

    @property
    def number(self) -> int | None:
        """The child's process number; None while it is down."""
        return self._process.pid if self._process else None

    def workers(self) -> list[int]:
        """Return the process numbers of the child's own workers, oldest first."""
        if self.number is None or not self.child.workers:
            return []
        try:
            found = psutil.Process(self.number).children()
            # Python's helper for shared resources stands beside the workers.
            return [p.pid for p in found if "resource_tracker" not in " ".join(p.cmdline())]
        except psutil.Error:
            return []

    def look(self) -> None:
        """Start the child if it is down and its pause is over."""
        now = time.monotonic()
        if self._process and self._process.poll() is not None:
            self._bury(now)
        if self._process is None and now >= self._next_start:
            self._start(now)

    def look_at_workers(self) -> None:
        """End a server that stays short of workers, so that `look` starts it anew.

        Granian can lose count when two of its workers die in the same instant.
        """
        now = time.monotonic()
        if self._process is None or len(self.workers()) >= self.child.workers:
            self._complete = now
        elif now - self._complete > SHORT_SECONDS:
            logger.warning("%s is short of workers and is replaced", self.child.name)
            self.kill()

    def ask_to_end(self) -> None:
        """Send SIGTERM."""
        if self._process:
            self._process.terminate()

    def wait(self, seconds: float) -> None:
        """Wait for the end, then kill what is left of the child and its workers."""
        if self._process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
            self.kill()
            self._process = None

    def kill(self) -> None:
        """Kill the child and all that it started in its process group."""
        if self._process:
            _kill_group(self._process.pid)
            self._process.wait()

    def _start(self, now: float) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - commands of our own, no shell
            self.child.argv,
            cwd=self._folder,
            env={**os.environ, **self.child.env},
            stdin=subprocess.DEVNULL,
            # Ctrl-C reaches the supervisor alone, and killing the group leaves no orphan worker.
            start_new_session=True,
            preexec_fn=die_with_parent(),
        )
        self._started = self._complete = now

    def _bury(self, now: float) -> None:
        assert self._process is not None  # noqa: S101 - for the type checker
        _kill_group(self._process.pid)  # workers of a killed server would hold its port
        steady = now - self._started > STEADY_SECONDS
        self._pause = FIRST_PAUSE if steady else min(self._pause * 2, LONGEST_PAUSE)
        self._next_start = now + self._pause
        code = self._process.returncode
        logger.warning("%s ended with %s and starts again", self.child.name, code)
        self._process = None


def die_with_parent() -> Callable[[], None] | None:
    """Return what a child runs before its program, so that it gets SIGTERM when we are killed.

    None where only Linux could: there the run file alone tells the next start what was left.
    """
    if sys.platform != "linux":
        return None
    parent = os.getpid()

    def prepare() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # we died before the line above
            os._exit(1)

    return prepare


def _kill_group(number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(number, signal.SIGKILL)


def birth(number: int) -> float | None:
    """Return when a process began (seconds since 1970); None where no such process lives."""
    try:
        process = psutil.Process(number)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.Error:
        return None


def is_same(number: int, born: float) -> bool:
    """Return whether the process of that number and birth lives: numbers alone are reused."""
    found = birth(number)
    return found is not None and abs(found - born) < 2  # the clock may be set between two looks


def end(numbers: Iterable[int], seconds: float = 3) -> None:
    """End processes: ask, wait that long, then kill them."""
    found = []
    for number in numbers:
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(number)
            process.terminate()
            found.append(process)
    _, stubborn = psutil.wait_procs(found, timeout=seconds)
    for process in stubborn:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=seconds)
