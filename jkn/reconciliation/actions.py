"""Writes of reconciliation: a statement file is loaded and matched, in slices, once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from jkn.audit.actions import record
from jkn.core.actor import Actor
from jkn.core.db import execute
from jkn.core.errors import Refused
from jkn.core.money import split_sen
from jkn.core.words import N_
from jkn.reconciliation.matching import distinct_ids, lock_bank, match_slice, next_slice
from jkn.reconciliation.models import Statement, StatementLine
from jkn.reconciliation.queries import (
    accounts_of,
    figure,
    known_bank,
    programs_of,
    reasons_of,
    statements_of_file,
)
from jkn.reconciliation.reading import read_file
from jkn.reconciliation.rules import (
    SUSPENSE_GROUP,
    Entry,
    ReadStatement,
    Status,
    account_digits,
    identities,
)

SLICE = 2_000
_TELLING = 8  # a shorter part of a reference may be in another one by chance
Tell = Callable[[str, int, int], None]


def silent(act: str, done: int, of: int) -> None:
    """Tell nobody how far it is."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a file: how many lines stand how. The same after every run."""

    bank: str
    statements: int
    lines: int
    known: int  # seen in an earlier file
    matched: int
    explained: int
    suspense: int
    suspense_amount: int  # rupiah, in above zero
    sen: int  # that the ledger does not book, of all its lines: in above zero
    quiet: int  # statements without a movement, whose balances are equal
    reasons: dict[str, int]  # how many lines for each reason
    is_new: bool  # whether this run loaded it


def load_file(
    content: bytes,
    *,
    actor: Actor,
    bank: str = "",
    form: str = "",
    account: str = "",
    tell: Tell = silent,
) -> tuple[str, bytes, bool]:
    """Load a statement file; return (bank, its digest, whether anything of it was new).

    Refuses, before anything is written, `statement.unreadable` (with every bad row),
    `statement.bank_unknown`, `statement.account_missing`, `statement.account_differs`. Lines are
    written in slices, each in a transaction: whoever is killed runs it again.
    """
    bank = known_bank(bank)
    read = read_file(content, form=form)
    digest = hashlib.sha256(content).digest()
    told = account_digits(account)
    accounts = [_account(one, told=told, bank=bank) for one in read]
    is_new = False
    for part, (one, of) in enumerate(zip(read, accounts, strict=True)):
        row = _statement(one, of, bank=bank, digest=digest, part=part, actor=actor)
        if not row.is_loaded:
            is_new = True
            _load_lines(row, one, tell=tell)
    return bank, digest, is_new


def _account(read: ReadStatement, *, told: str, bank: str) -> str:
    if told and read.account and _bare(told) != _bare(read.account):
        raise Refused(
            "statement.account_differs",
            N_("Berkas ini milik rekening {account}. Periksa nomor rekening Anda."),
            account=read.account,
        )
    known = accounts_of(bank)
    account = told or read.account or (known[0] if len(known) == 1 else "")
    if not account:
        raise Refused(
            "statement.account_missing", N_("Nomor rekening tidak ada. Isi nomor rekening bank.")
        )
    return next((one for one in known if _bare(one) == _bare(account)), account)


def _bare(account: str) -> str:
    """Return an account without the zeros that some formats put before it."""
    return account.lstrip("0")


@transaction.atomic
def _statement(
    read: ReadStatement, account: str, *, bank: str, digest: bytes, part: int, actor: Actor
) -> Statement:
    lock_bank(bank)
    first, last = read.days or (None, None)
    (opening, opening_sen), (closing, closing_sen) = map(split_sen, (read.opening, read.closing))
    row, is_new = Statement.objects.get_or_create(
        bank=bank, file_digest=digest, part=part,
        defaults={
            "account": account, "number": read.number, "first_day": first, "last_day": last,
            "opening": opening, "opening_sen": opening_sen, "closing": closing,
            "closing_sen": closing_sen, "lines": len(read.entries),
            "by_account": actor.account_id, "by_name": actor.name,
        },
    )  # fmt: skip
    if is_new:
        record(
            actor=actor, verb="reconciliation.loaded", group=SUSPENSE_GROUP, subject=row.id,
            bank=bank, lines=row.lines,
        )  # fmt: skip
    return row


def _load_lines(row: Statement, read: ReadStatement, *, tell: Tell) -> None:
    known_by = list(identities(row.bank, row.account, read.entries))
    for start in range(0, len(read.entries), SLICE):
        end = start + SLICE
        with transaction.atomic():
            lock_bank(row.bank)
            _insert(row, read.entries[start:end], known_by[start:end])
        tell("read", min(end, row.lines), row.lines)
    Statement.objects.filter(bank=row.bank, id=row.id).update(is_loaded=True)
    execute("ANALYZE reconciliation_statementline")  # else plans are made for the table as it was


