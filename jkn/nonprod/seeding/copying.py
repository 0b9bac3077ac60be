"""Rows for COPY: collected as text in the order of the foreign keys, sent in batches."""

from __future__ import annotations

import os
from collections.abc import Iterator
from time import time_ns

from django.db import connection

from jkn.core.ids import EPOCH_MS, RANDOM_BITS

NULL = "\\N"
_AT_ONCE = 4096  # ids for one call of the system's chance

# In the order in which they can be written: each refers only to those before it.
TABLES = {
    "membership_family": "family_id, kk_sealed, segment, care_class, village, registered_on,"
    " pay_from, pay_by, paid_month, consent",
    "membership_member": "family_id, id, name, nik_sealed, card_sealed, birth_date,"
    " sex, relation, status, facility_id, since, ended_on",
    "membership_statuschange": "family_id, id, member_id, event, status, since, by_account,"
    " by_name, reason, at",
    "contribution_virtualaccount": "family_id, id, prefix, number",
    "contribution_payment": "family_id, id, partner_id, bank, request_id, reference, number,"
    " amount, credited, months, day, paid_at, received_at, receipt",
    "contribution_bill": "family_id, id, month, persons, care_class, per_person, amount, basis,"
    " due_on, status, payment_id",
    "contribution_journal": "family_id, id, kind, day, payment_id, at",
    "contribution_posting": "family_id, id, journal_id, debit, credit, amount, bill_id",
    "account_directory": "kind, digest, family_id, member_id",
}


def copied_bytes(value: bytes) -> str:
    """Return bytes as COPY's text form takes them."""
    return f"\\\\x{value.hex()}"


class Rows:
    """Collects lines for each table; `flush` writes and forgets them."""

    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {table: [] for table in TABLES}
        self.written: dict[str, int] = dict.fromkeys(TABLES, 0)

    def add(self, table: str, *values: object) -> None:
        """Add one row. Texts must hold no tab, line end or backslash: ours hold none."""
        self._lines[table].append("\t".join(map(str, values)))

    def flush(self) -> None:
        """Write what was collected; must run in a transaction."""
        with connection.cursor() as cursor:
            for table, lines in self._lines.items():
                if not lines:
                    continue
                with cursor.copy(f"COPY {table} ({TABLES[table]}) FROM STDIN") as copy:
                    copy.write("\n".join(lines) + "\n")
                self.written[table] += len(lines)
                lines.clear()


def fresh_ids(at_most: int) -> Iterator[int]:
    """Yield ids of core.ids' layout that are different and grow, all made before now.

    Each takes a millisecond of its own, so millions of them cannot meet by chance; they lie in
    the past, so whatever is made later comes after them.
    """
    millisecond = time_ns() // 1_000_000 - EPOCH_MS - at_most
    mask = (1 << RANDOM_BITS) - 1
    while True:
        chance = os.urandom(3 * _AT_ONCE)
        for place in range(0, 3 * _AT_ONCE, 3):
            yield millisecond << RANDOM_BITS | int.from_bytes(chance[place : place + 3]) & mask
            millisecond += 1
