"""Writes to contribution: registering with a virtual account, quoting, receiving, daily runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from jkn.account.actions.accounts import Entry, attach_family, enter_directory
from jkn.account.directory import whose_many
from jkn.account.queries import Whose
from jkn.audit.actions import record
from jkn.contribution import ledger, payers
from jkn.contribution.ahead import drop_ahead
from jkn.contribution.billing import bill_month, suspend_overdue
from jkn.contribution.first_bills import bill_first_month, refit_first_bill
from jkn.contribution.instalments import end_if_missed, end_plan, owed_of, running_before
from jkn.contribution.late_newborns import bill_late_newborns
from jkn.contribution.ledger import Debt, LockedFamily, Notified
from jkn.contribution.models import VirtualAccount
from jkn.contribution.payers import Quoted, Receipt
from jkn.contribution.queries import FamilyBills, banks, figure
from jkn.contribution.rules import (
    Chart,
    Owed,
    PaymentVerdict,
    Settlement,
    judge_payment,
    paid_until_after,
    postings_of,
    settle,
)
from jkn.contribution.stages import PlanStatus, settle_in_part
from jkn.core.actor import SYSTEM, Actor, Level, Role
from jkn.core.errors import Conflict, Refused
from jkn.core.identifiers import virtual_account_of
from jkn.core.month import Month, months_between
from jkn.core.words import N_
from jkn.gate.jobs import defer
from jkn.membership.actions import (
    NewFamily,
    advance_paid_month,
    drop_draft,
    follow_payment,
    lapse_registrations,
    register_family,
    reopen_registration,
)
from jkn.membership.care_class import apply_class_changes
from jkn.membership.models import Member
from jkn.membership.rules import Cover, PaymentWindow, Segment, Status, is_covered, payment_window


@transaction.atomic
def register(*, actor: Actor, new: NewFamily, own_nik: str, on: date) -> int:
    """Register a self-paying family with its virtual accounts and first bill; return its id.

    The signed-in person becomes its member at level 1. Refuses `directory.taken` where somebody
    of the family is registered already, `contribution.no_tariff` for an unknown class.
    """
    window = _window(on)
    family, members = register_family(actor=actor, new=new, window=window, on=on)
    open_virtual_accounts(family.family_id, members[0])
    bill_first_month(
        family.family_id, segment=new.segment, care_class=new.care_class, persons=len(members),
        window=window,
    )  # fmt: skip
    niks = [person.nik for person in new.members]
    own = members[niks.index(own_nik)]
    attach_family(
        account_id=actor.account_id,
        family_id=family.family_id,
        person_id=own.id,
        name=own.name,
        level=Level.REGISTER_MATCHED,
    )
    drop_draft(account_id=actor.account_id)
    defer("contribution.tell_registered", family_id=family.family_id)
    return family.family_id


def _window(on: date) -> PaymentWindow:
    return payment_window(
        registered=on,
        wait_days=figure("registration_wait_days", on=on).value,
        lapse_days=figure("registration_lapse_days", on=on).value,
    )


@transaction.atomic
def reissue(*, actor: Actor, family_id: int, on: date) -> None:
    """Give a registration whose payment days ran out new ones; the account numbers stay.

    The bill is that of the month in which payment opens now, at its tariff.

    Refuses `registration.open` (a Conflict) where it has not lapsed.
    """
    family = ledger.lock_family(family_id)
    lapsed = family is not None and family.paid_month is None and family.pay_by is not None
    if family is None or not lapsed or on <= (family.pay_by or on):
        raise Conflict("registration.open", N_("Nomor pembayaran Anda masih berlaku."))
    window = _window(on)
    reopen_registration(family_id=family_id, window=window, actor=actor, on=on)
    refit_first_bill(family_id, on=on, month=Month.of(window.opens))


def open_virtual_accounts(family_id: int, head: Member) -> None:
    """Give a new family its account numbers, one for each prefix; in the caller's transaction."""
    prefixes = {bank.prefix for bank in banks()}
    rows = [
        VirtualAccount(
            family_id=family_id,
            prefix=prefix,
            number=virtual_account_of(head.card, prefix=prefix),
        )
        for prefix in sorted(prefixes)
    ]
    VirtualAccount.objects.bulk_create(rows)
    enter_directory([Entry("va", row.number, family_id, head.id) for row in rows])


