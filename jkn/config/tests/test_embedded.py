"""The embedded PostgreSQL starts, survives and stops wherever a person may put it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest

from jkn.config import embedded

SMALL = {"shared_buffers": "1MB", "max_connections": "10"}
ROOT = Path(__file__).resolve().parents[3]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as a servant")


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "postgres"
    yield place
    embedded.stop(place)


def _keep_a_word(data: Path, word: str) -> None:
    with psycopg.connect(embedded.dsn(data)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [word])


def _kept(data: Path) -> list[str]:
    with psycopg.connect(embedded.dsn(data)) as connection:
        return [row[0] for row in connection.execute("SELECT word FROM kept ORDER BY 1")]


def _server(data: Path) -> int:
    number = embedded.process_number(data)
    assert number is not None
    return number


def _kill(data: Path) -> int:
    number = _server(data)
    os.kill(number, signal.SIGKILL)
    return number


def test_the_second_start_keeps_the_data(data):
    embedded.start(data, SMALL)
    _keep_a_word(data, "satu")
    embedded.stop(data)
    assert not embedded.answers(data)
    assert embedded.start(data, SMALL) == embedded.dsn(data)
    assert _kept(data) == ["satu"]


def test_a_running_server_is_reused(data):
    embedded.start(data, SMALL)
    before = _server(data)
    embedded.start(data, SMALL)
    assert _server(data) == before


def test_settings_are_those_asked_for(data):
    embedded.start(data, {**SMALL, "search_path": 'it\'s, "plain"'})
    with psycopg.connect(embedded.dsn(data)) as connection:
        assert connection.execute("SHOW search_path").fetchone() == ('it\'s, "plain"',)
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_it_starts_again_after_sigkill(data):
    embedded.start(data, SMALL)
    _keep_a_word(data, "tetap")
    busy = psycopg.connect(embedded.dsn(data))  # leaves a backend that must end first
    dead = _kill(data)
    embedded.start(data, SMALL)
    busy.close()
    assert _server(data) != dead
    assert _kept(data) == ["tetap"]


def test_a_reused_process_number_does_not_block_the_start(data):
    embedded.start(data, SMALL)
    _kill(data)
    lock = data / "postmaster.pid"
    words = lock.read_text().split("\n")
    # The worst number: a living process of the same user that is no server.
    sleeper = subprocess.Popen([*embedded._as_servant(Path("/bin/sleep"), data), "sleep", "60"])
    try:
        lock.write_text("\n".join([str(sleeper.pid), *words[1:]]))
        (data / f".s.PGSQL.{embedded.PORT}.lock").write_text(f"{sleeper.pid}\n")
        assert not embedded.is_running(data)
        embedded.start(data, SMALL)
        assert embedded.answers(data)
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()


def test_a_zombie_does_not_block_the_start(data):
    embedded.start(data, SMALL)
    _kill(data)
    zombie = subprocess.Popen(["true"])
    while psutil.Process(zombie.pid).status() != psutil.STATUS_ZOMBIE:
        pass
    (data / "postmaster.pid").write_text(f"{zombie.pid}\n{data}\n")
    embedded.start(data, SMALL)
    zombie.wait()
    assert embedded.answers(data)


@pytest.mark.parametrize("name", ["dengan spasi & 'kutip'", "panjang/" + "x" * 120])
def test_any_folder_name_will_do(tmp_path, name):
    data = tmp_path / name / "postgres"
    try:
        embedded.start(data, SMALL)
        _keep_a_word(data, "ada")
        assert _kept(data) == ["ada"]
    finally:
        embedded.stop(data)
    place = embedded._socket_folder(data)
    assert place == data or not place.exists()


def test_a_socket_folder_of_somebody_else_is_refused(tmp_path):
    data = tmp_path / ("x" * 120)
    place = embedded._socket_folder(data)
    place.symlink_to(tmp_path)
    try:
        with pytest.raises(embedded.EmbeddedError, match="belongs to somebody else"):
            embedded.start(data, SMALL)
    finally:
        place.unlink()


def test_two_starts_at_once_make_one_server(data):
    script = (
        "import sys; from pathlib import Path; from jkn.config import embedded;"
        "embedded.start(Path(sys.argv[1]), {'shared_buffers': '1MB'});"
        "print(embedded.process_number(Path(sys.argv[1])))"
    )

    def run(_: int) -> str:
        command = [sys.executable, "-c", script, str(data)]
        return subprocess.run(
            command, cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout.strip()

    with ThreadPoolExecutor() as pool:
        numbers = set(pool.map(run, range(3)))
    assert numbers == {str(_server(data))}


def test_a_broken_first_start_leaves_no_half(data):
    half = data.with_name("postgres.new")
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    embedded.start(data, SMALL)
    assert not half.exists()
    assert embedded.answers(data)


def test_what_postgresql_says_is_told(data):
    with pytest.raises(embedded.EmbeddedError, match="shared_buffers"):
        embedded.start(data, {"shared_buffers": "a lot"})


def test_a_clean_stop_ends_sessions_and_leaves_no_process(data):
    embedded.start(data, SMALL)
    number = _server(data)
    session = psycopg.connect(embedded.dsn(data))
    embedded.stop(data)
    assert embedded.process_number(data) is None
    assert not psutil.pid_exists(number) or psutil.Process(number).status() == "zombie"
    assert not (data / "postmaster.pid").exists()
    embedded.stop(data)  # twice is as good as once
    session.close()


@as_root
def test_root_below_a_private_folder_lends_the_server_no_more_than_needed(tmp_path):
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    data = private / "postgres"
    try:
        embedded.start(data, SMALL)
        assert psutil.Process(_server(data)).username() == embedded.SERVANT
        assert private.stat().st_mode & 0o777 == 0o700
    finally:
        embedded.stop(data)


START_AND_STOP = textwrap.dedent("""
    import os, sys
    from pathlib import Path
    from jkn.config import embedded
    data = Path(sys.argv[1])
    embedded.start(data, {"shared_buffers": "1MB"})
    assert data.stat().st_uid != 0
    assert os.geteuid() in {0, data.stat().st_uid}
    embedded.stop(data)
    assert not embedded.answers(data)
