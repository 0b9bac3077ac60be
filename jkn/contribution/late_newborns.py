"""The batch run of newborns whose first contribution was not paid within the days after birth.

Like `billing`: ranges of families, each one transaction and one statement, idempotent. The rule is
`membership.terms.months_unpaid_in_time`; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from jkn.audit.actions import record
from jkn.core.actor import SYSTEM
from jkn.core.db import execute
from jkn.core.month import Month
from jkn.gate.jobs import defer
from jkn.membership.queries import figure
from jkn.membership.slices import IN_ORDER, SLICE, Slice, slices

_MONTH = "(extract(year FROM {day}) * 12 + extract(month FROM {day}) - 1)::int"
_BORN, _REGISTERED = _MONTH.format(day="m.birth_date"), _MONTH.format(day="m.since")
# Who is a candidate in a family that has paid is a newborn: whoever else joins stands as it does.
# The first contribution is the newborn's own bill of the month of registration; where the run made
# the family's after it, that one counts it. Of twins one may be paid, from credit.
_LATE = f"""
f.family_id > %(after)s AND f.family_id <= %(through)s
  AND m.family_id > %(after)s AND m.family_id <= %(through)s
  AND f.segment IN ('pbpu', 'bp') AND f.paid_month IS NOT NULL
  AND m.status = 'candidate' AND m.ended_on IS NULL
  AND m.birth_date + %(days)s::int < %(on)s AND m.since <= m.birth_date + %(days)s::int
  AND {_BORN} < {_REGISTERED}
  AND 'open' = (SELECT b.status FROM contribution_bill b
    WHERE b.family_id = m.family_id AND b.month = {_REGISTERED}
      AND (b.member_id = m.id OR b.member_id IS NULL)
    ORDER BY b.member_id NULLS LAST LIMIT 1)
  AND NOT EXISTS (SELECT 1 FROM contribution_bill b
    WHERE b.family_id = m.family_id AND b.member_id = m.id AND b.month < {_REGISTERED})
"""  # noqa: S608 (only constants are joined)
# Whoever changes the family holds this lock; the statement after it sees what they wrote.
_LOCK = f"""
SELECT count(*) FROM (
  SELECT 1 FROM membership_family f WHERE EXISTS (
    SELECT 1 FROM membership_member m WHERE m.family_id = f.family_id AND {_LATE})
  ORDER BY f.family_id FOR NO KEY UPDATE OF f
) locked
"""  # noqa: S608 (only constants are joined)
# In the class of care in which the family was then, as for who is registered late.
_BILL = f"""
WITH owed AS (
  SELECT m.family_id, m.id AS member_id, f.segment, past.month,
    coalesce((SELECT own.care_class FROM contribution_bill own WHERE own.family_id = m.family_id
      AND own.month = past.month AND own.member_id IS NULL), f.care_class) AS care_class
  FROM membership_member m JOIN membership_family f ON f.family_id = m.family_id AND {_LATE},
    generate_series(greatest({_BORN}, %(oldest)s), {_REGISTERED} - 1) AS past (month)
), made AS (
  INSERT INTO contribution_bill (family_id, id, month, persons, care_class, per_person, amount,
    basis, due_on, status, member_id)
  SELECT o.family_id, new_id(), o.month, 1, o.care_class, t.monthly, t.monthly, t.basis, %(due)s,
    'open', o.member_id
  FROM owed o JOIN LATERAL (
    SELECT monthly, basis FROM contribution_tariff t
    WHERE t.segment = o.segment AND t.care_class = o.care_class
      AND t.valid_from <= make_date(o.month / 12, o.month %% 12 + 1, 1)
    ORDER BY t.valid_from DESC LIMIT 1) t ON t.monthly > 0
  RETURNING family_id, id, amount, member_id
), journal AS (
  INSERT INTO contribution_journal (family_id, id, kind, day, at)
  SELECT family_id, id, 'billed', %(on)s, now() FROM made
), lines AS (
  INSERT INTO contribution_posting (family_id, id, journal_id, debit, credit, amount, bill_id)
  SELECT family_id, id, id, 'receivable', 'income', amount, id FROM made
)
SELECT family_id, member_id, count(*), sum(amount)::bigint FROM made
GROUP BY family_id, member_id ORDER BY family_id, member_id
"""  # noqa: S608 (only constants are joined)


@dataclass(frozen=True, slots=True)
class LateNewborn:
    """A newborn who was billed back to the birth month: how many months, and their rupiah."""

    family_id: int
    member_id: int
    months: int
    amount: int


def bill_late_newborns(*, on: date, size: int = SLICE) -> list[LateNewborn]:
    """Bill the months from birth on of newborns registered in time and not paid in time.

    Perpres 82/2018 art. 16: registered and paid within the days, else contributions count from the
    birth month. Once for each newborn, told with the reason; who paid what was asked before the
    run came has paid. Who died or left by then is not billed.
    """
    late: list[LateNewborn] = []
    for one in slices(size=size):
        late += _bill_slice(one, on=on)
    return late


@transaction.atomic
def _bill_slice(one: Slice, *, on: date) -> list[LateNewborn]:
    current = Month.of(on)
    values = {
        "after": one.after, "through": one.through, "on": on, "due": current.last_day(),
        "days": figure("newborn_days", on=on).value,
        "oldest": current.plus(-figure("newborn_cap_months", on=on).value).index,
    }  # fmt: skip
    execute(IN_ORDER)
    ((waiting,),) = execute(_LOCK, values)
    late = [LateNewborn(*row) for row in execute(_BILL, values)] if waiting else []
    for one_late in late:
        _note(one_late)
    return late


def _note(late: LateNewborn) -> None:
    record(
        actor=SYSTEM, verb="contribution.newborn_late", group=late.family_id,
        subject=late.member_id, months=late.months, amount=late.amount,
    )  # fmt: skip
    defer(
        "contribution.tell_newborn_late", family_id=late.family_id, member_id=late.member_id,
        amount=late.amount,
    )  # fmt: skip
