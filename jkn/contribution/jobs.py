"""Background work of contribution: the daily run, and telling families what happened."""

from __future__ import annotations

from datetime import date

from procrastinate.contrib.django import app

from jkn.account.actions.contacts import tell
from jkn.account.queries import accounts_of_family
from jkn.contribution.actions import run_day
from jkn.contribution.queries import bill_of, family_bills, payment_of
from jkn.contribution.reminders import remind
from jkn.contribution.rules import BillStatus, Reminder
from jkn.core.clock import today
from jkn.core.money import rupiah
from jkn.core.month import Month
from jkn.core.words import N_
from jkn.gate.jobs import RETRY
from jkn.membership.queries import suspended_between
from jkn.membership.rules import Segment, Status


@app.periodic(cron="5 * * * *")
@app.task(name="contribution.day", queueing_lock="contribution.day")
def day(timestamp: int) -> None:
    """Run the day every hour: a server that slept over midnight catches up within one."""
    run_day(on=today())
    remind(on=today())


@app.task(name="contribution.tell_paid", retry=RETRY)
def tell_paid(family_id: int, payment_id: int) -> None:
    """Tell every account of the family that the money arrived, with the receipt."""
    payment = payment_of(family_id, payment_id)
    for account_id in accounts_of_family(family_id):
        tell(
            account_id,
            kind="contribution.paid",
            once=str(payment_id),
            title=N_("Iuran diterima"),
            body=N_("Pembayaran {amount} sudah kami terima. Nomor kuitansi {receipt}."),
            amount=rupiah(payment.amount),
            receipt=payment.receipt,
            link=f"/iuran/riwayat/{payment_id}/",
        )


@app.task(name="contribution.tell_registered", retry=RETRY)
def tell_registered(family_id: int) -> None:
    """Tell the new family what to pay and until when."""
    bills = family_bills(family_id, on=today())
    until = bills.family.pay_by
    for account_id in accounts_of_family(family_id):
        tell(
            account_id,
            kind="contribution.registered",
            once=f"{until}",
            title=N_("Pendaftaran diterima"),
            body=N_("Bayar iuran pertama paling lambat {until}. Lihat nomornya di halaman Iuran."),
            until=f"{until:%d-%m-%Y}" if until else "",
            link="/iuran/bayar/",
        )


@app.task(name="contribution.tell_suspended", retry=RETRY)
def tell_suspended(after: int, through: int, since: str) -> None:
    """Tell the families of a range that cover stopped on a day, and what brings it back."""
    day = date.fromisoformat(since)
    for family_id in suspended_between(after, through, since=day):
        _tell_suspended(family_id, since=day)


def _tell_suspended(family_id: int, *, since: date) -> None:
    bills = family_bills(family_id, on=today())
    if all(m.status is not Status.SUSPENDED_ARREARS for m in bills.family.members):
        return  # paid meanwhile
    body = N_("Bayar {amount} supaya kartu langsung aktif lagi.")
    if bills.family.segment is Segment.WORKER:
        body = N_("Pemberi kerja belum membayar iuran. Tanyakan ke bagian personalia.")
    for account_id in accounts_of_family(family_id):
        tell(
            account_id,
            kind="contribution.suspended",
            once=str(Month.of(since)),
            title=N_("Kartu berhenti karena iuran"),
            body=body,
            amount=rupiah(bills.debt.amount),
            link="/iuran/",
        )


@app.task(name="contribution.tell_missed", retry=RETRY)
def tell_missed(family_id: int) -> None:
    """Tell the family that its plan of instalments ended, and what is due now."""
    owed = family_bills(family_id, on=today()).debt
    for account_id in accounts_of_family(family_id):
        tell(
            account_id,
            kind="instalments.missed",
            title=N_("Cicilan berakhir"),
            body=N_("Satu tahap tidak dibayar. Uang Anda tetap tercatat. Sisa tagihan {amount}."),
            amount=rupiah(owed.amount),
            link="/iuran/",
        )


_DUE = {
    Reminder.IN_7_DAYS: (
        N_("Iuran jatuh tempo 7 hari lagi"), N_("Bayar {amount} paling lambat {until}."),
    ),
    Reminder.IN_1_DAY: (
        N_("Iuran jatuh tempo besok"), N_("Bayar {amount} paling lambat {until}."),
    ),
    Reminder.OVERDUE: (
        N_("Iuran lewat jatuh tempo"),
        N_("Bayar {amount} sebelum bulan berakhir. Setelah itu kartu berhenti."),
    ),
}  # fmt: skip


@app.task(name="contribution.tell_due", retry=RETRY)
def tell_due(family_id: int, bill_id: int, kind: str) -> None:
    """Remind the family of a bill that is still open; once for each account, bill and kind."""
    bill = bill_of(family_id, bill_id)
    if bill.status != BillStatus.OPEN:
        return
    title, body = _DUE[Reminder(kind)]
    for account_id in accounts_of_family(family_id):
        tell(
            account_id,
            kind=f"contribution.{kind}",
            title=title,
            body=body,
            amount=rupiah(bill.amount),
            until=bill.due_on.isoformat(),
            link="/iuran/",
            once=str(bill_id),
        )
