"""The ground that is measured on: a PostgreSQL of the bench's own, with families in it."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg

from jkn.config import embedded, environment
from jkn.core.month import Month

ACCOUNTS = 2000
# As a service runs, except that nothing of the server's own falls on one side by chance: no
# vacuum and no checkpoint begins in the middle of a round.
SERVER = {
    **embedded.SETTINGS,
    "autovacuum": "off",
    "checkpoint_timeout": "1h",
    "max_wal_size": "8GB",
}


@dataclass(frozen=True)
class Ground:
    """One database with so many families, kept in `var/bench/<families>` for the next run."""

    families: int

    @property
    def folder(self) -> Path:
        """Where its data lies."""
        return environment.ROOT / "var" / "bench" / str(self.families)

    @property
    def data(self) -> Path:
        """Where its PostgreSQL keeps its data."""
        return embedded.folder(self.folder)

    @property
    def url(self) -> str:
        """The address of its database."""
        return embedded.dsn(self.data, embedded.DATABASE)

    @property
    def postmaster(self) -> int:
        """The process number of its PostgreSQL."""
        number = embedded.process_number(self.data)
        if number is None:
            raise RuntimeError("the bench's PostgreSQL has ended")
        return number

    @cached_property
    def today(self) -> date:
        """The field's day: the first of the newest month that is billed, or the real day."""
        ((newest,),) = self.ask("SELECT max(month) FROM contribution_bill")
        newest_day = Month.at(newest).first_day() if newest else date.min
        return max(newest_day, date.today())  # noqa: DTZ011 (only to begin with)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only bench on this ground, with its PostgreSQL running; then stop it.

        Ends the program where another bench measures here.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "bench.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise SystemExit("Another bench is running; wait for its end.") from None
            try:
                self._start()
                yield
            finally:
                embedded.stop(self.data)

    def _start(self) -> None:
        """Start PostgreSQL, bring the tables up to date, and fill them where they are empty."""
        self.begin()
        if not self.ask("SELECT 1 FROM membership_family LIMIT 1"):
            self._seed()
        if not (self.folder / "static" / "staticfiles.json").exists():
            self.manage("collectstatic", "--no-input", "--verbosity", "0")
        for table in ("account_apitoken", "account_devicesession"):
            self.ask(f"DELETE FROM {table} WHERE label = 'bench'")  # of the last run

    def begin(self) -> None:
        """Start PostgreSQL, and bring the tables up to date."""
        embedded.start(self.data, SERVER)
        embedded.ensure(self.folder)
        self.manage("migrate", "--verbosity", "0")

    def settle(self) -> None:
        """Leave nothing for PostgreSQL to do by itself while it is measured."""
        self.ask("VACUUM ANALYZE")
        self.ask("CHECKPOINT")

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement of the bench's own, outside of what is measured."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment for processes that work on this ground."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("JKN_", "DATABASE_"))}
        return {**kept, "DATABASE_URL": self.url, "JKN_VAR": str(self.folder), **more}

    def manage(self, *words: str, **more: str) -> None:
        """Run a command of manage.py without the time limits of daily work."""
        subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=environment.ROOT,
            env=self.environment(JKN_LONG_STATEMENTS="1", **more),
            check=True,
        )

    def inside(self, word: str, told: Mapping[str, Any]) -> Any:
        """Run one act of `bench.inside` in a process that has the application loaded."""
        done = subprocess.run(
            [sys.executable, "-m", "bench.inside", word],
            cwd=environment.ROOT,
            env=self.environment(JKN_TODAY=self.today.isoformat()),
            input=json.dumps(told),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    def bill_next_month(self) -> None:
        """Let every family that pays itself owe a month more: fresh bills for payments."""
        newest = self.ask("SELECT max(month) FROM contribution_bill")[0][0]
        self.__dict__["today"] = Month.at(newest + 1).first_day()
        self.manage("run_day", JKN_TODAY=self.today.isoformat())

    @property
    def seeding(self) -> dict[str, float]:
        """How many families were seeded in how many seconds, when this ground was made."""
        told: dict[str, float] = json.loads(self._seeding_file.read_text(encoding="utf-8"))
        return told

    @property
    def _seeding_file(self) -> Path:
        return self.folder / "seeding.json"

    def _seed(self) -> None:
        print(f"seeding {self.families} families …", file=sys.stderr)
        started = time.monotonic()
        sizes = ("--families", str(self.families), "--accounts", str(ACCOUNTS))
        self.manage("seed", *sizes, "--write", str(self.folder / "accounts.json"))
        told = {"families": self.families, "seconds": time.monotonic() - started}
        self._seeding_file.write_text(json.dumps(told), encoding="utf-8")
