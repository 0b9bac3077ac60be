"""The class of workers' families by the wages that employers tell of.

Both spouses may work, each paid for by the own employer: the family has the class of the higher
wage (Perpres 82/2018; unverified). Their link is the family: its head and the head's spouse.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from jkn.account.queries import family_of as by_number
from jkn.core.db import execute
from jkn.employer.models import Employee
from jkn.employer.queries import employer_ids, figure, worker
from jkn.employer.rules import EmployeeState, class_of_wage
from jkn.membership import workers
from jkn.membership.models import Family

# The highest wage in force among head and spouse of one family; null where neither works. The
# fence makes jobs be found by their NIK: without statistics the planner would read all that are
# open, for each family.
_HIGHEST = """
SELECT max(w.monthly) AS wage
FROM membership_member m
JOIN account_directory d ON d.family_id = m.family_id AND d.member_id = m.id AND d.kind = 'nik'
CROSS JOIN LATERAL (SELECT * FROM employer_employee WHERE nik_digest = d.digest OFFSET 0) e
CROSS JOIN LATERAL (
  SELECT monthly FROM employer_wage w WHERE w.employer_id = e.employer_id AND w.employee_id = e.id
  ORDER BY w.valid_from <= %(on)s DESC, abs(w.valid_from - %(on)s) LIMIT 1
) w
WHERE m.family_id = {family} AND m.relation IN ('head', 'spouse') AND m.ended_on IS NULL
  AND m.status NOT IN ('deceased', 'duplicate') AND e.state = 'enrolled' AND e.ended_on IS NULL
"""
_OF_ONE = _HIGHEST.format(family="%(family)s")
_WORKERS_OF = """
SELECT DISTINCT d.family_id FROM employer_employee e
JOIN account_directory d ON d.digest = e.nik_digest AND d.kind = 'nik'
WHERE e.employer_id = %(employer)s AND e.id BETWEEN %(first)s AND %(last)s
  AND e.state = 'enrolled' AND e.ended_on IS NULL
"""
_RAISED = "SELECT family_id FROM membership_family WHERE unlisted_class > ''"
# What `rules.class_of_wage` and `terms.class_after_wages` say; a test holds them together.
_DIFFERING = """
SELECT f.family_id FROM ({asked}) asked
JOIN membership_family f ON f.family_id = asked.family_id AND f.segment = 'ppu'
  AND f.guarantee_until IS NULL
CROSS JOIN LATERAL ({highest}) highest
CROSS JOIN LATERAL (
  SELECT coalesce(nullif(f.next_class, ''), f.care_class) AS care_class
) coming
WHERE coming.care_class ~ '^[123]$' AND least(
    CASE WHEN wage <= %(class_2_up_to)s THEN '2' WHEN wage IS NOT NULL THEN '1' END,
    nullif(coalesce(f.unlisted_class, f.care_class), '')
  ) <> coming.care_class
ORDER BY f.family_id
"""
_OF_FAMILY = _HIGHEST.format(family="f.family_id")
_DIFFERING_AT = _DIFFERING.format(asked=_WORKERS_OF, highest=_OF_FAMILY)
_DIFFERING_RAISED = _DIFFERING.format(asked=_RAISED, highest=_OF_FAMILY)
_AT_ONCE = 5_000  # employees of one statement


@transaction.atomic
def follow_wages(family_id: int, *, on: date) -> bool:
    """Let one family have the class of its highest wage; return whether it changes."""
    family = Family.objects.select_for_update(no_key=True).filter(family_id=family_id).first()
    if family is None:
        return False
    ((wage,),) = execute(_OF_ONE, {"on": on, "family": family_id})
    class_2_up_to = figure("class_2_up_to_wage", on=on)
    by_wage = "" if wage is None else class_of_wage(wage, class_2_up_to=class_2_up_to)
    return workers.follow_wages(family, by_wage=by_wage, on=on)


def follow_wages_of(*, employer_id: int, employee_id: int, on: date) -> bool:
    """Let the family of one employee have the class of its highest wage, after a change at work."""
    whose = by_number("nik", worker(employer_id, employee_id).row.nik)
    return whose is not None and follow_wages(whose.family_id, on=on)


def follow_wages_at(employer_id: int, *, on: date) -> int:
    """Look after the families of all who work for an employer; return how many changed.

    Each is a transaction of its own; twice is as once.
    """
    return _follow(differing_at(employer_id, on=on), on=on)


def follow_all_wages(*, on: date) -> int:
    """Look after the families of all employers, and those whose class no wage gives any more.

    Wages that begin on a day, marriages, separations and deaths are found here.
    """
    changed = sum(follow_wages_at(employer_id, on=on) for employer_id in employer_ids())
    return changed + _follow(differing_raised(on=on), on=on)


def _follow(family_ids: list[int], *, on: date) -> int:
    return sum(follow_wages(family_id, on=on) for family_id in family_ids)


def differing_at(employer_id: int, *, on: date) -> list[int]:
    """Return the families of an employer's workers whose class will not be that of their wages."""
    found: list[int] = []
    at_work = Employee.objects.filter(
        employer_id=employer_id, state=EmployeeState.ENROLLED.value, ended_on__isnull=True
    )
    ids = list(at_work.order_by("id").values_list("id", flat=True))
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        found += _families(_DIFFERING_AT, employer=employer_id, first=some[0], last=some[-1], on=on)
    return found


def differing_raised(*, on: date) -> list[int]:
    """Return the families whose class a wage had raised and whose class will not be their own."""
    return _families(_DIFFERING_RAISED, on=on)


def _families(sql: str, *, on: date, **values: int) -> list[int]:
    class_2_up_to = figure("class_2_up_to_wage", on=on)
    return [row[0] for row in execute(sql, {"on": on, "class_2_up_to": class_2_up_to, **values})]
