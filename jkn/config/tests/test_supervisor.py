"""The supervisor starts everything, heals what is killed, and leaves nothing behind."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from jkn.config import embedded, processes, runfile, supervisor

ROOT = Path(__file__).resolve().parents[3]
HEAL_SECONDS = 20  # the promise of reliability rule 9


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(what: Callable[[], bool], seconds: float = HEAL_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)


def _lives(number: int) -> bool:
    return processes.birth(number) is not None


class Service:
    """One supervisor with its port, as a program of its own."""

    def __init__(self, var: Path, port: int) -> None:
        self.var, self.port = var, port
        inherited = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jkn.config.tests.served"],
            cwd=ROOT,
            env={**inherited, "PORT": str(port), "JKN_VAR": str(var)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def numbers(self) -> runfile.Numbers:
        for path in self.var.glob("run*.json"):
            record = runfile.read(path)
            if record and record["supervisor"] == self.process.pid:
                return record
        return runfile.starting()

    def is_whole(self) -> bool:
        numbers = self.numbers()
        everyone = [*numbers["workers"], *numbers["children"].values(), numbers["database"] or 0]
        return (
            set(numbers["children"]) == {"server-1", "server-2", "jobs", "bank"}
            and len(numbers["workers"]) == 2
            and all(map(_lives, everyone))
            and self.answers()
        )

    def stop(self) -> str:
        self.process.terminate()
        return self.output()

    def output(self) -> str:
        return self.process.communicate(timeout=HEAL_SECONDS)[0]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    made: list[Service] = []

    def make(port: int | None = None) -> Service:
        made.append(Service(tmp_path, port or _free_port()))
        return made[-1]

    yield make
    for service in made:
        if service.process.poll() is None:
            service.stop()
        service.process.communicate()
    embedded.stop(embedded.folder(tmp_path))


def _all_numbers(service: Service) -> list[int]:
    numbers = service.numbers()
    return [*numbers["workers"], *numbers["children"].values(), numbers["database"] or 0]


def _kill_and_await(service: Service, *victims: int | None) -> None:
    for victim in victims:
        assert victim is not None
        os.kill(victim, signal.SIGKILL)
    _await(lambda: service.is_whole() and not set(victims) & set(_all_numbers(service)))


def test_it_heals_whatever_is_killed_and_stops_clean(serve, tmp_path):
    service = serve()
    _await(service.is_whole)
    first = service.numbers()
    _kill_and_await(service, first["workers"][0])
    _kill_and_await(service, *service.numbers()["workers"])
    _kill_and_await(service, service.numbers()["server"])
    for _ in range(4):  # again and again, as soon as it lives: no crash loop ends the service
        _await(lambda: bool(service.numbers()["workers"]))
        os.kill(service.numbers()["workers"][-1], signal.SIGKILL)
        time.sleep(1.2)
    _await(service.is_whole)
    _kill_and_await(service, service.numbers()["children"]["jobs"])
    _kill_and_await(service, service.numbers()["children"]["bank"])
    _kill_and_await(service, service.numbers()["database"])
    assert supervisor.process_numbers(tmp_path) == service.numbers()

    last = _all_numbers(service)
    service.stop()
    assert service.process.returncode == 0
    assert not any(map(_lives, last))
    assert not list(tmp_path.glob("run*.json"))
    assert not embedded.answers(embedded.folder(tmp_path))

    lines = (tmp_path / f"told-{service.port}.jsonl").read_text().splitlines()
    told = [json.loads(line) for line in lines]
    assert told.count("ready") == 1
    changes = [line for line in told if line != "ready"]
    assert changes[-1]["database"] != first["database"]
    assert all(change["supervisor"] == service.process.pid for change in changes)


def test_everything_killed_at_once_heals(serve):
    service = serve()
    _await(service.is_whole)
    _kill_and_await(service, *_all_numbers(service))


def test_a_killed_supervisor_takes_its_children_along_and_the_database_stays(serve, tmp_path):
    service = serve()
    _await(service.is_whole)
    before = service.numbers()
    service.process.kill()
    children = [*before["workers"], *before["children"].values()]
    _await(lambda: not any(map(_lives, children)))
    assert before["database"] == embedded.process_number(embedded.folder(tmp_path))

    again = serve(service.port)
    _await(again.is_whole)
    assert again.numbers()["database"] == before["database"]


def test_a_hung_server_of_a_killed_supervisor_does_not_block_the_next_start(serve):
    service = serve()
    _await(service.is_whole)
    before = service.numbers()
    servers = [n for name, n in before["children"].items() if name.startswith("server")]
    hung = [*servers, *before["workers"]]
    for number in hung:
        os.kill(number, signal.SIGSTOP)
    service.process.kill()
    again = serve(service.port)
    _await(again.is_whole)
    assert not any(map(_lives, hung))


def test_two_starts_at_once_on_an_empty_database_both_come_up(serve, tmp_path):
    one, other = serve(), serve()
    _await(lambda: one.is_whole() and other.is_whole())
    database = one.numbers()["database"]
    assert other.numbers()["database"] == database
    one.stop()
    assert other.is_whole(), "the database stays for the other"
    other.stop()
    assert not _lives(database)


def test_a_second_start_on_the_same_port_says_so(serve):
    service = serve()
    _await(service.is_whole)
    second = serve(service.port)
    assert f"Already serving at http://localhost:{service.port}" in second.output()
    assert second.process.returncode == 1
    assert service.is_whole()


def test_a_port_of_another_program_is_refused_with_a_sentence(serve, tmp_path, monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        service = serve(other.getsockname()[1])
        assert "is taken by another program" in service.output()
    assert not list(tmp_path.glob("run*.json"))


def test_a_reused_process_number_is_left_alone(tmp_path):
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        numbers = runfile.starting() | {"supervisor": stranger.pid, "workers": [stranger.pid]}
        runfile.write(tmp_path / "run.json", numbers, 8000)
        record = json.loads((tmp_path / "run.json").read_text())
        record["births"][str(stranger.pid)] -= 3600
        (tmp_path / "run.json").write_text(json.dumps(record))
        assert runfile.claim(tmp_path, 8000) == tmp_path / "run.json"
        assert stranger.poll() is None
        assert psutil.Process(stranger.pid).status() != psutil.STATUS_ZOMBIE
    finally:
        stranger.kill()
        stranger.wait()


def test_half_a_run_file_does_not_block_the_start(tmp_path):
    (tmp_path / "run.json").write_text('{"supervisor": 1,')
    assert runfile.claim(tmp_path, 8000) == tmp_path / "run.json"
    assert runfile.read(tmp_path / "run.json") is not None


def test_a_child_that_cannot_start_is_tried_with_growing_pauses(tmp_path):
    keeper = processes.Keeper(processes.Child("broken", ["false"]), tmp_path)
    deadline = time.monotonic() + 2
    starts = set()
    while time.monotonic() < deadline:
        keeper.look()
        starts.add(keeper.number)
        time.sleep(0.02)
    assert 2 <= len(starts - {None}) <= 4
