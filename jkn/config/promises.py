"""Every promise of every module, for the command and the daily job."""

from __future__ import annotations

from dataclasses import dataclass

from jkn.audit import promises as audit
from jkn.contribution import promises as contribution
from jkn.employer import promises as employer
from jkn.facility import promises as facility
from jkn.membership import promises as membership
from jkn.reconciliation import promises as reconciliation
from jkn.treasury import promises as treasury

PROMISES = (
    *audit.PROMISES,
    *facility.PROMISES,
    *membership.PROMISES,
    *contribution.PROMISES,
    *employer.PROMISES,
    *treasury.PROMISES,
    *reconciliation.PROMISES,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """Whether a promise holds, and how many things break it."""

    name: str
    says: str
    ok: bool
    broken: int


def recompute() -> list[Kept]:
    """Recompute every promise over all data."""
    return [Kept(p.name, p.says, count == 0, count) for p in PROMISES for count in [p.broken()]]