# Formats tell a reference differently (cut to 16 letters, or not at all): of a line that another
# statement has with the same balance behind it, such a reference is the same one.
_INSERT = """
INSERT INTO reconciliation_statementline (bank, id, statement_id, account, identity, day, amount,
  sen, balance, balance_sen, reference, number, description, status, reason, note, matched_kind)
SELECT %(bank)s::text, e.id, %(statement)s, %(account)s::text, e.identity, e.day, e.amount,
  e.sen, e.balance, e.balance_sen, e.reference, e.number, e.description, 'new', '', '', ''
FROM unnest(%(ids)b::bigint[], %(identities)b::bytea[], %(days)b::date[], %(amounts)b::bigint[],
  %(sen)b::bigint[], %(balances)b::bigint[], %(balances_sen)b::bigint[],
  %(references)b::text[], %(numbers)b::text[], %(descriptions)b::text[])
  AS e (id, identity, day, amount, sen, balance, balance_sen, reference, number, description)
WHERE NOT EXISTS (SELECT 1 FROM reconciliation_statementline o
  WHERE o.bank = %(bank)s::text AND o.account = %(account)s::text AND o.day = e.day
    AND o.balance = e.balance AND o.amount = e.amount
    AND o.balance_sen = e.balance_sen AND o.sen = e.sen
    AND o.statement_id <> %(statement)s AND o.reference <> e.reference
    AND ('' IN (o.reference, e.reference)
      OR (least(length(o.reference), length(e.reference)) >= %(telling)s
        AND (position(o.reference IN e.reference) > 0
          OR position(e.reference IN o.reference) > 0))))
ON CONFLICT (bank, identity) DO NOTHING
"""


def _insert(row: Statement, entries: Sequence[Entry], known_by: Sequence[bytes]) -> None:
    amounts = [split_sen(e.amount) for e in entries]
    balances = [split_sen(e.balance) for e in entries]
    execute(
        _INSERT,
        {
            "bank": row.bank, "statement": row.id, "account": row.account, "telling": _TELLING,
            "ids": distinct_ids(len(entries)), "identities": list(known_by),
            "days": [e.day for e in entries],
            "amounts": [whole for whole, _ in amounts], "sen": [sen for _, sen in amounts],
            "balances": [whole for whole, _ in balances],
            "balances_sen": [sen for _, sen in balances],
            "references": [e.reference for e in entries],
            "numbers": [e.number for e in entries],
            "descriptions": [e.description for e in entries],
        },
    )  # fmt: skip


def match_bank(bank: str, *, on: date, tell: Tell = silent) -> int:
    """Look at every new line of a bank, and again at those in suspense; return how many.

    A payment that was notified late is found then. In slices, each in a transaction.
    """
    programs, days = programs_of(bank), figure("match_days", on=on).value
    looked = waited = 0
    waiting = StatementLine.objects.filter(bank=bank, status=Status.NEW.value).count()
    for status in (Status.SUSPENSE, Status.NEW):  # what comes into suspense now is not seen twice
        after = 0
        while True:
            with transaction.atomic():
                lock_bank(bank)
                lines = next_slice(bank, status=status.value, after=after, at_most=SLICE)
                if not lines:
                    break
                match_slice(bank, lines, programs=programs, days=days, on=on)
            after = lines[-1].id
            looked += len(lines)
            if status is Status.NEW:
                waited += len(lines)
                tell("match", min(waited, waiting), waiting)
    return looked


def reconcile(
    content: bytes,
    *,
    actor: Actor,
    on: date,
    bank: str = "",
    form: str = "",
    account: str = "",
    tell: Tell = silent,
) -> Done:
    """Load a file and match its bank's lines; the same file again changes nothing.

    Refuses as `load_file`.
    """
    bank, digest, is_new = load_file(
        content, actor=actor, bank=bank, form=form, account=account, tell=tell
    )
    match_bank(bank, on=on, tell=tell)
    return done_of(bank, digest, is_new=is_new)


def done_of(bank: str, digest: bytes, *, is_new: bool) -> Done:
    """Return what became of a file's lines."""
    loaded = statements_of_file(bank, digest)
    totals = [one.totals for one in loaded]
    return Done(
        bank=bank,
        statements=len(loaded),
        lines=sum(one.statement.lines for one in loaded),
        known=sum(one.known for one in loaded),
        matched=sum(t.matched for t in totals),
        explained=sum(t.explained for t in totals),
        suspense=sum(t.suspense for t in totals),
        suspense_amount=sum(t.suspense_amount for t in totals),
        sen=sum(t.sen for t in totals),
        quiet=sum(one.statement.lines == 0 for one in loaded),
        reasons=reasons_of([one.statement.id for one in loaded], bank=bank),
        is_new=is_new,
    )
