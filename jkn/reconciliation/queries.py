"""Reads of reconciliation: banks, figures, statements, lines, what is missing, how it adds up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from jkn.contribution.debits import DEBITING_BANK, debiting_bank
from jkn.contribution.queries import banks
from jkn.contribution.rules import clearing
from jkn.core.db import execute
from jkn.core.errors import NotFound, Refused
from jkn.core.figures import Figure, figure_on
from jkn.core.money import with_sen
from jkn.core.words import N_
from jkn.gate.queries import partners
from jkn.reconciliation.matching import COUNTERPARTS, Counterpart, outstanding_sql
from jkn.reconciliation.models import (
    Assignment,
    LineRule,
    ReconciliationFigure,
    Statement,
    StatementLine,
)
from jkn.reconciliation.rules import Status

PAGE = 100  # lines on one page


def bank_names() -> list[str]:
    """Return the banks' names in our books: whose programs are registered, and who debits for us."""
    return [*_calling(), *_called()]


def _calling() -> list[str]:
    return sorted({p.name for p in partners() if p.kind == "snap"})


def _called() -> list[str]:
    return [debiting_bank(bank.code) for bank in banks()]


def programs_of(bank: str) -> list[int]:
    """Return the ids under which a bank's references are known, of revoked programs too."""
    if bank in _called():
        return [DEBITING_BANK]
    return [p.id for p in partners() if p.kind == "snap" and p.name == bank]


def known_bank(bank: str) -> str:
    """Return the bank's name, or for "" the only one whose program is registered.

    Refuses `statement.bank_unknown`.
    """
    names = bank_names()
    if bank in names:
        return bank
    if not bank and len(_calling()) == 1:
        return names[0]
    raise Refused(
        "statement.bank_unknown", N_("Bank ini tidak dikenal. Pilih salah satu: {banks}."),
        banks=", ".join(names) or "—",
    )  # fmt: skip


def figures() -> list[Figure]:
    """Return every dated figure of reconciliation."""
    return [row.as_figure() for row in ReconciliationFigure.objects.order_by("name", "valid_from")]


def figure(name: str, *, on: date) -> Figure:
    """Return a figure of reconciliation that is in force on a day."""
    return figure_on(figures(), name, on=on)


def line_rules() -> list[LineRule]:
    """Return the dated words that explain lines."""
    return list(LineRule.objects.order_by("reason", "words", "valid_from"))


def accounts_of(bank: str) -> list[str]:
    """Return the accounts whose statements of a bank were loaded before."""
    rows = Statement.objects.filter(bank=bank).values_list("account", flat=True)
    return sorted(set(rows))


@dataclass(frozen=True, slots=True)
class Totals:
    """How many lines stand how, and their rupiah."""

    lines: int
    matched: int
    explained: int
    suspense: int
    waiting: int  # not looked at yet
    suspense_amount: int
    sen: int  # that the ledger does not book: in above zero, out below

    @property
    def fractions(self) -> Decimal:
        """Its sen in rupiah: by so much the bank's balances move away from our book."""
        return with_sen(0, self.sen)


_COUNTS: dict[str, Any] = {
    "count": Count("id"),
    **{s.value: Count("id", filter=Q(status=s.value)) for s in Status},
    "sum": Sum("amount", filter=Q(status=Status.SUSPENSE.value), default=0),
    "all_sen": Sum("sen", default=0),
}


def totals_of(lines: QuerySet[StatementLine]) -> Totals:
    """Return the totals over some lines."""
    return _totals(lines.aggregate(**_COUNTS))


