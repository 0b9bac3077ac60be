"""`manage.py invariants --json`: recomputes every promise; exits 1 where one is broken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from jkn.config.promises import recompute
from jkn.core import commands


class Command(commands.Command):
    """Prints each promise with whether it holds and how many things break it."""

    help = __doc__

    def act(self, options: Mapping[str, Any]) -> commands.Said:
        """Recompute all; one that does not hold is a fault."""
        kept = recompute()
        broken = [k.name for k in kept if not k.ok]
        return commands.Said(
            {"ok": not broken, "invariants": [asdict(k) for k in kept]},
            "\n".join(f"{'ok ' if k.ok else 'BAD'} {k.name}: {k.says}" for k in kept),
            fault=f"broken: {', '.join(broken)}" if broken else "",
        )
