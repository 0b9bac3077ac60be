"""A month of many families closes: every bank line has its reason, and all balances add to zero."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date
from random import Random

import pytest
from django.core.cache import caches

from jkn.contribution.actions import run_day
from jkn.contribution.promises import PROMISES as CONTRIBUTION
from jkn.core.actor import SYSTEM
from jkn.core.db import execute
from jkn.core.month import Month as Calendar
from jkn.gate.models import Partner
from jkn.nonprod.partners.statement import as_csv, as_mt940
from jkn.nonprod.seeding.run import Wish, seed
from jkn.nonprod.tests.month import Month, analyze, due_of
from jkn.reconciliation.actions import reconcile
from jkn.reconciliation.models import StatementLine
from jkn.reconciliation.promises import PROMISES as RECONCILIATION
from jkn.reconciliation.queries import balance_of, missing_sum

pytestmark = pytest.mark.django_db
LONG = os.environ.get("JKN_LONG") == "1"
FAMILIES = 100_000 if LONG else 2_000
END = date(2026, 12, 31)
LATER = date(2027, 1, 10)

# By account: what it had before December, what December moved, debit above zero.
_TRIAL = """
SELECT account, sum(amount) FILTER (WHERE day < '2026-12-01'),
  sum(amount) FILTER (WHERE day BETWEEN '2026-12-01' AND '2026-12-31'), sum(amount)
FROM (
  SELECT p.family_id, p.journal_id, p.debit AS account, p.amount FROM contribution_posting p
  UNION ALL SELECT p.family_id, p.journal_id, p.credit, -p.amount FROM contribution_posting p
) sides JOIN contribution_journal j ON j.family_id = sides.family_id AND j.id = sides.journal_id
GROUP BY account
"""


@pytest.fixture
def month(monkeypatch):
    caches["memory"].clear()
    seed(Wish(seed=7, families=FAMILIES, accounts=0, today=date(2026, 11, 22)))
    index = Calendar(2026, 12).index
    run_day(on=date(2026, 12, 1))
    made = Month(Partner.objects.get(kind="snap"))
    made.pay(due_of(index), month=index, share=0.9, chance=Random(7))
    analyze()
    yield made
    caches["memory"].clear()


def test_a_month_closes_with_every_line_matched_explained_or_in_suspense(month):
    bank = month.partner.name
    half, more = len(month.rows) // 2, len(month.rows) // 10
    opening = sum(row.amount for row in month.rows[: half - more])
    first, second = month.rows[:half], month.rows[half - more :]
    one = reconcile(as_mt940(first, 0).encode(), actor=SYSTEM, on=END)
    two = reconcile(as_csv(second, opening).encode(), actor=SYSTEM, on=END)
    assert (one.lines, two.lines, two.known) == (half, len(second), more)

    lines = StatementLine.objects.filter(bank=bank)
    assert lines.count() == len(month.rows)
    assert not lines.filter(status="new").exists()
    assert not lines.filter(reason_on=None).exists()
    assert Counter(lines.values_list("reason", flat=True)) == month.expected

    balance = balance_of(bank)
    assert balance.difference == 0
    assert balance.lines == sum(row.amount for row in month.rows)
    assert balance.outstanding == missing_sum(bank, on=LATER)[1] == month.lost

    trial = {account: sums for account, *sums in execute(_TRIAL)}
    for place in range(3):
        assert sum(sums[place] or 0 for sums in trial.values()) == 0
    suspense = lines.filter(status="suspense").values_list("amount", flat=True)
    assert -trial["suspense"][2] == sum(suspense)
    assert trial[f"clearing.{bank}"][1] == balance.lines + balance.outstanding
    assert [p.name for p in (*CONTRIBUTION, *RECONCILIATION) if p.broken()] == []
