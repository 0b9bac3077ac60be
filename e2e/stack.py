"""One `manage.py demo` of its own: where it runs, whom it knows, what it has sent."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from jkn.config import embedded, environment
from jkn.nonprod.partners.run import credentials_file
from jkn.nonprod.snap_client import Credentials, SnapClient

START_SECONDS = 180
PATIENCE_SECONDS = 20
_CODE = re.compile(r"\b\d{6}\b")


class Stack:
    """The service with its database, its worker and its simulated partners."""

    def __init__(self, folder: Path, *, on: str | None = None) -> None:
        self.folder = folder
        self.port = four_free_ports()
        self.used: set[str] = set()  # codes that people read and typed: no log may hold them
        self.killed_at = "9999"  # when a test first killed something, as the log writes times
        self._env = {
            **{k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "JKN_TODAY"}},
            "JKN_VAR": str(folder),
            "PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "jkn.config.settings",
            **({"JKN_TODAY": on} if on else {}),
        }
        self._given: dict[str, Iterator[dict[str, Any]]] = {}

    def start(self) -> None:
        """Start it and wait until it is ready."""
        with self.log.open("ab") as log, (self.folder / "words").open("ab") as words:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "demo"],
                cwd=environment.ROOT, env=self._env, stdin=subprocess.DEVNULL,
                stdout=words, stderr=log,
            )  # fmt: skip
        self.await_ready(START_SECONDS)
        for address in self.told()["partners"].values():
            _await_answer(address)

    def await_ready(self, seconds: float) -> float:
        """Wait until it is ready; return how many seconds that took."""
        began = time.monotonic()
        while not self.is_ready():
            assert self._process.poll() is None, self.log.read_text()[-2000:]
            assert time.monotonic() - began < seconds, "the service did not get ready"
            time.sleep(0.1)
        return time.monotonic() - began

    def is_ready(self) -> bool:
        """Return whether /readyz says so."""
        try:
            return httpx.get(self.url("/readyz"), timeout=3).status_code == 200
        except httpx.HTTPError:
            return False

    def go_to(self, day: str) -> None:
        """Start again on another day of the field; data is kept."""
        assert self.stop() == 0
        self._env["JKN_TODAY"] = day
        self.start()

    def stop(self) -> int:
        """End it by SIGTERM, as systemd does; return how it ended. Leaves no database behind."""
        try:
            self._process.send_signal(signal.SIGTERM)
            return self._process.wait(30)
        finally:
            embedded.stop(embedded.folder(self.folder))

    @property
    def log(self) -> Path:
        """What the service, its workers and its partners wrote; not what it told the newcomer."""
        return self.folder / "log"

    @property
    def base(self) -> str:
        """The address of the pages; not a number, because passkeys need a name."""
        return f"http://localhost:{self.port}"

    def url(self, path: str) -> str:
        """Return the address of a page."""
        return f"http://127.0.0.1:{self.port}{path}"

    def told(self) -> Any:
        """Return demo.json as it stands now."""
        return json.loads((self.folder / "demo.json").read_text(encoding="utf-8"))

    def partner(self, name: str) -> str:
        """Return the address of bank, messages or register."""
        return str(self.told()["partners"][name])

    def account(self, name: str) -> dict[str, Any]:
        """Return the account of somebody of the cast."""
        return next(a for a in self.told()["accounts"] if a["name"] == name)

    def newcomer(self) -> dict[str, Any]:
        """Return a household that nobody has registered yet."""
        return self._next("newcomers", lambda: self.told()["newcomers"])

    def unclaimed(self) -> dict[str, Any]:
        """Return a member who has no account yet."""
        return self._next("unclaimed", lambda: self.told()["without_account"])

    def member(self, story: str) -> dict[str, Any]:
        """Return somebody with such a story whom no other test knows."""
        return self._next(
            story, lambda: [a for a in self.told()["accounts"] if a["story"] == story]
        )

    def _next(self, kind: str, find: Any) -> dict[str, Any]:
        return next(self._given.setdefault(kind, iter(find())))

    def code_for(self, phone: str, *, after: int = 0) -> str:
        """Return the code last sent to a phone, once more than `after` messages are there."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            sent = self.sent_to(phone)
            if len(sent) > after and (found := _CODE.search(sent[0])):
                self.used.add(found[0])
                return found[0]
            time.sleep(0.1)
        raise AssertionError("no code was sent")

    def sent_to(self, phone: str) -> list[str]:
        """Return the texts that the gateway sent to a phone, newest first."""
        answer = httpx.get(f"{self.partner('messages')}/messages.json", params={"to": phone})
        return [message["text"] for message in answer.json()["messages"]]

    def manage(self, *words: str) -> str:
        """Run a command of manage.py beside the service; return what it printed."""
        env = {**self._env, "DATABASE_URL": self.told()["database_url"]}
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=environment.ROOT, env=env, stdout=subprocess.PIPE, text=True, check=False,
        ).stdout  # fmt: skip

    def bank_client(self) -> SnapClient:
        """Return a client with the simulated bank's keys."""
        file = credentials_file(self.folder)
        bank = json.loads(file.read_text(encoding="utf-8"))
        key = (file.parent / bank["private_key_file"]).read_bytes()
        return SnapClient(Credentials(bank["base_url"], bank["client_id"], bank["secret"], key))


def _await_answer(address: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            httpx.get(address)
            return
        except httpx.HTTPError:
            assert time.monotonic() < deadline, f"{address} does not answer"
            time.sleep(0.1)


def four_free_ports() -> int:
    """Return a port that is free together with the three after it."""
    for port in range(30_000 + os.getpid() % 5_000 * 4, 60_000, 4):
        try:
            for offset in range(4):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port + offset))
        except OSError:
            continue
        return port
    raise AssertionError("no free ports")
