"""`var/run.json`: which processes serve, so that the next start can end what a killed one left."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

from jkn.config import processes


class Numbers(TypedDict):
    """Process numbers; `database` is None where it is not ours to start, or down."""

    supervisor: int
    database: int | None
    server: int | None
    workers: list[int]
    children: dict[str, int]  # every command that is kept running, the server too, by name


class Record(Numbers):
    """What a run file holds: beside the numbers, the births that prove whose they are."""

    port: int
    births: dict[str, float]


class AlreadyServing(Exception):
    """A living supervisor of this installation serves that port."""


def read(path: Path) -> Record | None:
    """Return a run file's record; None where there is none, or only half of one."""
    try:
        record: Record = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return record


def write(path: Path, numbers: Numbers, port: int) -> None:
    """Replace a run file in one step."""
    living = [numbers["supervisor"], *numbers["workers"], *numbers["children"].values()]
    births = {str(n): born for n in living if (born := processes.birth(n)) is not None}
    record: Record = {**numbers, "port": port, "births": births}
    new = path.with_suffix(".new")
    new.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    new.replace(path)


def claim(var: Path, port: int) -> Path:
    """Return the run file for a new supervisor, after ending what dead supervisors left.

    Raises AlreadyServing where a living one of this folder has the port.
    """
    with _turn(var):
        taken = set()
        for path in var.glob("run*.json"):
            record = read(path)
            if record is None or not _lives(record, record["supervisor"]):
                processes.end(_left_by(record) if record else [])
                path.unlink()
            elif record["port"] == port:
                raise AlreadyServing(record["supervisor"])
            else:
                taken.add(path)
        path = var / "run.json"
        path = var / f"run-{port}.json" if path in taken else path
        write(path, starting(), port)
    return path


@contextmanager
def release(path: Path) -> Iterator[bool]:
    """Give the run file back; yield whether no other supervisor of the folder lives."""
    with _turn(path.parent):
        path.unlink(missing_ok=True)
        others = [read(other) for other in path.parent.glob("run*.json")]
        yield not any(other and _lives(other, other["supervisor"]) for other in others)


def starting() -> Numbers:
    """Return the numbers of a supervisor that has no child yet."""
    return {
        "supervisor": os.getpid(),
        "database": None,
        "server": None,
        "workers": [],
        "children": {},
    }


def _left_by(record: Record) -> list[int]:
    left = [*record["children"].values(), *record["workers"]]
    return [number for number in left if _lives(record, number)]


def _lives(record: Record, number: int) -> bool:
    born = record["births"].get(str(number))
    return born is not None and processes.is_same(number, born)


@contextmanager
def _turn(var: Path) -> Iterator[None]:
    var.mkdir(parents=True, exist_ok=True)
    with (var / "run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
