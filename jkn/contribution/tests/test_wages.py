"""Workers' shares by the law's examples: 4 % and 1 %, between floor and ceiling."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.contribution.figures import wage_terms
from jkn.contribution.queries import figures
from jkn.contribution.wages import WageTerms, wage_shares
from jkn.core.errors import Refused

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
LAW = WageTerms(4, 1, 0, 12_000_000, 1)
WAGE = st.integers(1, 10**9)


@pytest.mark.parametrize("case", VECTORS["ppu"])
def test_the_shares_are_the_laws(case):
    shares = wage_shares(case["upah"], terms=LAW)
    assert (shares.employer, shares.worker) == (case["pemberi_kerja"], case["pekerja"])


def test_below_the_floor_the_floor_counts():
    shares = wage_shares(1_000_000, terms=WageTerms(4, 1, 5_000_000, 12_000_000, 1))
    assert (shares.base, shares.employer, shares.worker) == (5_000_000, 200_000, 50_000)


@pytest.mark.parametrize("wage", [0, -1, 10**16])
def test_what_is_no_wage_is_refused(wage):
    with pytest.raises(Refused, match=r"wage\.invalid"):
        wage_shares(wage, terms=LAW)


@given(WAGE, st.integers(0, 8_000_000), st.integers(0, 12))
def test_the_parts_sum_to_the_whole_and_never_pass_the_ceiling(wage, floor, extras):
    terms = WageTerms(4, 1, floor, 12_000_000, 1)
    shares = wage_shares(wage, terms=terms, extras=extras)
    assert shares.total == shares.employer + shares.worker + shares.extra
    assert shares.extra == extras * wage_shares(wage, terms=terms, extras=1).extra
    assert 0 <= shares.extra <= extras * 120_000
    assert floor <= shares.base <= 12_000_000
    assert 0 <= shares.worker <= 120_000
    assert 0 <= shares.employer <= 480_000


@pytest.mark.django_db
def test_the_figures_are_dated_and_the_floor_is_marked_unverified():
    assert wage_terms(on=date(2024, 12, 31)) == LAW
    assert wage_terms(on=date(2026, 11, 1)).floor > 0
    assert not any(f.verified for f in figures() if f.name in ("wage_floor", "wage_extra_percent"))


def test_each_of_the_extra_family_is_rounded_half_up_alone():
    assert wage_shares(5_690_752, terms=LAW, extras=2).extra == 2 * 56_908  # 56.907,52 each
