"""The batch runs beside one plain statement: bills of a month, and suspensions, for many families.

Both sides write the same rows into the same tables, with all keys and constraints, and begin from
the same state. The plain statement has the rows ready in tables of the bench's own; the run finds
out who they are, counts people, looks the tariff up and makes ids. CPU is that of PostgreSQL and,
for the run, of the process that drives it (without its start).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bench import cpu
from bench.ground import Ground
from bench.table import Row
from jkn.config import environment

DEMAND = 0.85
PAID = "2026-11"  # every family has paid until then
BILLED = "2026-12"
SUSPENDED_ON = "2027-01-05"
_MONEY = ("contribution_bill", "contribution_journal", "contribution_posting")
_KEEP_BILLS = [
    "CREATE SCHEMA IF NOT EXISTS bench",
    *(f"DROP TABLE IF EXISTS bench.{name}" for name in _MONEY),
    *(f"CREATE TABLE bench.{name} AS TABLE {name}" for name in _MONEY),
    f"TRUNCATE {', '.join(_MONEY)} CASCADE",
]
_PLAIN_BILLS = """
WITH bills AS (INSERT INTO contribution_bill SELECT * FROM bench.contribution_bill),
journals AS (INSERT INTO contribution_journal SELECT * FROM bench.contribution_journal)
INSERT INTO contribution_posting SELECT * FROM bench.contribution_posting
"""
_KEEP_CHANGES = [
    "DROP TABLE IF EXISTS bench.changes",
    "CREATE TABLE bench.changes AS SELECT * FROM membership_statuschange"
    " WHERE event = 'fell_behind'",
    "SET session_replication_role = replica;"  # history is never changed, except here
    "DELETE FROM membership_statuschange WHERE event = 'fell_behind'",
    "UPDATE membership_member SET status = 'active'",
]
_PLAIN_CHANGES = """
WITH changed AS (
  UPDATE membership_member m SET status = c.status FROM bench.changes c
  WHERE m.family_id = c.family_id AND m.id = c.member_id)
INSERT INTO membership_statuschange SELECT * FROM bench.changes
"""
_TIDY = ["VACUUM FULL ANALYZE membership_member", "VACUUM FULL ANALYZE membership_statuschange"]


@dataclass(frozen=True)
class BatchGround(Ground):
    """A ground of families without a past, as many as a batch run is to be measured with."""

    @property
    def folder(self) -> Path:
        """Where its data lies."""
        return environment.ROOT / "var" / "bench" / f"batch-{self.families}"

    @cached_property
    def counted(self) -> int:
        """How many families it holds."""
        ((count,),) = self.ask("SELECT count(*) FROM membership_family")
        return int(count)

    def _start(self) -> None:
        self.begin()
        if self.counted < self.families:
            self.ask("TRUNCATE membership_family CASCADE")
            self.run("plain", count=self.families, paid_until=PAID)
            del self.__dict__["counted"]

    def run(self, word: str, **told: Any) -> dict[str, Any]:
        """Run one act in a process with the application; return what it told."""
        done: dict[str, Any] = self.inside(word, told)
        return done

    def tell(self, statements: Sequence[str]) -> None:
        """Run statements one after the other, outside of what is measured."""
        for statement in statements:
            self.ask(statement)


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds of a run and of its plain statement, and how many rows they made."""

    ours: float
    plain: float
    count: int

    @property
    def ratio(self) -> float:
        """How much of its CPU the run spends on what the plain statement does, too."""
        return self.plain / self.ours

    def row(self, what: str, families: int) -> Row:
        """Return the row of the table."""
        note = (
            f"{families} families, {self.count} {what}: {1e6 * self.ours / families:.0f} µs each;"
            f" plain {1e6 * self.plain / families:.0f} µs"
        )
        name = f"{what} of a batch run, CPU efficiency"
        return Row(name, self.ratio, DEMAND, note=note)


def batch_rows(families: int, *, rounds: int) -> list[Row]:
    """Measure both runs on so many families; of several rounds the one in the middle counts."""
    ground = BatchGround(families)
    bills, suspensions = [], []
    with ground.alone():
        for number in range(rounds):
            _tell(f"round {number + 1}: billing {families} families, suspending them")
            bills.append(_bills(ground))
            suspensions.append(_suspensions(ground))
    return [
        _middle(bills).row("bills", families),
        _middle(suspensions).row("suspensions", families),
    ]


def _middle(spent: Sequence[Spent]) -> Spent:
    return sorted(spent, key=lambda one: one.ratio)[len(spent) // 2]


def _bills(ground: BatchGround) -> Spent:
    ground.tell([f"TRUNCATE {', '.join(_MONEY)} CASCADE"])
    ground.settle()
    ours, count = _ours(ground, "bill", month=BILLED)
    ground.tell(_KEEP_BILLS)
    ground.settle()
    plain = _plain(ground, _PLAIN_BILLS)
    ground.tell([f"TRUNCATE {', '.join(_MONEY)} CASCADE"])
    return Spent(ours, plain, count)


def _suspensions(ground: BatchGround) -> Spent:
    ground.tell([*_KEEP_CHANGES[2:], *_TIDY])
    ground.settle()
    ours, count = _ours(ground, "suspend", on=SUSPENDED_ON)
    ground.tell([*_KEEP_CHANGES, *_TIDY])
    ground.settle()
    plain = _plain(ground, _PLAIN_CHANGES)
    ground.tell([*_KEEP_CHANGES[2:], "TRUNCATE procrastinate_jobs CASCADE"])
    return Spent(ours, plain, count)


def _ours(ground: BatchGround, word: str, **told: str) -> tuple[float, int]:
    before = cpu.tree_seconds(ground.postmaster)
    done = ground.run(word, **told)
    spent = cpu.tree_seconds(ground.postmaster) - before
    return spent + done["seconds"], done["count"]


def _plain(ground: BatchGround, sql: str) -> float:
    before = cpu.tree_seconds(ground.postmaster)
    ground.ask(sql)
    return cpu.tree_seconds(ground.postmaster) - before


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