def _totals(found: dict[str, Any]) -> Totals:
    return Totals(
        found["count"], found["matched"], found["explained"], found["suspense"], found["new"],
        int(found["sum"]), int(found["all_sen"]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Loaded:
    """A statement with its totals; `known` lines came in an earlier file."""

    statement: Statement
    totals: Totals

    @property
    def known(self) -> int:
        """Lines of it that an earlier file had."""
        return self.statement.lines - self.totals.lines


def statements(*, at_most: int = 60) -> list[Loaded]:
    """Return the newest statements of all banks, with their totals."""
    return _loaded(list(Statement.objects.order_by("-id")[:at_most]))


def statements_of_file(bank: str, digest: bytes) -> list[Loaded]:
    """Return the statements that a file brought, in its order."""
    rows = Statement.objects.filter(bank=bank, file_digest=digest).order_by("part")
    return _loaded(list(rows))


def reasons_of(statement_ids: Sequence[int], *, bank: str) -> dict[str, int]:
    """Return how many lines of some statements stand so for each reason, by its code."""
    lines = StatementLine.objects.filter(bank=bank, statement_id__in=statement_ids)
    counted = lines.exclude(reason="").values_list("reason").annotate(Count("id"))
    return dict(counted.order_by("reason"))


def _loaded(rows: list[Statement]) -> list[Loaded]:
    lines = StatementLine.objects.filter(
        bank__in={row.bank for row in rows}, statement_id__in=[row.id for row in rows]
    )
    counted = {
        found["statement_id"]: _totals({**found})
        for found in lines.values("statement_id").annotate(**_COUNTS)
    }
    nothing = Totals(0, 0, 0, 0, 0, 0, 0)
    return [Loaded(row, counted.get(row.id, nothing)) for row in rows]


def lines_of(*, status: str, statement_id: int, bank: str) -> QuerySet[StatementLine]:
    """Return lines, the newest day first; an empty or zero filter takes all."""
    asked = {"status": status, "statement_id": statement_id, "bank": bank}
    return StatementLine.objects.filter(
        **{name: value for name, value in asked.items() if value}
    ).order_by("-day", "-id")


def line_of(line_id: int) -> StatementLine:
    """Return one line; raises `NotFound`."""
    row = StatementLine.objects.filter(id=line_id).first()
    if row is None:
        raise NotFound
    return row


def waiting_for(line: StatementLine) -> Assignment | None:
    """Return the assignment of a line that waits for a second person, or None."""
    return Assignment.objects.filter(bank=line.bank, line_id=line.id, state="asked").first()


def assignments_of(line: StatementLine) -> list[Assignment]:
    """Return everything that was asked for a line, the newest first."""
    return list(Assignment.objects.filter(bank=line.bank, line_id=line.id).order_by("-id"))


def assignments_waiting() -> list[Assignment]:
    """Return the assignments that wait for a second person, the oldest first."""
    return list(Assignment.objects.filter(state="asked").order_by("id")[:200])


@dataclass(frozen=True, slots=True)
class Missing:
    """A movement of our ledger that no bank's line shows yet."""

    kind: str
    bank: str
    family_id: int
    id: int
    day: date
    amount: int
    reference: str
    number: str


def first_day_of(bank: str) -> date | None:
    """Return the first day of a bank's statements, or None where there is none."""
    first = Statement.objects.filter(bank=bank).order_by("first_day").first()
    return first.first_day if first else None


def stated_banks() -> list[str]:
    """Return the banks of which a statement was loaded."""
    return [bank for bank in bank_names() if first_day_of(bank)]


def missing(bank: str, *, on: date, at_most: int = PAGE) -> list[Missing]:
    """Return what should be on the bank's statements by now and is not, the oldest first.

    Looked at are days since the bank's first statement, up to `outstanding_days` ago.
    """
    found: list[Missing] = []
    for counterpart, values in _expected(bank, on=on):
        sql = f"{outstanding_sql(counterpart)} ORDER BY r.day, r.id LIMIT %(most)s"
        rows = execute(sql, {**values, "most": at_most})
        found += [Missing(counterpart.kind, bank, *row) for row in rows]
    return found


def missing_sum(bank: str, *, on: date) -> tuple[int, int]:
    """Return how many movements `missing` would list without a limit, and their rupiah."""
    sums = [_open_sum(c, values) for c, values in _expected(bank, on=on)]
    return sum(count for count, _ in sums), sum(amount for _, amount in sums)


def _expected(bank: str, *, on: date) -> Iterator[tuple[Counterpart, dict[str, Any]]]:
    first = first_day_of(bank)
    last = on - timedelta(days=figure("outstanding_days", on=on).value)
    if first is not None:
        for c in COUNTERPARTS:
            yield c, {"bank": bank, "kind": c.kind, "first": first, "last": last}


@dataclass(frozen=True, slots=True)
class Balance:
    """How a bank's clearing account and its statements agree, in rupiah. `difference` must be 0.

    The bank's own balance has moved by `lines` and by `sen` hundredths of a rupiah, to the sen.
    """

    clearing: int  # by our ledger
    lines: int  # all lines of its statements, their whole rupiah
    sen: int  # what is left of these lines; our ledger holds whole rupiah
    outstanding: int  # in our ledger since the first statement, on no statement
    before: int  # in our ledger before the first statement

    @property
    def difference(self) -> int:
        """What nothing explains."""
        return self.clearing - self.lines - self.outstanding - self.before


_CLEARING = """
SELECT coalesce(sum(CASE WHEN debit = %(account)s THEN amount ELSE -amount END), 0)::bigint
FROM contribution_posting WHERE debit = %(account)s OR credit = %(account)s
"""


def balance_of(bank: str) -> Balance:
    """Return how a bank's clearing account agrees with its statements; reads the whole ledger."""
    ((booked,),) = execute(_CLEARING, {"account": clearing(bank)})
    told = StatementLine.objects.filter(bank=bank).exclude(status=Status.NEW.value)
    lines = told.aggregate(sum=Sum("amount", default=0), sen=Sum("sen", default=0))
    first = first_day_of(bank) or date.max
    eve = first - timedelta(days=1)
    return Balance(
        clearing=booked,
        lines=int(lines["sum"]),
        sen=int(lines["sen"]),
        outstanding=_between(bank, first, date.max),
        before=_between(bank, date.min, eve),
    )


def _between(bank: str, first: date, last: date) -> int:
    values = {"bank": bank, "first": first, "last": last}
    return sum(_open_sum(c, {**values, "kind": c.kind})[1] for c in COUNTERPARTS)


def _open_sum(counterpart: Counterpart, values: dict[str, Any]) -> tuple[int, int]:
    rows = outstanding_sql(counterpart)
    sql = f"SELECT count(*), coalesce(sum(amount), 0)::bigint FROM ({rows}) o"  # noqa: S608
    ((count, amount),) = execute(sql, values)
    return count, amount


def exported(lines: Iterable[StatementLine]) -> Iterator[list[str | int]]:
    """Yield the cells of lines for a spreadsheet, amounts as numbers."""
    for line in lines:
        yield [
            line.bank, line.account, line.day.isoformat(),
            -line.amount if line.amount < 0 else "", max(line.amount, 0) or "",
            line.reference, line.number, line.description, line.status, line.reason,
            line.reason_on.isoformat() if line.reason_on else "", line.note, line.sen or "",
        ]  # fmt: skip
