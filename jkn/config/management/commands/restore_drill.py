"""`manage.py restore_drill`: restores a copy beside the running database and proves it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from jkn.config import embedded, environment
from jkn.core import commands


class Command(commands.Command):
    """Copies the database into a side folder, starts it there, and runs the invariants on it.

    Prints one JSON object: how long it took, how many seconds of work were lost (the age, at the
    moment the drill began, of the newest act that the copy holds, less the same of the original),
    and what the invariants say. Ends with 1 where they do not hold.
    """

    help = __doc__

    def act(self, options: Mapping[str, Any]) -> commands.Said:
        """Copy, start, compare, prove, and remove the copy."""
        source = os.environ["DATABASE_URL"]
        started = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute("SELECT now(), coalesce(max(at), now()) FROM audit_entry")
            began, newest = cursor.fetchone()
        side = Path(tempfile.mkdtemp(prefix="drill-", dir=environment.var_folder())) / "postgres"
        try:
            embedded.copy(source, side)
            embedded.start(side, embedded.SETTINGS)
            restored = embedded.dsn(side, connection.settings_dict["NAME"])
            lost = _lost_seconds(restored, began, newest)
            proof = _invariants(restored)
        finally:
            embedded.stop(side)
            shutil.rmtree(side.parent, ignore_errors=True)
        told = {
            "took_seconds": round(time.monotonic() - started, 1),
            "lost_seconds": lost,
            "invariants_ok": proof,
        }
        fault = "" if proof else "the copy breaks what `manage.py invariants` promises"
        return commands.Said(told, json.dumps(told), fault=fault)


def _lost_seconds(restored: str, began: Any, newest: Any) -> float:
    with psycopg.connect(restored, connect_timeout=5) as copy:
        row = copy.execute("SELECT max(at) FROM audit_entry WHERE at <= %s", [began]).fetchone()
    kept = row[0] if row and row[0] else None
    return round(max(0.0, (newest - kept).total_seconds()), 1) if kept else 0.0


def _invariants(restored: str) -> bool:
    words = [sys.executable, "manage.py", "invariants", "--json"]
    environ = {
        **os.environ,
        "DATABASE_URL": restored,
        "DJANGO_SETTINGS_MODULE": "jkn.config.settings",
        "JKN_LONG_STATEMENTS": "1",
    }
    done = subprocess.run(  # noqa: S603 (our own command, no shell)
        words, cwd=environment.ROOT, env=environ, stdout=subprocess.DEVNULL, check=False
    )
    return done.returncode == 0
