"""A small service under the real supervisor, for its tests: a program that reads PORT and JKN_VAR."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

from jkn.config import environment, supervisor

APPLICATION = "jkn.config.tests.served:application"


def application(request: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer /readyz as the real service does: 200 when the database answers."""
    try:
        with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=2) as connection:
            connection.execute("SELECT 1 FROM migrated")
        start_response("200 OK", [])
    except psycopg.OperationalError:
        start_response("503 Service Unavailable", [])
    return [str(os.getpid()).encode()]


def migrate(*words: str) -> None:
    """Make a table the clumsy way, which fails where two do it at once."""
    if words[0] != "prepare":
        return
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        if connection.execute("SELECT to_regclass('migrated')").fetchone() == (None,):
            time.sleep(0.5)
            connection.execute("CREATE TABLE migrated ()")
            connection.execute("INSERT INTO migrated DEFAULT VALUES")


def main() -> None:
    """Serve with our application and a short-lived worker in the place of the real ones."""
    own_children = supervisor._own_children

    def children(port: int) -> list[supervisor.Child]:
        *servers, _ = own_children(port)
        jobs = [sys.executable, "-c", "import time; time.sleep(600)"]
        return [
            *(
                supervisor.Child(s.name, [*s.argv[:-1], APPLICATION], workers=s.workers)
                for s in servers
            ),
            supervisor.Child("jobs", jobs),
        ]

    supervisor._own_children = children
    supervisor._manage = migrate
    told = environment.var_folder() / f"told-{os.environ['PORT']}.jsonl"
    bank = supervisor.Child("bank", ["sh", "-c", 'exec sleep "$SLEEP"'], {"SLEEP": "600"})

    def tell(what: object) -> None:
        with Path(told).open("a", encoding="utf-8") as file:
            file.write(json.dumps(what) + "\n")

    supervisor.run(extra=[bank], on_ready=lambda: tell("ready"), on_change=tell)


if __name__ == "__main__":
    main()
