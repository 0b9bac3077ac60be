"""A bank's statement of 100,000 lines, reconciled by the command itself and timed."""

from __future__ import annotations

import json
import subprocess
import sys
import time

from bench.ground import Ground
from bench.table import Row
from jkn.config import environment
from jkn.nonprod.demo import BANK_NAME
from jkn.nonprod.partners.statement import Booked, as_csv

LINES = 100_000
_STRANGERS = 50  # one line of so many is nobody's
_PAID = f"""
SELECT day::text, amount, reference, 'SETORAN VA ' || number FROM contribution_payment
WHERE bank = '{BANK_NAME}' ORDER BY day, id LIMIT {LINES}
"""
# Of the last run; rows of money are never changed, so their triggers rest for it.
_FORGET = """
SET session_replication_role = replica;
TRUNCATE reconciliation_statementline, reconciliation_statement, reconciliation_assignment,
  reconciliation_transfer;
DELETE FROM contribution_posting WHERE family_id = 11;
DELETE FROM contribution_journal WHERE family_id = 11;
"""


def reconcile_rows(ground: Ground) -> list[Row]:
    """Return the row of a reconciled file; the demand is that of the issue, 60 seconds."""
    ground.ask(_FORGET)
    file = ground.folder / "statement.csv"
    file.write_text(_statement(ground), encoding="utf-8")
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "manage.py", "reconcile", str(file), "--json"],
        cwd=environment.ROOT,
        env=ground.environment(JKN_TODAY=ground.today.isoformat()),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    seconds = time.monotonic() - began
    told = json.loads(done.stdout)
    parts = ", ".join(f"{told[n]} {n}" for n in ("matched", "explained", "suspense"))
    what = f"reconciliation of {told['lines']} lines, seconds"
    return [Row(what, seconds, 60, is_ceiling=True, note=parts)]


def _statement(ground: Ground) -> str:
    rows = [Booked(*row) for row in ground.ask(_PAID)]
    rows += [
        Booked(rows[-1].day, 1_000 + n, f"X{n}", "SETOR TUNAI")
        for n in range(max(LINES - len(rows), LINES // _STRANGERS))
    ]
    return as_csv(rows[-LINES:], 0)
