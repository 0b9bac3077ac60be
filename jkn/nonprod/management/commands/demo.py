"""`manage.py demo`: everything a newcomer needs, from an empty folder to accounts that work."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from jkn.config import embedded, environment, runfile, supervisor
from jkn.config.processes import Child
from jkn.nonprod import demo
from jkn.nonprod.partners.run import PARTNERS, words_of

_TURN_SECONDS = 300.0


class Command(BaseCommand):
    """Seeds where there is no family yet, starts service and partners, and tells their addresses."""

    help = "Serve the demo of Kota Bekasi with simulated partners."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM or SIGINT; a second start keeps the data."""
        var = environment.var_folder()
        var.mkdir(parents=True, exist_ok=True)
        url = environment.text("DATABASE_URL") or embedded.ensure(var)
        place = demo.Place(var, settings.PORT, settings.ORIGIN, url)
        is_new = demo.bank_keys(place)
        if _fill(place) or is_new:
            _manage(place, "register_bank")
        demo.describe(place, {})
        supervisor.run(
            extra=[
                Child(name, words_of(name, port=place.port, var=var, seed=demo.SEED))
                for name in PARTNERS
            ],
            on_ready=lambda: self._tell(place),
            on_change=lambda numbers: demo.describe(place, _processes(numbers)),
        )

    def _tell(self, place: demo.Place) -> None:
        self.stdout.write(demo.words(place))
        self.stdout.flush()


def _fill(place: demo.Place) -> bool:
    """Make tables and people where there are none; return whether there were none.

    Two first starts on one database take turns, by the lock that the supervisor's migrations take.
    """
    with _connected(place) as connection:
        if _has_families(connection):
            return False
        _take_turn(connection)
        if _has_families(connection):
            return False
        size = (f"--seed={demo.SEED}", f"--families={demo.FAMILIES}", f"--accounts={demo.ACCOUNTS}")
        _manage(place, "migrate", "--no-input", "--verbosity=0")
        _manage(place, "seed", *size, "--without-wait", f"--write={place.accounts_file}")
        return True


def _connected(place: demo.Place) -> psycopg.Connection:
    try:
        return psycopg.connect(place.database_url, connect_timeout=5)
    except psycopg.OperationalError as error:
        first = str(error).partition("\n")[0]
        raise CommandError(f"the database does not answer: {first}") from None


def _has_families(connection: psycopg.Connection) -> bool:
    connection.rollback()  # a new look, not the snapshot of the last one
    (table,) = connection.execute("SELECT to_regclass('membership_family')").fetchone() or (None,)
    if table is None:
        return False
    question = "SELECT EXISTS (SELECT FROM membership_family)"
    return connection.execute(question).fetchone() == (True,)


def _take_turn(connection: psycopg.Connection) -> None:
    """Take the lock of migrations for this session, asking again and again, holding no snapshot."""
    question = "SELECT pg_try_advisory_lock(%s)"
    deadline = time.monotonic() + _TURN_SECONDS
    while connection.execute(question, [supervisor.MIGRATION_LOCK]).fetchone() != (True,):
        connection.rollback()
        if time.monotonic() > deadline:
            raise CommandError("Another start holds the database for too long.")
        time.sleep(0.5)
    connection.commit()


def _manage(place: demo.Place, *words: str) -> None:
    done = subprocess.run(  # noqa: S603 (our own command, no shell)
        [sys.executable, "manage.py", *words],
        cwd=environment.ROOT,
        env={**os.environ, "DATABASE_URL": place.database_url, "JKN_LONG_STATEMENTS": "1"},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise CommandError(f"`manage.py {words[0]}` failed; its message is above.")


def _processes(numbers: runfile.Numbers) -> dict[str, Any]:
    """Return the process numbers as var/demo.json tells them; `worker` runs the jobs."""
    return {
        "supervisor": numbers["supervisor"],
        "server": numbers["server"],
        "workers": numbers["workers"],
        "worker": numbers["children"].get("jobs"),
        "database": numbers["database"],
        **{name: numbers["children"].get(name) for name in PARTNERS},
    }
