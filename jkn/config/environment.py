"""Reads settings from the environment: `NAME`, or the file that `NAME_FILE` points at."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from pathlib import Path

# Of one host, or of this service itself; with a port where need be.
_TILES = re.compile(
    r"(https://[a-z0-9.-]+(:[0-9]+)?|http://(localhost|127\.0\.0\.1):[0-9]+)?/(?!/)[^\s;,'\"{}]*"
    r"\{z\}/\{[xy]\}/\{[xy]\}[^\s;,'\"{}]*"
)
ROOT = Path(__file__).resolve().parents[2]


def text(name: str, default: str = "") -> str:
    """Return a setting; an unreadable `NAME_FILE` fails loudly."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default)


def number(name: str, default: int) -> int:
    """Return a whole number; anything else fails loudly."""
    return int(text(name, str(default)))


def switch(name: str, default: str = "0") -> bool:
    """Return whether a setting is on: 1, true, yes or on."""
    return text(name, default).lower() in {"1", "true", "yes", "on"}


def tiles(address: str) -> str:
    """Return an address of map tiles, or ""; one that a policy of pages cannot name fails loudly."""
    if address and not _TILES.fullmatch(address):
        raise ValueError("JKN_TILES_URL must be like https://tiles.example/{z}/{x}/{y}.png.")
    return address


def var_folder() -> Path:
    """Return the folder for the data of this installation (`JKN_VAR`, else `var/`)."""
    return Path(text("JKN_VAR") or ROOT / "var").resolve()


def demo_secret(folder: Path) -> str:
    """Return the secret of a demo installation, made once and kept in its data folder."""
    path = folder / "secret_key"
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        fresh = folder / f"secret_key.{os.getpid()}"
        fresh.write_text(secrets.token_urlsafe(48), encoding="utf-8")
        fresh.chmod(0o600)
        # Two first starts at once: the first link wins, both read the same secret.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_text(encoding="utf-8")
