"""Watches the statements of a test: each over a family's rows must say whose they are.

That closes a class of leaks and keeps every statement on one shard. Only the tests use
it; what may read across families (directories, batch runs, promises, seeding) is listed here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import extract_stack
from typing import Any

from django.apps import apps
from django.db import connection

# Files whose statements may cross families, each with its reason.
ALLOWED = {
    "membership/promises.py": "promises are recomputed over everything",
    "contribution/promises.py": "promises are recomputed over everything",
    "treasury/promises.py": "promises are recomputed over everything",
    "treasury/totals.py": "the trial balance runs over the whole ledger",
    "treasury/closing.py:_let_nobody_post": "nobody may be posting while a month is closed",
    "treasury/queries.py:refunds_waiting": "the branch's queue of what is open",
    "treasury/queries.py:refunds_awaiting_payout": "a bank statement is matched with what is open",
    "audit/queries.py": "the chain of seals runs over all groups",
    "nonprod/seed": "demo data is made set-based",
    "contribution/billing.py": "the billing run is one statement for a range of families",
    "contribution/ledger.py:credited_and_owing": "the billing run asks whom credit pays for",
    "contribution/reminders.py:_remind_some": "the daily run reminds set-based",
    "contribution/instalments.py:running_before": "the daily run asks whose stages are over",
    "membership/slices.py": "ranges of all families, for batch runs",
    "membership/actions.py:suspend_behind": "the suspension run is one statement for a range",
    "membership/queries.py:suspended_between": "the families of a range are told",
    "employer/ledger.py:bill_employers": "the billing run is one statement",
    "employer/promises.py": "promises are recomputed over everything",
    "membership/workers.py:follow_employer": "one payment of an employer covers many families",
    "employer/wage_class.py:_families": "the daily run asks whose class is not that of the wages",
    "contribution/amnesty.py:waiting_lines": "a batch knows whose debts it writes off",
    "contribution/amnesty.py:sums_of": "a batch is added up by ground",
    "contribution/autodebit.py:_announce_some": "the daily run announces debits set-based",
    "contribution/autodebit.py:_plan_some": "the daily run plans debits set-based",
    "contribution/autodebit.py:unsettled_debits": "the job asks which answers are missing",
    "contribution/mandates.py:unsettled_mandates": "the job asks which answers are missing",
    "membership/care_class.py:apply_class_changes": "the billing run is one statement",
    "membership/queries.py:corrections_waiting": "the branch's queue of what is open",
    "membership/ageing.py:age_members": "the ageing run is one statement a step",
    "reconciliation/promises.py": "promises are recomputed over everything",
    "reconciliation/matching.py": "a bank's lines are matched and booked in slices",
    "reconciliation/queries.py:missing": "what is on no statement, over all families",
    "reconciliation/queries.py:balance_of": "a bank's account is compared whole",
    "reconciliation/queries.py:_open_sum": "a bank's account is compared whole",
    "membership/primary.py:apply_primary_changes": "the daily run copies what has begun",
    "membership/place_notes.py:count_places": "the daily run counts every place",
    "membership/actions.py:lapse_registrations": "the lapse run is one statement",
}
_PACKAGE = Path(__file__).resolve().parents[1]


class CrossesFamilies(AssertionError):
    """A statement over family tables does not say which family it wants."""


def family_tables() -> frozenset[str]:
    """Return the tables whose rows belong to one family."""
    return frozenset(
        m._meta.db_table for m in apps.get_models() if getattr(m, "distribution", "") == "family_id"
    )


class FamilyGuard:
    """An execute wrapper that raises on a statement over family tables without the family key."""

    def __init__(self) -> None:
        self._tables = re.compile(r"\b(" + "|".join(sorted(family_tables())) + r")\b")

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch the default connection."""
        with connection.execute_wrapper(self._check):
            yield

    def _check(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        text = str(sql)
        if self._tables.search(text) and not _names_family(text) and not _is_allowed():
            raise CrossesFamilies(text[:300])
        return execute(sql, params, many, context)


def _names_family(text: str) -> bool:
    if text.lstrip().upper().startswith("INSERT") or text.lstrip().upper().startswith("COPY"):
        return "family_id" in text
    return re.search(r'family_id"?\s*(=|IN\b)', text) is not None


def _is_allowed() -> bool:
    inside = False
    for frame in extract_stack():
        path = Path(frame.filename)
        if "/tests/" in frame.filename or path.name == "conftest.py":
            continue
        if _PACKAGE not in path.parents or path == Path(__file__):
            continue
        inside = True
        place = str(path.relative_to(_PACKAGE))
        if any(place.startswith(a.split(":")[0]) for a in ALLOWED if ":" not in a):
            return True
        if f"{place}:{frame.name}" in ALLOWED:
            return True
    return not inside  # the test itself counts rows and makes its people
