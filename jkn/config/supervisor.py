"""`manage.py serve`: one process that owns the database, the server and the background worker."""

from __future__ import annotations

import contextlib
import http.client
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from jkn.config import embedded, environment, runfile
from jkn.config.processes import Child, Keeper, die_with_parent

__all__ = ["Child", "Supervisor", "process_numbers", "run"]

logger = logging.getLogger("jkn.supervisor")

TICK = 0.25  # seconds between two looks at the children
LOOK_SECONDS = 1.0  # between two looks at the workers
DATABASE_SECONDS = 2.0  # between two connections that judge the database
END_SECONDS = 15.0  # what children get to finish requests and jobs
WAIT_SECONDS = 120.0  # for a database that is not ours, and for the port
MIGRATION_LOCK = 0x6A6B6E  # any number that nobody else locks: "jkn"


@dataclass(frozen=True)
class Plan:
    """What to keep running; `data` is the embedded database's folder, None for another's."""

    var: Path
    port: int
    children: Sequence[Child]
    data: Path | None = None


def run(
    *,
    extra: Sequence[Child] = (),
    on_ready: Callable[[], None] = lambda: None,
    on_change: Callable[[runfile.Numbers], None] = lambda _: None,
) -> None:
    """Serve until SIGTERM or SIGINT: database, migrations, server, worker, and `extra` commands.

    `on_ready` is called once, when /readyz first answers 200; `on_change` with the process
    numbers whenever they change. Both run between two looks at the children: keep them short.
    Ends the program with a sentence where the port is taken or the database cannot be had.
    """
    var, port = environment.var_folder(), environment.number("PORT", 8000)
    with _stop_event() as stop, _claimed(var, port, stop) as (path, data):
        url = embedded.ensure(var) if data else environment.text("DATABASE_URL")
        os.environ["DATABASE_URL"] = url  # children join this database, and start none
        _prepare(url, stop)
        children = [*_own_children(port), *extra]
        Supervisor(Plan(var, port, children, data), path, on_ready, on_change).run(stop)


def process_numbers(var: Path | None = None) -> runfile.Numbers | None:
    """Return the process numbers of the running service; None where none is recorded."""
    return runfile.read((var or environment.var_folder()) / "run.json")


class Supervisor:
    """Keeps children and the embedded database running, and tells who they are."""

    def __init__(
        self,
        plan: Plan,
        path: Path,
        on_ready: Callable[[], None],
        on_change: Callable[[runfile.Numbers], None],
    ) -> None:
        self._plan = plan
        self._path = path
        self._on_ready: Callable[[], None] | None = on_ready
        self._on_change = on_change
        self._keepers = [Keeper(child, environment.ROOT) for child in plan.children]
        self._told: runfile.Numbers | None = None
        self._next_look = self._next_database = 0.0

    def run(self, stop: threading.Event) -> None:
        """Keep everything running until told to stop; then end the children."""
        try:
            while not stop.wait(TICK):
                self._look(time.monotonic())
        finally:
            self._end_children()

    def numbers(self) -> runfile.Numbers:
        """Return the process numbers of now."""
        numbers = runfile.starting()
        data = self._plan.data
        numbers["database"] = embedded.process_number(data) if data else None
        for keeper in self._keepers:
            if keeper.number is not None:
                numbers["children"][keeper.child.name] = keeper.number
            if keeper.child.workers:
                numbers["server"] = numbers["server"] or keeper.number
                numbers["workers"] += keeper.workers()
        return numbers

    def _look(self, now: float) -> None:
        for keeper in self._keepers:
            keeper.look()
        if now >= self._next_database:
            self._heal_database()
            self._next_database = time.monotonic() + DATABASE_SECONDS
        if now >= self._next_look:
            for keeper in self._keepers:
                keeper.look_at_workers()
            self._tell_changes()
            self._next_look = time.monotonic() + LOOK_SECONDS
        self._tell_ready()

    def _heal_database(self) -> None:
        data = self._plan.data
        # One that lives without answering is recovering or stopping: it is left to that.
        if data is None or embedded.answers(data) or embedded.is_running(data):
            return
        logger.warning("the database does not answer and starts again")
        try:
            embedded.start(data, embedded.SETTINGS)
        except (embedded.EmbeddedError, OSError) as problem:
            logger.error("the database did not start: %s", problem)

    def _tell_changes(self) -> None:
        numbers = self.numbers()
        if numbers != self._told:
            self._told = numbers
            runfile.write(self._path, numbers, self._plan.port)
            self._on_change(numbers)

    def _tell_ready(self) -> None:
        if self._on_ready and _is_ready(self._plan.port):
            tell, self._on_ready = self._on_ready, None
            tell()

    def _end_children(self) -> None:
        for keeper in self._keepers:
            keeper.ask_to_end()
        deadline = time.monotonic() + END_SECONDS
        for keeper in self._keepers:
            keeper.wait(max(deadline - time.monotonic(), 0.1))


