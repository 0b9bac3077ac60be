"""Promises that the data keeps at every moment; `manage.py invariants` recomputes them. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise: its name, what it says, and a count of the things that break it."""

    name: str
    says: str
    broken: Callable[[], int]
