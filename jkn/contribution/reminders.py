"""Reminders of bills: seven days before they are due, one day before, and when they are overdue; of
stages seven days and one day before their month ends.

A row says that a bill's reminder of one kind went out; it is written set-based, once, and the job
that tells the family is deferred in the same transaction.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from jkn.contribution.rules import Reminder
from jkn.core.db import execute
from jkn.core.month import Month
from jkn.gate.jobs import defer

_AT_ONCE = 5_000
_STAGE_DAYS = 7
# Only who is not behind: families whose cover stopped were told so, with the sum. A newborn's bill
# is reminded of where the family's own of that month is paid: one message a family and kind.
_REMIND = """
INSERT INTO contribution_reminded (family_id, id, bill_id, kind, day)
SELECT b.family_id, new_id(), b.id, %(kind)s::text, %(on)s::date
FROM contribution_bill b
JOIN membership_family f ON f.family_id = b.family_id AND f.paid_month >= b.month - 1
WHERE b.status = 'open' AND b.month = %(month)s AND b.due_on BETWEEN %(first)s AND %(last)s
  AND NOT EXISTS (SELECT 1 FROM contribution_bill o
    WHERE o.family_id = b.family_id AND o.month = b.month AND o.status = 'open'
      AND (o.member_id IS NULL AND b.member_id IS NOT NULL OR o.member_id < b.member_id))
  AND NOT EXISTS (SELECT 1 FROM contribution_reminded r
    WHERE r.family_id = b.family_id AND r.bill_id = b.id AND r.kind = %(kind)s::text)
ORDER BY b.family_id LIMIT %(at_once)s
ON CONFLICT (family_id, bill_id, kind) DO NOTHING
RETURNING family_id, bill_id
"""

# The row hangs on the plan's oldest open bill, which may be the same one for some months.
_REMIND_OF_STAGES = """
INSERT INTO contribution_reminded (family_id, id, bill_id, kind, day)
SELECT p.family_id, new_id(), b.id, %(kind)s::text, %(on)s::date
FROM contribution_instalmentplan p
JOIN LATERAL (SELECT id FROM contribution_bill
  WHERE family_id = p.family_id AND status = 'open' ORDER BY month, id LIMIT 1) b ON true
WHERE p.status = 'active' AND p.first_month <= %(month)s AND %(month)s < p.first_month + p.stages
  AND NOT EXISTS (SELECT 1 FROM contribution_reminded r WHERE r.family_id = p.family_id
    AND r.kind = %(kind)s::text AND r.day >= %(first)s)
ORDER BY p.family_id LIMIT %(at_once)s
ON CONFLICT (family_id, bill_id, kind) DO UPDATE SET day = excluded.day
RETURNING family_id
"""


def remind_of_stages(*, on: date) -> int:
    """Remind every family whose plan has a stage this month, near its end; return how many.

    Once for each month and kind: run it as often as you like. Who has paid it is not told.
    """
    left = (Month.of(on).last_day() - on).days
    if left > _STAGE_DAYS:
        return 0
    kind, count = Reminder.STAGE_IN_7_DAYS if left > 1 else Reminder.STAGE_IN_1_DAY, 0
    while told := _remind_some_of_stages(kind, on=on):
        count += told
    return count


@transaction.atomic
def _remind_some_of_stages(kind: Reminder, *, on: date) -> int:
    month = Month.of(on)
    rows = execute(
        _REMIND_OF_STAGES,
        {
            "kind": kind.value, "on": on, "month": month.index, "first": month.first_day(),
            "at_once": _AT_ONCE,
        },
    )  # fmt: skip
    for (family_id,) in rows:
        defer("contribution.tell_stage", family_id=family_id, kind=kind.value)
    return len(rows)


def remind(*, on: date) -> int:
    """Remind every family whose bill of this month is due soon or overdue; return how many.

    Once for each bill and kind: run it as often as you like. A server that slept over the seventh
    day before reminds on a later one.
    """
    days = {
        Reminder.IN_7_DAYS: (on + timedelta(days=2), on + timedelta(days=7)),
        Reminder.IN_1_DAY: (on, on + timedelta(days=1)),
        Reminder.OVERDUE: (Month.of(on).first_day(), on - timedelta(days=1)),
    }
    return sum(_remind_all(kind, first, last, on=on) for kind, (first, last) in days.items())


def _remind_all(kind: Reminder, first: date, last: date, *, on: date) -> int:
    count = 0
    while reminded := _remind_some(kind, first, last, on=on):
        count += reminded
    return count


@transaction.atomic
def _remind_some(kind: Reminder, first: date, last: date, *, on: date) -> int:
    rows = execute(
        _REMIND,
        {
            "kind": kind.value, "on": on, "month": Month.of(on).index, "first": first,
            "last": last, "at_once": _AT_ONCE,
        },
    )  # fmt: skip
    for family_id, bill_id in rows:
        defer("contribution.tell_due", family_id=family_id, bill_id=bill_id, kind=kind.value)
    return len(rows)
