"""The batch runs: bills of a month, and suspensions of who is behind; in ranges of families.

Each range is one transaction and one statement, idempotent and set-based: killed anywhere or
started twice, a run leaves one bill for a family and month. Between `queries` and `actions`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date

from django.db import IntegrityError, transaction

from jkn.contribution.ledger import open_day
from jkn.contribution.queries import figure
from jkn.contribution.rules import due_day
from jkn.core.db import execute
from jkn.core.month import Month
from jkn.gate.jobs import defer
from jkn.membership.actions import suspend_behind
from jkn.membership.slices import IN_ORDER, SLICE, Slice, slices

# Whoever changes the family (a payment, a newborn, a move) holds this lock; the statement after it
# sees what they wrote. Taken in the order of ids: two runs at once wait, they never deadlock.
_LOCK = """
SELECT count(*) FROM (
  SELECT 1 FROM membership_family f
  WHERE f.family_id > %(after)s AND f.family_id <= %(through)s
    AND f.segment IN ('pbpu', 'bp') AND f.paid_month < %(month)s
    AND (f.billed_from > %(month)s) IS NOT TRUE
    AND NOT EXISTS (SELECT 1 FROM contribution_bill b
      WHERE b.family_id = f.family_id AND b.month = %(month)s AND b.member_id IS NULL
        AND b.family_id > %(after)s AND b.family_id <= %(through)s)
  ORDER BY f.family_id FOR NO KEY UPDATE OF f
) locked
"""
# A bill, its journal and its line are made together and share their number: no join afterwards.
_BILL = """
WITH price AS MATERIALIZED (
  SELECT DISTINCT ON (segment, care_class) segment, care_class, monthly, basis
  FROM contribution_tariff WHERE valid_from <= %(first)s
  ORDER BY segment, care_class, valid_from DESC
), counted AS (
  SELECT f.family_id, f.segment, count(*) AS persons,
    CASE WHEN f.next_class_from <= %(first)s THEN f.next_class ELSE f.care_class END AS care_class
  FROM membership_family f
  JOIN membership_member m ON m.family_id = f.family_id AND m.ended_on IS NULL
    AND m.status IN ('active', 'suspended_arrears', 'candidate')  -- a newborn not paid for yet
    AND m.family_id > %(after)s AND m.family_id <= %(through)s
  WHERE f.family_id > %(after)s AND f.family_id <= %(through)s
    AND f.segment IN ('pbpu', 'bp') AND f.paid_month < %(month)s
    AND (f.billed_from > %(month)s) IS NOT TRUE
    AND NOT EXISTS (SELECT 1 FROM contribution_bill b
      WHERE b.family_id = f.family_id AND b.month = %(month)s AND b.member_id IS NULL
        AND b.family_id > %(after)s AND b.family_id <= %(through)s)
  GROUP BY f.family_id
), made AS (
  INSERT INTO contribution_bill (family_id, id, month, persons, care_class, per_person, amount,
    basis, due_on, status)
  SELECT c.family_id, new_id(), %(month)s, c.persons, c.care_class, t.monthly,
    t.monthly * c.persons, t.basis, %(due)s, 'open'
  FROM counted c JOIN price t USING (segment, care_class) WHERE t.monthly > 0
  RETURNING family_id, id, amount
), journal AS (
  INSERT INTO contribution_journal (family_id, id, kind, day, at)
  SELECT family_id, id, 'billed', %(posted)s, now() FROM made
), lines AS (
  INSERT INTO contribution_posting (family_id, id, journal_id, debit, credit, amount, bill_id)
  SELECT family_id, id, id, 'receivable', 'income', amount, id FROM made RETURNING 1
)
SELECT count(*) FROM lines
"""

_WITHOUT_TARIFF = """
SELECT segment, care_class, count(*) FROM (
  SELECT segment,
    CASE WHEN next_class_from <= %(first)s THEN next_class ELSE care_class END AS care_class
  FROM membership_family WHERE segment IN ('pbpu', 'bp') AND paid_month < %(month)s
    AND (billed_from > %(month)s) IS NOT TRUE
) f WHERE NOT EXISTS (SELECT 1 FROM contribution_tariff t WHERE t.segment = f.segment
  AND t.care_class = f.care_class AND t.valid_from <= %(first)s)
GROUP BY segment, care_class ORDER BY segment, care_class
"""

_TRIES = 4
Progress = Callable[[int], None]  # told after each range: how many rows it made or changed


def silent(_: int) -> None:
    """Tell nobody how far a run is."""


def bill_month(month: Month, *, on: date, size: int = SLICE, tell: Progress = silent) -> int:
    """Make the bills of a month for all who pay for themselves; return how many.

    At the tariff and class in force on the month's first day, booked under that day, or under
    `on` where its books are closed. A family that has a bill of that month keeps it: the run may
    be repeated, interrupted and started beside itself.
    """
    first = month.first_day()
    days = {
        "first": first, "due": due_day(month, day=figure("due_day", on=first).value),
        "posted": open_day(first, on=on),
    }  # fmt: skip
    made = 0
    for one in slices(size=size):
        count = _bill_slice(one, month, days)
        made += count
        tell(count)
    return made


def without_tariff(month: Month) -> list[tuple[str, str, int]]:
    """Return (segment, class, families) of those who pay but for whom no tariff is in force.

    They get no bill: a class that was renamed without its tariff shows here.
    """
    rows = execute(_WITHOUT_TARIFF, {"month": month.index, "first": month.first_day()})
    return [(segment, care_class, count) for segment, care_class, count in rows]


@transaction.atomic
def _bill_slice(one: Slice, month: Month, days: Mapping[str, date]) -> int:
    values = {"after": one.after, "through": one.through, "month": month.index, **days}
    execute(IN_ORDER)
    ((waiting,),) = execute(_LOCK, values)
    return int(execute(_BILL, values)[0][0]) if waiting else 0


def suspend_overdue(*, on: date, size: int = SLICE, tell: Progress = silent) -> int:
    """Suspend who is behind with a month on a day; return how many families.

    The families of a range are told by one job, in the transaction of their suspension.
    """
    suspended = 0
    for one in slices(size=size):
        count = _suspend_surely(one, on=on)
        suspended += count
        tell(count)
    return suspended


def _suspend_surely(one: Slice, *, on: date) -> int:
    """Suspend a range, again where two ids that `new_id()` made met.

    Rows of one family within a millisecond share all but 22 bits of chance: one range in some
    hundred has such a pair.
    """
    for _ in range(_TRIES - 1):
        with suppress(IntegrityError):
            return _suspend_slice(one, on=on)
    return _suspend_slice(one, on=on)


@transaction.atomic
def _suspend_slice(one: Slice, *, on: date) -> int:
    execute(IN_ORDER)
    families = suspend_behind(one, on=on)
    if families:
        since = Month.of(on).first_day().isoformat()
        defer("contribution.tell_suspended", after=one.after, through=one.through, since=since)
    return families
