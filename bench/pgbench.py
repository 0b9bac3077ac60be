"""Runs the captured SQL with pgbench and returns what PostgreSQL used for it."""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import cpu
from bench.ground import Ground
from jkn.config import embedded

_DONE = re.compile(r"transactions actually processed: (\d+)")


@dataclass(frozen=True)
class Peer:
    """pgbench with one script of the application's SQL, on one ground."""

    ground: Ground
    script: dict[str, Any]

    def milliseconds(self, count: int, *, first: int) -> float:
        """Return PostgreSQL's CPU for one transaction, in milliseconds.

        Each of `count` transactions takes a sample row of its own, from row `first` on: as with
        the application, no payment and no first read of a day happens twice. What taking the row
        costs is measured in the same way and left out.
        """
        whole = self._run(self.script["text"], count, first)
        lookup = self._run(self.script["lookup"], count, first)
        return (whole - lookup) / count * 1000

    def _run(self, text: str, count: int, first: int) -> float:
        if first + count > self.script["samples"]:
            raise ValueError(f"{self.script['samples']} samples are too few")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "script.sql"
            file.write_text("\\set n :n + 1\n" + text, encoding="utf-8")
            before = cpu.tree_seconds(self.ground.postmaster)
            self._pgbench(file, count, first - 1)
            return cpu.tree_seconds(self.ground.postmaster) - before

    def _pgbench(self, file: Path, count: int, start: int) -> None:
        defined = {**self.script["constants"], "n": str(start)}
        words = [word for name, value in defined.items() for word in ("-D", f"{name}={value}")]
        done = subprocess.run(
            [
                str(embedded.binaries() / "pgbench"), "-n", "-M", "prepared", "-c", "1",
                "-t", str(count), "-f", str(file), *words, self.ground.url,
            ],
            env=self.ground.environment(PGOPTIONS=self.script["session"]),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        found = _DONE.search(done.stdout)
        if done.returncode or found is None or int(found[1]) != count:
            raise RuntimeError(f"pgbench: {done.stderr[-2000:]}{done.stdout[-500:]}")