@contextlib.contextmanager
def _stop_event() -> Iterator[threading.Event]:
    """Yield an event that SIGTERM, SIGINT and a closed terminal set."""
    stop = threading.Event()
    which = [signal.SIGTERM, signal.SIGINT]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup was not asked for
        which.append(signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in which}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _claimed(var: Path, port: int, stop: threading.Event) -> Iterator[tuple[Path, Path | None]]:
    """Yield the run file and the embedded database's folder, which is stopped by the last user."""
    try:
        path = runfile.claim(var, port)
    except runfile.AlreadyServing as serving:
        raise SystemExit(
            f"Already serving at http://localhost:{port} (process {serving})."
        ) from None
    data = embedded.folder(var) if _is_embedded(var) else None
    try:
        _await_port(port, stop)
        yield path, data
    finally:
        with runfile.release(path) as is_last:
            if data and is_last:
                embedded.stop(data)


def _is_embedded(var: Path) -> bool:
    url = environment.text("DATABASE_URL")
    return not url or url == embedded.dsn(embedded.folder(var), embedded.DATABASE)


def server_words(port: int, *, workers: int) -> list[str]:
    """Return the command that serves at a port; the bench measures the very same."""
    options = {
        "interface": "wsgi",
        "workers": workers,
        "blocking-threads": 4,
        "workers-kill-timeout": 10,
        "host": environment.text("JKN_HOST", "127.0.0.1"),
        "port": port,
        "log-level": "warning",
        "process-name": "jkn",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    server = [sys.executable, "-m", "granian", *words]
    return [*server, "--no-access-log", "jkn.config.wsgi:application"]


def _own_children(port: int) -> list[Child]:
    """Return the servers and the background worker.

    One granian of one worker each, side by side on the port (SO_REUSEPORT): a single one with
    several workers ends them all when one dies twice within 5.5 seconds ("crash loop").
    """
    servers = range(1, environment.number("JKN_WORKERS", 2) + 1)
    return [
        *(Child(f"server-{n}", server_words(port, workers=1), workers=1) for n in servers),
        # It exits with 0 when PostgreSQL goes away, and is started again like any other.
        Child("jobs", [sys.executable, "manage.py", "procrastinate", "worker"]),
    ]


def _prepare(url: str, stop: threading.Event) -> None:
    """Bring tables, static files and the day up to date, one supervisor at a time on one database."""
    with _connected(url, stop) as connection:
        # The transaction stays open while the migrations run: no timeout may end it.
        while not _has_turn(connection):
            connection.rollback()
            _pause(stop, 0.5)
        _manage("prepare")


def _has_turn(connection: psycopg.Connection) -> bool:
    """Take the lock of migrations until the transaction ends; return whether it was free.

    Asked again and again instead of waited for: a waiting statement holds a snapshot, for which
    `CREATE INDEX CONCURRENTLY` in somebody's migration would wait for ever.
    """
    for timeout in ("idle_in_transaction_session_timeout", "transaction_timeout"):
        connection.execute(f"SET LOCAL {timeout} = 0")
    question = "SELECT pg_try_advisory_xact_lock(%s)"
    return connection.execute(question, [MIGRATION_LOCK]).fetchone() == (True,)


def _manage(*words: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own command, no shell
        [sys.executable, "manage.py", *words, "--verbosity", "0"],
        cwd=environment.ROOT,
        env={**os.environ, "JKN_LONG_STATEMENTS": "1"},
        preexec_fn=die_with_parent(),
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"`manage.py {words[0]}` failed; its message is above.")


def _connected(url: str, stop: threading.Event) -> psycopg.Connection:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return psycopg.connect(url, connect_timeout=5)
        except psycopg.OperationalError as problem:
            if time.monotonic() > deadline:
                raise SystemExit("The database at DATABASE_URL does not answer.") from problem
            _pause(stop, 1)


def _pause(stop: threading.Event, seconds: float) -> None:
    """Wait; end the program where it is told to stop meanwhile."""
    if stop.wait(seconds):
        raise SystemExit(0)


def _await_port(port: int, stop: threading.Event) -> None:
    """Wait a little for a port that an ended server may still hold; then refuse."""
    deadline = time.monotonic() + 5
    while not _is_free(port):
        if time.monotonic() > deadline:
            raise SystemExit(f"Port {port} is taken by another program; PORT= chooses another.")
        _pause(stop, 0.2)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