def quote(*, partner_id: int, request_id: str, number: str, on: date) -> Quoted | None:
    """Answer a bank's inquiry and remember the figure for 24 hours; None for an unknown number.

    Must run in a transaction.
    """
    whose = whose_many([("va", number)]).get(("va", number))
    family = ledger.lock_family(whose.family_id) if whose else None
    if whose is None:
        return None
    if family is None:
        return payers.quote(whose.family_id, on=on)
    notified = _inquired(partner_id, request_id, number)
    read = ledger.read_debt(whose.family_id, notified=notified, quote_hours=1)
    debt = owed_of(read, on=on)
    verdict = judge_payment(
        amount=debt.amount, due=debt.amount, quoted=None, opens=family.pay_from,
        closes=family.pay_by, on=on,
    )  # fmt: skip
    if verdict is PaymentVerdict.ACCEPTED:
        ledger.remember_quote(
            whose.family_id, partner_id=partner_id, request_id=request_id, amount=debt.amount
        )
    return Quoted(whose.family_id, verdict, debt, family.payer)


def receive_payment(*, notified: Notified, on: date) -> Receipt:
    """Post a payment once, and let cover come back in the same transaction.

    The caller opens the transaction and keeps what it wrote when the verdict is a refusal: this
    writes nothing then. Raises `Conflict` where another worker posted the same request or
    reference meanwhile: roll back and ask again, the answer is then REPEATED or REFERENCE_TAKEN.
    """
    request_key = ("payment", f"{notified.partner_id}:{notified.request_id}")
    reference_key = ("bankref", f"{notified.partner_id}:{notified.reference}")
    known = whose_many([("va", notified.number), request_key, reference_key])
    if request_key in known:
        return _repeated(known[request_key], notified)
    if reference_key in known:
        return Receipt(PaymentVerdict.REFERENCE_TAKEN)
    whose = known.get(("va", notified.number))
    family = ledger.lock_family(whose.family_id) if whose else None
    if whose is None:
        return Receipt(PaymentVerdict.NO_SUCH_ACCOUNT)
    if family is None:
        received = payers.receive(whose.family_id, notified=notified, on=on)
        if received.verdict is PaymentVerdict.ACCEPTED:
            _enter_payment(received.family_id, received.payment_id, notified)
        return received
    hours = figure("quote_hours", on=on).value
    read = ledger.read_debt(whose.family_id, notified=notified, quote_hours=hours)
    if read.is_posted:  # by a worker for whose lock we waited: the first answer stands
        raise Conflict("payment.posted", N_("Pembayaran ini sudah dicatat."))
    debt = owed_of(read, on=on)
    is_plain = bool(debt.ahead) and notified.amount == debt.due  # without what was to be ahead
    verdict = judge_payment(
        amount=notified.amount, due=debt.due if is_plain else debt.amount, quoted=read.quoted,
        opens=family.pay_from,
        closes=family.pay_by, on=on,
    )  # fmt: skip
    if verdict is not PaymentVerdict.ACCEPTED:
        return Receipt(verdict, whose.family_id)
    settlement = _settled(read, debt, amount=notified.amount, on=on)
    payment_id = _post(whose.family_id, family, notified, settlement, debt.credit, on=on)
    if read.plan and settlement.reactivates:
        end_plan(whose.family_id, PlanStatus.COMPLETED, on=on, actor=_bank_of(notified))
    if debt.ahead and not is_plain:
        drop_ahead(whose.family_id)
    _enter_payment(whose.family_id, payment_id, notified)
    defer("contribution.tell_paid", family_id=whose.family_id, payment_id=payment_id)
    return Receipt(verdict, whose.family_id, payment_id, family.payer)


def _enter_payment(group_id: int, payment_id: int, notified: Notified) -> None:
    """Let the bank's request and reference be found again: neither counts twice."""
    keys = (("payment", notified.request_id), ("bankref", notified.reference))
    enter_directory(
        Entry(kind, f"{notified.partner_id}:{value}", group_id, payment_id) for kind, value in keys
    )


def _settled(read: Debt, debt: Owed, *, amount: int, on: date) -> Settlement:
    if read.waits_for_all:
        return settle_in_part(debt, amount=amount, on=on)
    return settle(debt, amount=amount)


def _post(
    family_id: int, family: LockedFamily, notified: Notified, settlement: Settlement,
    credit_before: int, *, on: date,
) -> int:  # fmt: skip
    lines = postings_of(
        settlement, bank=notified.bank, amount=notified.amount, credit_before=credit_before
    )
    payment_id = ledger.book_payment(
        family_id,
        notified=notified,
        settlement=settlement,
        lines=lines,
        credited=sum(line.amount for line in lines if line.credit == Chart.CREDIT),
        on=on,
    )
    actor = _bank_of(notified)
    _let_cover_follow(family_id, family, settlement, actor, on=on)
    record(
        actor=actor, verb="contribution.paid", group=family_id, subject=payment_id,
        amount=notified.amount, months=len(settlement.paid),
    )  # fmt: skip
    return payment_id


def _bank_of(notified: Notified) -> Actor:
    return Actor(account_id=notified.partner_id, role=Role.PARTNER, name=notified.bank)


