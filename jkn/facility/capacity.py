"""Which FKTPs are near and still have places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jkn.facility.figures import usual_capacity
from jkn.facility.models import PrimaryPlaces
from jkn.facility.queries import FacilityFacts, primary_facilities


@dataclass(frozen=True, slots=True)
class PrimaryChoice:
    """An FKTP that can be chosen, and how many people it still takes; never below 0."""

    facts: FacilityFacts
    left: int

    @property
    def is_full(self) -> bool:
        """Whether nobody can choose it now."""
        return self.left == 0


def primary_choices(village_code: str, *, on: date, at_most: int = 100) -> list[PrimaryChoice]:
    """Return the FKTPs nearest to a kelurahan with their places; two statements."""
    near = primary_facilities(village_code, at_most=at_most)
    rows = PrimaryPlaces.objects.filter(facility_id__in=[f.code for f in near])
    left = {p.facility_id: max(p.capacity - p.taken, 0) for p in rows}
    return [
        PrimaryChoice(f, left[f.code] if f.code in left else usual_capacity(f.kind, on=on))
        for f in near
    ]
