"""Rules of the fine for inpatient care soon after reactivation (denda pelayanan). Pure.

Perpres 82/2018 art. 42 as amended by Perpres 64/2020: whoever is admitted to a hospital within 45
days after cover came back pays 5 % of the estimated cost for each month that was owed, 12 months
and Rp30,000,000 at most. The figures are dated rows; rules are given them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from jkn.core.errors import Refused
from jkn.core.money import MAX_RUPIAH, share
from jkn.core.words import N_


class Care(StrEnum):
    """How somebody is treated; only a stay in hospital can cost a fine."""

    INPATIENT = "inpatient"
    OUTPATIENT = "outpatient"


class Reason(StrEnum):
    """Why there is a fine, or why there is none."""

    FINED = "fined"
    OUTPATIENT = "outpatient"
    PAID_BY_GOVERNMENT = "paid_by_government"  # PBI and those whom a local government pays for
    NOTHING_OWED = "nothing_owed"
    AFTER_WINDOW = "after_window"


class Payer(StrEnum):
    """Who pays the fine."""

    NOBODY = "nobody"
    FAMILY = "family"
    EMPLOYER = "employer"


PAID_BY_GOVERNMENT = frozenset({"pbi_jk", "pbi_apbd"})
_WORKER = "ppu"


@dataclass(frozen=True, slots=True)
class FineTerms:
    """The figures in force on the day of admission, with the basis that pages show."""

    percent: int  # of the estimated cost, for each month owed
    max_months: int
    ceiling: int  # rupiah for one episode
    window_days: int  # the last day after reactivation that counts
    basis: str


@dataclass(frozen=True, slots=True)
class Stay:
    """One episode of care. `estimate` is its INA-CBG tariff by first diagnosis, in rupiah."""

    care: Care
    admitted: date
    estimate: int


@dataclass(frozen=True, slots=True)
class Fine:
    """What a stay costs beside the contribution: rupiah, why, who pays, months counted."""

    amount: int
    reason: Reason
    payer: Payer
    months: int


def last_fined_day(reactivated: date, terms: FineTerms) -> date:
    """Return the last day on which an admission is fined: the 45th after reactivation."""
    return reactivated + timedelta(days=terms.window_days)


def fine_amount(estimate: int, *, months_owed: int, terms: FineTerms) -> int:
    """Return the fine in rupiah: percent of the estimate for each month, rounded half up once, then capped.

    Refuses `fine.estimate` for an estimate below zero or above all that can be met.
    """
    if not 0 <= estimate <= MAX_RUPIAH:
        raise Refused("fine.estimate", N_("Perkiraan biaya harus rupiah bulat di atas nol."))
    months = max(0, min(months_owed, terms.max_months))
    return min(terms.ceiling, share(estimate, Decimal(terms.percent) * months / 100))


def service_fine(
    stay: Stay, *, segment: str, reactivated: date | None, months_owed: int, terms: FineTerms
) -> Fine:
    """Return the fine for a stay of a member of `segment` whose cover came back on a day.

    Day 45 after reactivation counts and day 46 does not; the day of reactivation is day 0.
    """
    reason = Reason.FINED
    if stay.care is Care.OUTPATIENT:
        reason = Reason.OUTPATIENT
    elif segment in PAID_BY_GOVERNMENT:
        reason = Reason.PAID_BY_GOVERNMENT
    elif reactivated is None or months_owed <= 0:
        reason = Reason.NOTHING_OWED
    elif not reactivated <= stay.admitted <= last_fined_day(reactivated, terms):
        reason = Reason.AFTER_WINDOW
    if reason is not Reason.FINED:
        return Fine(0, reason, Payer.NOBODY, 0)
    return Fine(
        amount=fine_amount(stay.estimate, months_owed=months_owed, terms=terms),
        reason=reason,
        payer=Payer.EMPLOYER if segment == _WORKER else Payer.FAMILY,
        months=min(months_owed, terms.max_months),
    )
