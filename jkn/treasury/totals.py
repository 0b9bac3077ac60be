"""The ledger added up by month and account: rolled up set-based, compared, and read as a balance.

Reports read the rollup, never the postings; only `differences` and `roll_up` scan a span of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from jkn.core.db import execute
from jkn.core.month import Month

_POSTED = """
SELECT month, side.account, sum(side.debit)::bigint AS debit, sum(side.credit)::bigint AS credit
FROM (
  SELECT extract(year FROM j.day)::int * 12 + extract(month FROM j.day)::int - 1 AS month,
    l.debit AS debited, l.credit AS credited, sum(l.amount) AS amount
  FROM contribution_journal j
  JOIN contribution_posting l ON l.family_id = j.family_id AND l.journal_id = j.id
  WHERE j.day BETWEEN %(first)s AND %(last)s GROUP BY 1, 2, 3
) moved
CROSS JOIN LATERAL (VALUES (debited, amount, 0), (credited, 0, amount))
  AS side (account, debit, credit)
GROUP BY month, side.account
"""
_ROLL_UP = f"""
INSERT INTO treasury_monthtotal (month, account, debit, credit, at)
SELECT month, account, debit, credit, now() FROM ({_POSTED}) posted ORDER BY month, account
ON CONFLICT (month, account) DO UPDATE
  SET debit = excluded.debit, credit = excluded.credit, at = excluded.at
RETURNING 1
"""  # noqa: S608 (only constants are joined)
_DIFFERENCES = f"""
SELECT coalesce(t.month, p.month), coalesce(t.account, p.account), coalesce(t.debit, 0),
  coalesce(t.credit, 0), coalesce(p.debit, 0), coalesce(p.credit, 0)
FROM (SELECT * FROM treasury_monthtotal WHERE month BETWEEN %(from)s AND %(through)s) t
FULL JOIN ({_POSTED}) p USING (month, account)
WHERE (t.debit, t.credit) IS DISTINCT FROM (p.debit, p.credit) ORDER BY 1, 2
"""  # noqa: S608 (only constants are joined)
_OPEN_SPAN = """
SELECT min(day), max(day) FROM contribution_journal
WHERE day >= make_date(%(month)s / 12, %(month)s %% 12 + 1, 1)
"""
_FINAL = "SELECT max(month) FROM treasury_monthclose WHERE rolled_at IS NOT NULL"
_CLOSED = "SELECT month FROM treasury_monthclose WHERE closed_at IS NOT NULL AND rolled_at IS NULL"
_MARK_FINAL = "UPDATE treasury_monthclose SET rolled_at = now() WHERE month = ANY(%s::int[])"
_BALANCE = """
SELECT account, sum(debit - credit) FILTER (WHERE month < %(month)s),
  sum(debit) FILTER (WHERE month = %(month)s), sum(credit) FILTER (WHERE month = %(month)s)
FROM treasury_monthtotal WHERE month <= %(month)s GROUP BY account ORDER BY account
"""
_STAMP = "SELECT max(at) FROM treasury_monthtotal WHERE month = %s"


def roll_up() -> int:
    """Add up every month that is not final yet; return how many rows were written.

    One set-based statement, and as if done once however often it is done. A month is final after
    the first rollup that follows its closing; final months are not read again.
    """
    closed = [row[0] for row in execute(_CLOSED)]  # before the sums: nothing is posted there now
    ((final,),) = execute(_FINAL)
    ((first, last),) = execute(_OPEN_SPAN, {"month": 12 if final is None else final + 1})
    if first is None:
        return 0
    with transaction.atomic():
        # One at a time: else a sum that was read earlier could replace one that was read later.
        execute("SELECT pg_advisory_xact_lock(hashtext('treasury.roll_up'))")
        made = execute(_ROLL_UP, {"first": Month.of(first).first_day(), "last": last})
        execute(_MARK_FINAL, [closed])
    return len(made)


@dataclass(frozen=True, slots=True)
class Difference:
    """An account whose rollup is not what its postings say, in rupiah."""

    month: Month
    account: str
    rolled_debit: int
    rolled_credit: int
    posted_debit: int
    posted_credit: int


def differences(*, first: Month, last: Month) -> list[Difference]:
    """Return where rollup and postings of a span of months differ; empty where all agree."""
    rows = execute(
        _DIFFERENCES,
        {
            "from": first.index, "through": last.index, "first": first.first_day(),
            "last": last.last_day(),
        },
    )  # fmt: skip
    return [Difference(Month.at(month), *rest) for month, *rest in rows]


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """One account in one month, in rupiah; balances are debits minus credits."""

    account: str
    opening: int
    debit: int
    credit: int

    @property
    def closing(self) -> int:
        """The balance after the month."""
        return self.opening + self.debit - self.credit


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """All accounts of a month (neraca saldo), from the rollup."""

    month: Month
    lines: tuple[BalanceLine, ...]
    is_closed: bool
    at: datetime | None  # when the month was last added up

    @property
    def debit(self) -> int:
        """All that was debited in the month."""
        return sum(line.debit for line in self.lines)

    @property
    def credit(self) -> int:
        """All that was credited in the month."""
        return sum(line.credit for line in self.lines)

    @property
    def is_balanced(self) -> bool:
        """Whether debits are credits, and all balances add up to zero before and after."""
        opening = sum(line.opening for line in self.lines)
        return self.debit == self.credit and opening == 0


def trial_balance(month: Month) -> TrialBalance:
    """Return the trial balance of a month as it was last rolled up."""
    rows = execute(_BALANCE, {"month": month.index})
    lines = tuple(
        BalanceLine(account, int(opening or 0), int(debit or 0), int(credit or 0))
        for account, opening, debit, credit in rows
    )
    ((at,),) = execute(_STAMP, [month.index])
    return TrialBalance(month, lines, is_closed(month), at)


def is_closed(month: Month) -> bool:
    """Whether a month's books are closed."""
    sql = "SELECT 1 FROM contribution_closedmonth WHERE month >= %s LIMIT 1"
    return bool(execute(sql, [month.index]))


def first_open() -> Month | None:
    """Return the first month with postings that is not closed, or None where there is none."""
    ((closed,),) = execute("SELECT max(month) FROM contribution_closedmonth")
    ((first, _),) = execute(_OPEN_SPAN, {"month": 12 if closed is None else closed + 1})
    return None if first is None else Month.of(first)


def present(on: date) -> Month:
    """Return the month whose balance staff want first: that before the day's."""
    return Month.of(on).plus(-1)