def _let_cover_follow(
    family_id: int, family: LockedFamily, settlement: Settlement, actor: Actor, *, on: date
) -> None:
    before = None if family.paid_month is None else Month.at(family.paid_month)
    reached = paid_until_after(settlement, before=before, on=on, is_first=before is None)
    joined = settlement.reactivates and bool(settlement.paid)  # a newborn's months were paid
    if reached is None or (reached == before and not joined):
        return
    cover = Cover(Segment(family.segment), Status.ACTIVE, reached)
    follow = follow_payment if is_covered(cover, on=on) else advance_paid_month
    follow(
        family_id=family_id, paid_until=reached, actor=actor, on=on, reason=N_("Iuran diterima.")
    )


@transaction.atomic
def use_credit(*, family_id: int, on: date) -> int:
    """Pay a family's open bills from its credit (titipan), the oldest first; return how many.

    A month is paid whole or stays open. Twice is as once: what is paid is not open any more.
    """
    family = ledger.lock_family(family_id)
    if family is None:
        return 0
    read = ledger.read_debt_only(family_id)
    debt = owed_of(read, on=on)
    settlement = _settled(read, debt, amount=0, on=on)
    if not settlement.paid:
        return 0
    lines = postings_of(settlement, bank="", amount=0, credit_before=debt.credit)
    ledger.book_credit(family_id, settlement=settlement, lines=lines, on=on)
    _let_cover_follow(family_id, family, settlement, SYSTEM, on=on)
    if read.plan and settlement.reactivates:
        end_plan(family_id, PlanStatus.COMPLETED, on=on, actor=SYSTEM)
    paid = sum(bill.amount for bill in settlement.paid)
    record(
        actor=SYSTEM, verb="contribution.credit_used", group=family_id, amount=paid,
        months=len(settlement.paid),
    )  # fmt: skip
    return len(settlement.paid)


def _repeated(first: Whose, notified: Notified) -> Receipt:
    number, amount, payer = ledger.first_answer(first.family_id, first.member_id)
    if (number, amount) == (notified.number, notified.amount):
        repeated = Receipt(PaymentVerdict.REPEATED, first.family_id, first.member_id, payer or "")
        return repeated if payer else payers.named(repeated)
    actor = _bank_of(notified)
    record(
        actor=actor, verb="contribution.inconsistent", group=first.family_id,
        subject=first.member_id, amount=notified.amount,
    )  # fmt: skip
    return Receipt(PaymentVerdict.INCONSISTENT, first.family_id, first.member_id)


def _inquired(partner_id: int, request_id: str, number: str) -> Notified:
    return Notified(partner_id, "", request_id, "", number, 0, paid_at=None)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class DayDone:
    """What the daily run changed, in families or bills."""

    billed: int
    paid_by_credit: int
    suspended: int
    lapsed: int
    missed: int = 0  # plans of instalments
    late_newborns: int = 0  # billed back to their birth month


_MONTHS_LOOKED_BACK = 2  # a server that slept bills what it missed


def run_day(*, on: date) -> DayDone:
    """Do what a new day brings: bills, paid from credit where there is some; suspensions; lapses.

    Credit comes before newborns are judged late: what pays them in time counts. Idempotent; each
    step, and each range of families in it, is a transaction of its own.
    """
    month = Month.of(on)
    billed = 0
    for one in months_between(month.plus(-_MONTHS_LOOKED_BACK), month):
        with transaction.atomic():
            apply_class_changes(month=one)
        billed += bill_month(one, on=on)
    by_credit = sum(
        use_credit(family_id=family_id, on=on)
        for family_id in ledger.credited_and_owing(month=month.index)
    )
    late = bill_late_newborns(on=on)
    by_credit += sum(use_credit(family_id=one_late.family_id, on=on) for one_late in late)
    missed = sum(end_if_missed(family_id, on=on) for family_id in running_before(month))
    suspended = suspend_overdue(on=on)
    with transaction.atomic():
        lapsed = lapse_registrations(on=on)
    return DayDone(billed, by_credit, suspended, len(lapsed), missed, len(late))


def payable(bills: FamilyBills, *, on: date) -> int:
    """Return what the family can pay now in rupiah.

    Refuses `bill.paid` where nothing is owed, and `bill.not_payable` (a Conflict) outside the
    payment days of a registration: the bank would refuse the money.
    """
    due, family = bills.debt.amount, bills.family
    if due == 0:
        raise Refused("bill.paid", N_("Tidak ada iuran yang perlu dibayar hari ini."))
    verdict = judge_payment(
        amount=due, due=due, quoted=None, opens=family.pay_from, closes=family.pay_by, on=on
    )
    if verdict is not PaymentVerdict.ACCEPTED:
        raise Conflict(
            "bill.not_payable", N_("Iuran pertama dibayar mulai {opens} sampai {closes}."),
            opens=family.pay_from, closes=family.pay_by,
        )  # fmt: skip
    return due
