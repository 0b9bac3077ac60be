"""CPU seconds and memory of processes, read from /proc alone."""

from __future__ import annotations

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def tree_seconds(root: int) -> float:
    """Return the CPU seconds of a process, its living children and those that have ended.

    The sum never falls: what a child used goes to its parent's account when it ends.
    """
    return sum(_seconds(number) for number in [root, *children(root)])


def children(root: int) -> list[int]:
    """Return the process numbers of the living children of all threads of a process."""
    lists = (_PROC / str(root) / "task").glob("*/children")
    return [int(word) for one in lists for word in one.read_text(encoding="ascii").split()]


def pss_megabytes(number: int) -> float:
    """Return the proportional share of memory of a process, in MB of 2**20 bytes."""
    text = (_PROC / str(number) / "smaps_rollup").read_text(encoding="ascii")
    line = next(line for line in text.splitlines() if line.startswith("Pss:"))
    return int(line.split()[1]) / 1024


def _seconds(number: int) -> float:
    """Return user and system time of a process and of its children that have ended (proc(5))."""
    try:
        text = (_PROC / str(number) / "stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):  # ended just now: its parent has it
        return 0.0
    fields = text.rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:15]) / _TICKS
