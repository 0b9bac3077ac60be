"""Writes of an amnesty (pemutihan): a batch proposed, decided by another person, carried out.

Off by a dated figure: then nothing is proposed, decided or written. Each debt is written off in a
transaction of its own; a killed run goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from jkn.account.directory import whose_many
from jkn.audit.actions import record
from jkn.contribution import ledger
from jkn.contribution.instalments import open_bills, stop_plan
from jkn.contribution.models import AmnestyBatch, AmnestyLine, Bill
from jkn.contribution.queries import banks, figure
from jkn.contribution.rules import BillStatus
from jkn.contribution.writeoffs import (
    BatchStatus,
    Ground,
    Row,
    RowFault,
    WriteOff,
    postings_of_write_off,
    read_rows,
    write_off,
)
from jkn.core.actor import Actor, Role
from jkn.core.errors import Conflict, Forbidden, NotFound, Refused
from jkn.core.identifiers import virtual_account_of
from jkn.core.words import N_
from jkn.gate.jobs import defer
from jkn.membership.models import Member
from jkn.membership.queries import family_of
from jkn.membership.rules import PAYS_ITSELF, Segment

_PBI = (Segment.PBI_NATIONAL, Segment.PBI_REGIONAL)


def is_open(*, on: date) -> bool:
    """Whether an amnesty is in force on a day."""
    return figure("amnesty_open", on=on).value == 1


def _need_open(*, on: date) -> None:
    if not is_open(on=on):
        raise Conflict("amnesty.off", N_("Pemutihan belum berlaku: belum ada dasar hukumnya."))


@dataclass(frozen=True, slots=True)
class Found:
    """One row of a file and the debt behind it."""

    row: Row
    family_id: int
    months: int
    amount: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file would do: the debts found, and what is wrong with it, by line."""

    found: Sequence[Found]
    faults: Sequence[RowFault]

    @property
    def amount(self) -> int:
        """All that would be written off, in rupiah."""
        return sum(f.amount for f in self.found)


def check_list(text: str, *, on: date) -> Checked:
    """Return what a file would write off on a day; writes nothing, off or on.

    Refuses what `read_rows` refuses.
    """
    rows, faults = read_rows(text)
    found: dict[int, Found] = {}
    for row in rows:
        one = _found(row, on=on)
        if isinstance(one, str):
            faults.append(RowFault(row.line, one))
        elif one.family_id in found:
            faults.append(RowFault(row.line, N_("Utang keluarga ini sudah ada di baris lain.")))
        else:
            found[one.family_id] = one
    return Checked(list(found.values()), sorted(faults, key=lambda f: f.line))


def _found(row: Row, *, on: date) -> Found | str:
    family_id = _debtor(row)
    if family_id is None:
        return N_("Nomor ini tidak terdaftar.")
    if problem := _unfit(row, family_id, on=on):
        return problem
    forgiven = _forgiven(family_id, on=on)
    if not forgiven.bills:
        return N_("Tidak ada tunggakan.")
    return Found(row, family_id, forgiven.months, forgiven.amount)


def _debtor(row: Row) -> int | None:
    """Return whose debt a number means: the account number leads to it also after a move."""
    kinds = ["card"] if len(row.number) == 13 else ["va", "nik"]
    for whose in whose_many([(kind, row.number) for kind in kinds]).values():
        member = Member.objects.filter(family_id=whose.family_id, id=whose.member_id).first()
        if member is None:
            return whose.family_id
        numbers = [virtual_account_of(member.card, prefix=b.prefix) for b in banks()]
        own = whose_many([("va", number) for number in numbers])
        return next((w.family_id for w in own.values()), whose.family_id)
    return None


def _unfit(row: Row, family_id: int, *, on: date) -> str:
    """Return why a ground does not fit, or "": the list is believed where we cannot know."""
    segment = family_of(family_id, on=on).segment
    if row.ground is Ground.VERIFIED and segment not in PAYS_ITSELF:
        return N_("Keluarga ini tidak membayar sendiri.")
    if row.ground is Ground.PBI_CONVERT and _segment_now(family_id, on=on) not in _PBI:
        return N_("Orang ini tidak terdaftar sebagai PBI.")
    return ""


def _segment_now(family_id: int, *, on: date) -> Segment:
    """Return the segment in which the head of a family is today, wherever they moved to."""
    head = Member.objects.filter(family_id=family_id).order_by("id").first()
    now = whose_many([("card", head.card)]) if head else {}
    home = next((w.family_id for w in now.values()), family_id)
    return Segment(family_of(home, on=on).segment)


def _forgiven(family_id: int, *, on: date) -> WriteOff:
    return write_off(
        open_bills(ledger.read_debt_only(family_id)),
        on=on,
        cap_months=figure("arrears_cap_months", on=on).value,
        most_months=figure("amnesty_max_months", on=on).value,
    )


@transaction.atomic
def propose(*, actor: Actor, text: str, on: date) -> int:
    """Keep a list as a batch that another person decides on; return its id.

    Refuses `amnesty.off` (a Conflict), `amnesty.rows` where any line is wrong: nothing half, and
    what `read_rows` refuses.
    """
    _need_open(on=on)
    checked = check_list(text, on=on)
    if checked.faults:
        first = checked.faults[0]
        raise Refused(
            "amnesty.rows", N_("{count} baris salah. Yang pertama baris {line}. Perbaiki semuanya."),
            count=len(checked.faults), line=first.line,
        )  # fmt: skip
    batch = AmnestyBatch.objects.create(
        basis=figure("amnesty_open", on=on).basis, dated_on=on, rows=len(checked.found),
        proposed_by=actor.account_id, proposer=actor.name,
    )  # fmt: skip
    AmnestyLine.objects.bulk_create(
        [
            AmnestyLine(family_id=f.family_id, batch_id=batch.id, ground=f.row.ground.value)
            for f in checked.found
        ]
    )
    record(
        actor=actor, verb="amnesty.proposed", group=batch.id, subject=batch.id, rows=batch.rows,
        amount=checked.amount,
    )  # fmt: skip
    return batch.id


