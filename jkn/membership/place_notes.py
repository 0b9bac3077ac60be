"""Places at FKTPs that nobody may refuse or that become free: noted with the family's change.

A note lies in the family's own group; a job counts it at the FKTP once and deletes it in the same
transaction. Places that are chosen are taken at once (facility.actions.take_place).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from jkn.core.db import execute
from jkn.facility.actions import shift_places
from jkn.gate.jobs import defer
from jkn.membership.models import Member, PlaceNote

_SLICE = 10_000
_COUNT = """
WITH counted AS (
  DELETE FROM membership_placenote WHERE (family_id, id) IN (
    SELECT family_id, id FROM membership_placenote LIMIT %s FOR UPDATE SKIP LOCKED)
  RETURNING facility_id, persons
)
SELECT facility_id, sum(persons), count(*) FROM counted GROUP BY facility_id
"""
_COUNT_FAMILY = """
WITH counted AS (
  DELETE FROM membership_placenote WHERE family_id = %s RETURNING facility_id, persons
)
SELECT facility_id, sum(persons), count(*) FROM counted GROUP BY facility_id
"""


def note_places(family_id: int, changes: Iterable[tuple[str, int]]) -> None:
    """Note people who come to FKTPs or leave them; in the transaction of the family's change."""
    PlaceNote.objects.bulk_create(
        PlaceNote(family_id=family_id, facility_id=facility_id, persons=persons)
        for facility_id, persons in changes
        if facility_id
    )
    defer("membership.count_places", family_id=family_id)


def give_back(member: Member) -> None:
    """Give back the place of a member who needs none any more, and the one held for later."""
    note_places(member.family_id, [(member.facility_id, -1), (member.next_facility_id, -1)])
    member.next_facility_id, member.next_facility_from = "", None
    Member.objects.filter(family_id=member.family_id, id=member.id).update(
        next_facility_id="", next_facility_from=None
    )


@transaction.atomic
def count_places_of(family_id: int, *, on: date) -> None:
    """Count one family's notes at their FKTPs; twice is as once."""
    rows = execute(_COUNT_FAMILY, [family_id])
    shift_places({facility_id: int(persons) for facility_id, persons, _ in rows}, on=on)


def count_places(*, on: date) -> int:
    """Count the notes of all families, slice by slice; return how many there were."""
    counted = 0
    while True:
        with transaction.atomic():
            rows = execute(_COUNT, [_SLICE])
            shift_places({facility_id: int(persons) for facility_id, persons, _ in rows}, on=on)
        if not rows:
            return counted
        counted += sum(notes for _, _, notes in rows)
