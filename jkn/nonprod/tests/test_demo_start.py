"""The demo as a newcomer starts it: it serves, a storm of payments survives killed processes.

One real installation on free ports, some half a minute. The larger form of the
storm is run by hand and by the bench.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from jkn.config import embedded, environment
from jkn.nonprod.load import Storm, storm
from jkn.nonprod.partners.run import credentials_file
from jkn.nonprod.snap_client import Credentials, SnapClient

# One installation for all of them, so one of xdist's workers runs them all.
pytestmark = pytest.mark.xdist_group("demo")
START_SECONDS = 120
PAYMENTS = 60


class Demo:
    """One `manage.py demo` on its own folder and ports."""

    def __init__(self, var: Path, port: int) -> None:
        self.var, self.port = var, port
        keep = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "JKN_TODAY")}
        self.env = {
            **keep,
            "JKN_VAR": str(var),
            "PORT": str(port),
            "DJANGO_SETTINGS_MODULE": "jkn.config.settings",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start, wait until it is ready, and return how many seconds that took."""
        words = [sys.executable, "manage.py", "demo"]
        started = time.monotonic()
        with (self.var / "log").open("ab") as log:
            self.process = subprocess.Popen(
                words, cwd=environment.ROOT, env=self.env, stdout=log, stderr=log
            )
        while not self.is_ready():
            assert self.process.poll() is None, (self.var / "log").read_text()[-2000:]
            assert time.monotonic() - started < START_SECONDS, "the demo did not get ready"
            time.sleep(0.1)
        return time.monotonic() - started

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/readyz").status_code == 200
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(30)

    def told(self) -> Any:
        return json.loads((self.var / "demo.json").read_text(encoding="utf-8"))

    def client(self) -> SnapClient:
        file = credentials_file(self.var)
        bank = json.loads(file.read_text(encoding="utf-8"))
        key = (file.parent / bank["private_key_file"]).read_bytes()
        return SnapClient(Credentials(bank["base_url"], bank["client_id"], bank["secret"], key))

    def invariants(self) -> Any:
        done = subprocess.run(
            [sys.executable, "manage.py", "invariants", "--json"],
            cwd=environment.ROOT, env={**self.env, "DATABASE_URL": self.told()["database_url"]},
            stdout=subprocess.PIPE, check=False,
        )  # fmt: skip
        return json.loads(done.stdout)


def four_free_ports() -> int:
    """Return a port that is free together with the three after it."""
    for port in range(20_000 + os.getpid() % 4_000 * 4, 60_000, 4):
        try:
            for offset in range(4):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port + offset))
        except OSError:
            continue
        return port
    raise AssertionError("no free ports")


@pytest.fixture(scope="module")
def running():
    # Not pytest's own folder: where root runs the tests, PostgreSQL's user must get there.
    var = Path(tempfile.mkdtemp(prefix="jkn-demo-"))
    var.chmod(0o755)
    demo = Demo(var, four_free_ports())
    demo.start()
    yield demo
    demo.stop()
    embedded.stop(embedded.folder(var))
    shutil.rmtree(var)


@pytest.fixture
def unpaid(running):
    """Numbers of families that owe something, one for each."""
    accounts = running.told()["accounts"]
    return [a["va"]["BRI"] for a in accounts if a["va"]]


def trouble(running: Demo) -> None:
    """Kill the database, then a worker, then another one, while the storm blows.

    The database first: nothing can be paid until it is back, so the storm outlasts the rest.
    """
    time.sleep(0.2)
    processes = running.told()["processes"]
    os.kill(processes["database"], signal.SIGKILL)
    for number in processes["workers"]:
        time.sleep(0.5)
        os.kill(number, signal.SIGKILL)


def test_accounts_and_partners_work(running):
    told = running.told()
    for account in told["accounts"][:3] + told["accounts"][-3:]:
        answer = httpx.get(
            f"http://127.0.0.1:{running.port}/api/v1/session",
            headers={"Authorization": f"Bearer {account['token']}"},
        )
        assert answer.status_code == 200
    for address in told["partners"].values():
        assert httpx.get(f"{address}/").status_code == 200
    assert all(told["processes"].values())


def test_nothing_is_lost_or_doubled_while_processes_are_killed(running, unpaid):
    client = running.client()
    killer = threading.Thread(target=trouble, args=[running])
    killer.start()
    outcome = storm(client, unpaid[:PAYMENTS], Storm(clients=8, repeat=0.5, forge=0.1, alter=0.1))
    assert not killer.is_alive()  # all was killed while payments were under way
    assert outcome.breached == []
    assert outcome.unanswered == []
    assert set(outcome.accepted) == set(unpaid[:PAYMENTS])
    assert outcome.refused == {}
    promises = running.invariants()
    assert promises["ok"], promises
    for va in unpaid[:PAYMENTS]:
        assert client.inquiry(va, request_id=f"after{va}").code == "4042414"
    client.close()


def test_the_second_start_keeps_the_data(running, unpaid):
    before = running.told()["accounts"]
    last = unpaid[-1]
    assert storm(running.client(), [last], Storm(clients=1)).breached == []
    running.process.kill()
    running.process.wait()
    seconds = running.start()
    assert running.told()["accounts"] == before
    # Ten seconds on a quiet machine; the suite's other half may run beside this.
    assert seconds < 30
    client = running.client()
    assert client.inquiry(last, request_id="after-start").code == "4042414"
    client.close()