@transaction.atomic
def decide(*, actor: Actor, batch_id: int, status: BatchStatus, on: date) -> None:
    """Approve or reject a batch; approved, its debts are written off by jobs.

    Refuses `amnesty.off` and `amnesty.decided` (Conflicts), `amnesty.same_person` (Forbidden).
    """
    _need_open(on=on)
    batch = AmnestyBatch.objects.select_for_update().filter(id=batch_id).first()
    if batch is None:
        raise NotFound
    if batch.status != BatchStatus.PROPOSED:
        raise Conflict("amnesty.decided", N_("Daftar ini sudah diputuskan."))
    if batch.proposed_by == actor.account_id:
        raise Forbidden("amnesty.same_person", N_("Petugas lain yang memutuskan daftar Anda."))
    batch.status, batch.decided_on = status.value, on
    batch.decided_by, batch.decider = actor.account_id, actor.name
    batch.save()
    record(actor=actor, verb=f"amnesty.{status}", group=batch_id, subject=batch_id, rows=batch.rows)
    if status is BatchStatus.APPROVED:
        for family_id in waiting_lines(batch_id):
            defer("amnesty.carry_out", family_id=family_id, batch_id=batch_id)


def waiting_lines(batch_id: int) -> list[int]:
    """Return the families of a batch whose debt is not written off yet."""
    rows = AmnestyLine.objects.filter(batch_id=batch_id, done_on__isnull=True)
    return list(rows.order_by("family_id").values_list("family_id", flat=True))


@transaction.atomic
def carry_out(*, family_id: int, batch_id: int, on: date) -> int:
    """Write off one debt of an approved batch; return the rupiah. Twice is as once.

    Cover does not come back by it: this month stays due. A running plan ends, its debt is gone.
    """
    batch = AmnestyBatch.objects.filter(id=batch_id).first()
    family = ledger.lock_family(family_id)
    lines = AmnestyLine.objects.filter(family_id=family_id, batch_id=batch_id, done_on__isnull=True)
    if batch is None or family is None or batch.status != BatchStatus.APPROVED:
        return 0
    if not lines.exists():
        return 0
    _need_open(on=on)
    actor = Actor(account_id=batch.decided_by or 0, role=Role.BRANCH, name=batch.decider)
    if ledger.read_debt_only(family_id).plan is not None:
        stop_plan(actor=actor, family_id=family_id, on=on)
    forgiven = _forgiven(family_id, on=on)
    _book(family_id, forgiven, on=on)
    lines.update(done_on=on, months=forgiven.months, amount=forgiven.amount)
    record(
        actor=actor, verb="amnesty.written_off", group=family_id, subject=batch_id,
        amount=forgiven.amount, months=forgiven.months,
    )  # fmt: skip
    defer("amnesty.tell", family_id=family_id, batch_id=batch_id)
    return forgiven.amount


def _book(family_id: int, forgiven: WriteOff, *, on: date) -> None:
    """Write the journal and close the bills; raises `RuntimeError` where one was not open."""
    if not forgiven.bills:
        return
    ledger.book(family_id, "written_off", postings_of_write_off(forgiven), on=on)
    for bills, status in (
        (forgiven.bills, BillStatus.WRITTEN_OFF), (forgiven.beyond_cap, BillStatus.BEYOND_CAP),
    ):  # fmt: skip
        rows = Bill.objects.filter(
            family_id=family_id, id__in=[b.id for b in bills], status=BillStatus.OPEN.value
        )
        if rows.update(status=status.value) != len(bills):
            raise RuntimeError("a bill changed under the family's lock")


def line_of(family_id: int, batch_id: int) -> AmnestyLine:
    """Return what a batch did to one family; raises `NotFound`."""
    line = AmnestyLine.objects.filter(family_id=family_id, batch_id=batch_id).first()
    if line is None:
        raise NotFound
    return line


def batches(*, at_most: int = 50) -> list[AmnestyBatch]:
    """Return the batches, newest first."""
    return list(AmnestyBatch.objects.order_by("-id")[:at_most])


def batch_of(batch_id: int) -> AmnestyBatch:
    """Return one batch; raises `NotFound`."""
    batch = AmnestyBatch.objects.filter(id=batch_id).first()
    if batch is None:
        raise NotFound
    return batch


@dataclass(frozen=True, slots=True)
class GroundSum:
    """The lines of a batch with one ground: how many, how many are done, rupiah written off."""

    ground: str
    rows: int
    done: int
    amount: int


def sums_of(batch_id: int) -> list[GroundSum]:
    """Return a batch's lines added up by ground."""
    lines = list(
        AmnestyLine.objects.filter(batch_id=batch_id).values_list("ground", "done_on", "amount")
    )
    return [
        GroundSum(
            ground,
            sum(1 for g, _, _ in lines if g == ground),
            sum(1 for g, done, _ in lines if g == ground and done),
            sum(amount for g, _, amount in lines if g == ground),
        )
        for ground in sorted({g for g, _, _ in lines})
    ]
