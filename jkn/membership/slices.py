"""Ranges of families for batch runs: each range is a transaction of its own.

A run that is killed loses one range at most; begun again, it passes over what is done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jkn.core.db import execute

SLICE = 5_000  # families in a range: a second of work, so that nobody waits long for a lock
# Both sides of a range are thousands of rows in the order of their keys: reading both in order is
# always the right plan. Statistics that are late by a month must not talk the planner into comparing
# each with each, nor into reading a whole table for every range.
IN_ORDER = """
SELECT set_config('enable_nestloop', 'off', true), set_config('enable_seqscan', 'off', true)
"""
_LAST_ID = 2**63 - 1
_BORDER = """
SELECT family_id FROM membership_family WHERE family_id > %s ORDER BY family_id OFFSET %s LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Slice:
    """The families whose id is above `after`, up to and including `through`."""

    after: int
    through: int


def slices(*, size: int) -> Iterator[Slice]:
    """Yield ranges of `size` families in the order of their ids, the last one open to the end."""
    after = -1
    while after < _LAST_ID:
        rows = execute(_BORDER, [after, size - 1])
        through = rows[0][0] if rows else _LAST_ID
        yield Slice(after, through)
        after = through


def how_many_families() -> int:
    """Return the number of all families, for the progress of a run."""
    return int(execute("SELECT count(*) FROM membership_family")[0][0])
