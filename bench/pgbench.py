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

    def milliseconds(self, count: int, *, first: int | None = None) -> float:
        """Return PostgreSQL's CPU for one transaction, in milliseconds.

        Each of `count` transactions takes a sample row: by chance, or from row `first` on where a
        sample can be used only once. What taking the row costs is measured and left out.
        """
        whole = self._run(self.script["text"], count, first)
        lookup = self._run(self.script["lookup"], count, first)
        return (whole - lookup) / count * 1000

    def _run(self, text: str, count: int, first: int | None) -> float:
        last = self.script["samples"] - 1
        choose = f"\\set n random(0, {last})\n" if first is None else "\\set n :n + 1\n"
        start = -1 if first is None else first - 1
        if first is not None and first + count - 1 > last:
            raise ValueError("not enough samples")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "script.sql"
            file.write_text(choose + text, encoding="utf-8")
            before = cpu.tree_seconds(self.ground.postmaster)
            self._pgbench(file, count, start)
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