""")


def _start_and_stop(data: Path, *who: str) -> None:
    command = [*who, sys.executable, "-c", START_AND_STOP, str(data)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_an_ordinary_user_starts_and_stops_it(tmp_path):
    place = tmp_path / "plain"
    place.mkdir()
    who = []
    if os.geteuid() == 0:
        os.chown(place, 1, 1)  # initdb wants a user with a name: "daemon"
        # The right to read lets it find our Python below root's own folders.
        rights = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
        who = ["setpriv", "--reuid=1", "--regid=1", "--clear-groups", *rights]
    _start_and_stop(place / "postgres", *who)


@as_root
def test_a_container_that_withholds_the_narrow_right_will_do(tmp_path):
    right = "-dac_read_search"
    _start_and_stop(
        tmp_path / "postgres", "setpriv", f"--bounding-set={right}", f"--inh-caps={right}"
    )


def test_ensure_makes_the_database_once_and_reuses_the_server(tmp_path):
    try:
        url = embedded.ensure(tmp_path)
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT current_database()").fetchone() == ("jkn",)
        before = _server(embedded.folder(tmp_path))
        assert embedded.ensure(tmp_path) == url
        assert _server(embedded.folder(tmp_path)) == before
    finally:
        embedded.stop(embedded.folder(tmp_path))


def test_no_statement_value_or_detail_reaches_the_log(tmp_path):
    nik = "3275010101900001"
    try:
        with psycopg.connect(embedded.ensure(tmp_path), autocommit=True) as connection:
            connection.execute("CREATE TABLE people (nik text PRIMARY KEY)")
            insert = "INSERT INTO people VALUES (%s)"
            connection.execute(insert, [nik])
            with pytest.raises(psycopg.errors.UniqueViolation, match=nik):
                connection.execute(insert, [nik])
            with pytest.raises(psycopg.errors.InvalidTextRepresentation):
                connection.execute(f"SELECT 'x{nik}'::int")
        assert nik not in (embedded.folder(tmp_path) / "log").read_text()
    finally:
        embedded.stop(embedded.folder(tmp_path))


def test_without_the_package_a_plain_sentence_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded, "find_spec", lambda _: None)
    with pytest.raises(SystemExit, match="DATABASE_URL"):
        embedded.ensure(tmp_path)
