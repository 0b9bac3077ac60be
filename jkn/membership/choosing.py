"""Rules of choosing an FKTP (faskes tingkat pertama). Pure.

Three months between changes, effective on the 1st of the next month, earlier only with proof:
docs/reference/membership.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from jkn.core.errors import Conflict, Refused
from jkn.core.month import Month
from jkn.core.words import N_
from jkn.membership.rules import Segment, Status
from jkn.membership.terms import months_after


class Ground(StrEnum):
    """Why somebody changes their FKTP."""

    ORDINARY = "ordinary"
    MOVED_HOME = "moved_home"  # lives elsewhere now
    ASSIGNED = "assigned"  # works or studies elsewhere
    REDISTRIBUTED = "redistributed"  # the branch spreads members over FKTPs


# These need a proof, are granted by the branch alone, and do not wait three months.
EARLY = frozenset({Ground.MOVED_HOME, Ground.ASSIGNED, Ground.REDISTRIBUTED})
_LISTED = frozenset({Segment.PBI_NATIONAL, Segment.PBI_REGIONAL})
# Who holds no place at an FKTP, though the row is open.
PLACELESS = frozenset({Status.DECEASED, Status.DUPLICATE})


@dataclass(frozen=True, slots=True)
class Registered:
    """Where a member is registered: since when, and where from a later day on ("": nowhere)."""

    facility_id: str
    since: date
    next_id: str = ""
    next_from: date | None = None


def registered_on(at: Registered, *, on: date) -> Registered:
    """Return where the member is registered on a day: at the next FKTP from its first day on."""
    if at.next_from is not None and on >= at.next_from:
        return Registered(at.next_id, at.next_from)
    return at


def begins_on(*, on: date) -> date:
    """Return the first day of a change that is made on a day: the 1st of the next month."""
    return Month.of(on).plus(1).first_day()


def possible_from(at: Registered, *, wait_months: int) -> date:
    """Return the first day on which the next change may be made."""
    return months_after(at.next_from or at.since, wait_months)


def check_in_app(*, segment: Segment, corps: str) -> None:
    """Refuse `primary.not_here` who cannot change in the app, and say where it is done."""
    if corps:
        raise Refused(
            "primary.not_here",
            N_("Faskes peserta TNI dan Polri diatur kesatuan. Tanyakan ke kesatuan Anda."),
        )
    if segment in _LISTED:
        raise Refused(
            "primary.not_here",
            N_("Peserta PBI pindah faskes di kantor cabang atau WhatsApp 08118165165."),
        )


def check_change(
    at: Registered, *, status: Status, ground: Ground, on: date, wait_months: int
) -> None:
    """Refuse a change that may not be made on a day, and say the day on which it may."""
    if status in PLACELESS:
        raise Conflict("primary.closed", N_("Kartu ini tidak berlaku lagi. Telepon 165."))
    if ground in EARLY:
        return
    first = possible_from(at, wait_months=wait_months)
    if at.next_from is not None:
        raise Conflict(
            "primary.pending",
            N_("Pindah faskes sudah dicatat, berlaku {begins}. Pindah lagi mulai {day}."),
            begins=at.next_from,
            day=first,
        )
    if on < first:
        raise Conflict(
            "primary.too_soon", N_("Pindah faskes dapat dilakukan mulai {day}."),
            day=first,
        )  # fmt: skip


def check_other(at: Registered, *, wanted: str) -> None:
    """Refuse `primary.same` the FKTP at which the member is, or will be."""
    if wanted == (at.next_id or at.facility_id):
        raise Refused("primary.same", N_("Sudah terdaftar di faskes ini. Pilih faskes lain."))
