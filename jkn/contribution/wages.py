"""Rules of workers' contributions (PPU): 5 % of the wage, shared by employer and worker. Pure.

Perpres 64/2020 art. 30: 4 % by the employer, 1 % by the worker, up to a ceiling of Rp12,000,000 and
from the minimum wage of the district. Each further member of the family (the fourth child on, parents,
parents-in-law) costs the worker 1 % more. The figures are dated rows; rules are given them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from jkn.core.errors import Refused
from jkn.core.money import MAX_RUPIAH, share
from jkn.core.words import N_


@dataclass(frozen=True, slots=True)
class WageTerms:
    """The figures in force in the month that is billed, amounts in rupiah."""

    employer_percent: int
    worker_percent: int
    floor: int  # minimum wage of the district (UMK); 0 where none is known
    ceiling: int
    extra_percent: int  # for each further member of the family, paid by the worker


@dataclass(frozen=True, slots=True)
class WageShares:
    """What a month costs: the wage that counts, and each one's part in rupiah."""

    base: int
    employer: int
    worker: int
    extra: int = 0  # for all further members of the family, also taken from the wage

    @property
    def total(self) -> int:
        """All parts together, as the employer hands them over."""
        return self.employer + self.worker + self.extra


def wage_shares(wage: int, *, terms: WageTerms, extras: int = 0) -> WageShares:
    """Return the contribution of a monthly wage in rupiah, each part rounded half up.

    `extras` further members of the family cost their percent each, rounded for each. Below the
    floor the floor counts, above the ceiling the ceiling. Refuses `wage.invalid` for a wage that is
    not above zero.
    """
    if not 0 < wage <= MAX_RUPIAH:
        raise Refused("wage.invalid", N_("Upah harus rupiah bulat di atas nol."))
    base = min(max(wage, terms.floor), terms.ceiling)
    return WageShares(
        base=base,
        employer=share(base, Decimal(terms.employer_percent) / 100),
        worker=share(base, Decimal(terms.worker_percent) / 100),
        extra=extras * share(base, Decimal(terms.extra_percent) / 100),
    )
