"""Which partners there are, on which ports, and the command that starts each of them."""

from __future__ import annotations

import sys
from pathlib import Path

PARTNERS = ("bank", "messages", "register")


def port_of(name: str, port: int) -> int:
    """Return a partner's port: the service's own plus 1, 2 or 3."""
    return port + 1 + PARTNERS.index(name)


def credentials_file(var: Path) -> Path:
    """Return where the bank finds what it knows of us."""
    return var / "partners" / "bank.json"


def words_of(name: str, *, port: int, var: Path, seed: int) -> list[str]:
    """Return the command line of one partner; secrets are in files, never in it."""
    words = [sys.executable, "-m", f"jkn.nonprod.partners.{name}"]
    words += ["--port", str(port_of(name, port))]
    if name == "bank":
        words += ["--credentials", str(credentials_file(var))]
    if name == "register":
        words += ["--seed", str(seed)]
    return words
