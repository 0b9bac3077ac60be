"""Background work of contribution: the daily run, and telling families what happened."""

from __future__ import annotations

from datetime import date, timedelta

from procrastinate.contrib.django import app

from jkn.account.actions.contacts import tell_all
from jkn.account.queries import accounts_of_family
from jkn.contribution.actions import run_day
from jkn.contribution.amnesty import carry_out, line_of
from jkn.contribution.autodebit import announce, debit_of, plan_debits
from jkn.contribution.debits import MandateStatus
from jkn.contribution.dialogue import catch_up, close_mandate, settle_debit, settle_mandate
from jkn.contribution.former import hearers_of
from jkn.contribution.mandates import mandate_of
from jkn.contribution.presenters import PROBLEMS
from jkn.contribution.queries import bill_of, family_bills, payment_of, plan_of
from jkn.contribution.reminders import remind, remind_of_stages
from jkn.contribution.rules import BillStatus, Reminder
from jkn.core.clock import today
from jkn.core.money import rupiah
from jkn.core.month import Month
from jkn.core.words import N_
from jkn.gate.jobs import RETRY
from jkn.membership.queries import figure, suspended_between
from jkn.membership.rules import Segment, Status

_FORMER = "/iuran/lama/"  # where people see the debt of a family that everybody left


@app.periodic(cron="5 * * * *")
@app.task(name="contribution.day", queueing_lock="contribution.day")
def day(timestamp: int) -> None:
    """Run the day every hour: a server that slept over midnight catches up within one."""
    run_day(on=today())
    remind(on=today())
    remind_of_stages(on=today())
    announce(on=today())
    plan_debits(on=today())


@app.task(name="contribution.tell_paid", retry=RETRY)
def tell_paid(family_id: int, payment_id: int) -> None:
    """Tell every account of the family that the money arrived, with the receipt."""
    payment, hearers = payment_of(family_id, payment_id), hearers_of(family_id)
    tell_all(
        hearers.accounts,
        kind="contribution.paid",
        once=str(payment_id),
        title=N_("Iuran diterima"),
        body=N_("Pembayaran {amount} sudah kami terima. Nomor kuitansi {receipt}."),
        amount=rupiah(payment.amount),
        receipt=payment.receipt,
        link=_FORMER if hearers.has_left else f"/iuran/riwayat/{payment_id}/",
    )


@app.task(name="contribution.tell_registered", retry=RETRY)
def tell_registered(family_id: int) -> None:
    """Tell the new family what to pay and until when."""
    bills = family_bills(family_id, on=today())
    until = bills.family.pay_by
    tell_all(
        accounts_of_family(family_id),
        kind="contribution.registered",
        once=f"{until}",
        title=N_("Pendaftaran diterima"),
        body=N_("Bayar iuran pertama paling lambat {until}. Lihat nomornya di halaman Iuran."),
        until=until.isoformat() if until else "",
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
    tell_all(
        accounts_of_family(family_id),
        kind="contribution.suspended",
        once=str(Month.of(since)),
        title=N_("Kartu berhenti karena iuran"),
        body=body,
        amount=rupiah(bills.debt.amount),
        link="/iuran/",
    )


@app.task(name="contribution.tell_newborn_late", retry=RETRY)
def tell_newborn_late(family_id: int, member_id: int, amount: int) -> None:
    """Tell the family that a newborn is billed from the birth month, why, and by which law."""
    people = family_bills(family_id, on=today()).family.members
    baby = next((m for m in people if m.id == member_id), None)
    if baby is None:
        return  # left meanwhile
    days = figure("newborn_days", on=today())
    tell_all(
        accounts_of_family(family_id),
        kind="contribution.newborn_late",
        once=str(member_id),
        title=N_("Iuran bayi dihitung sejak bulan lahir"),
        body=N_(
            "Iuran {name} tidak dibayar sampai {until}, {days} hari setelah lahir."
            " Tambah {amount}. Dasar: {basis}."
        ),
        name=baby.name,
        until=(baby.birth_date + timedelta(days=days.value)).isoformat(),
        days=days.value,
        amount=rupiah(amount),
        basis=days.basis,
        link="/iuran/",
    )


@app.task(name="contribution.tell_missed", retry=RETRY)
def tell_missed(family_id: int) -> None:
    """Tell the family that its plan of instalments ended, and what is due now."""
    owed, hearers = family_bills(family_id, on=today()).debt, hearers_of(family_id)
    tell_all(
        hearers.accounts,
        kind="instalments.missed",
        once=str(plan.id) if (plan := plan_of(family_id)) else "",
        title=N_("Cicilan berakhir"),
        body=N_("Satu tahap tidak dibayar. Uang Anda tetap tercatat. Sisa tagihan {amount}."),
        amount=rupiah(owed.amount),
        link=_FORMER if hearers.has_left else "/iuran/",
    )


@app.task(name="contribution.tell_stage", retry=RETRY)
def tell_stage(family_id: int, kind: str) -> None:
    """Remind of this month's stage before the month ends, while it is not paid."""
    on = today()
    bills, hearers = family_bills(family_id, on=on), hearers_of(family_id)
    until = Month.of(on).last_day()
    if bills.plan is None or not bills.debt.amount:
        return
    tell_all(
        hearers.accounts,
        kind="instalments.due",
        once=f"{kind}:{until}",
        title=N_("Cicilan bulan ini belum dibayar"),
        body=N_("Bayar {amount} paling lambat {until}. Setelah itu cicilan berakhir."),
        amount=rupiah(bills.debt.amount),
        until=until.isoformat(),
        link=_FORMER if hearers.has_left else "/iuran/",
    )


@app.task(name="contribution.tell_former", retry=RETRY)
def tell_former(family_id: int, since: str) -> None:
    """Tell who has left a family with arrears that the debt stays, and where it stands."""
    owed, hearers = family_bills(family_id, on=today()).debt, hearers_of(family_id)
    if not owed.whole or not hearers.has_left:
        return
    tell_all(
        hearers.accounts,
        kind="contribution.former",
        once=f"{family_id}:{since}",
        title=N_("Tunggakan keluarga lama"),
        body=N_("Keluarga lama masih berutang {amount}. Utang ini dapat dibayar atau dicicil."),
        amount=rupiah(owed.whole),
        link=_FORMER,
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
    """Remind the family of what is due while a bill is still open; once for each bill and kind."""
    bill, owed = bill_of(family_id, bill_id), family_bills(family_id, on=today()).debt
    if bill.status != BillStatus.OPEN or not owed.due:
        return
    title, body = _DUE[Reminder(kind)]
    tell_all(
        accounts_of_family(family_id),
        kind=f"contribution.{kind}",
        title=title,
        body=body,
        amount=rupiah(owed.due),
        until=bill.due_on.isoformat(),
        link="/iuran/",
        once=str(bill_id),
    )


@app.task(name="autodebit.ask", retry=RETRY)
def ask_mandate(family_id: int, mandate_id: int) -> None:
    """Ask the bank for a mandate, or whether its holder has agreed."""
    settle_mandate(family_id, mandate_id)


@app.task(name="autodebit.close", retry=RETRY)
def close(family_id: int, mandate_id: int) -> None:
    """Tell the bank that a mandate has ended."""
    close_mandate(family_id, mandate_id)


@app.task(name="autodebit.debit", retry=RETRY)
def debit(family_id: int, debit_id: int) -> None:
    """Let the bank debit what is owed, and post it."""
    settle_debit(family_id, debit_id)


@app.periodic(cron="*/5 * * * *")
@app.task(name="autodebit.catch_up", queueing_lock="autodebit.catch_up")
def settle_rest(timestamp: int) -> None:
    """Settle what still waits for the bank: answers that were lost, a bank that was down."""
    catch_up()


@app.task(name="autodebit.tell_mandate", retry=RETRY)
def tell_mandate(family_id: int, mandate_id: int) -> None:
    """Tell the family what became of its mandate."""
    mandate = mandate_of(family_id)
    if mandate is None or mandate.id != mandate_id:
        return
    is_active = mandate.status == MandateStatus.ACTIVE
    tell_all(
        accounts_of_family(family_id),
        kind=f"autodebit.{mandate.status}",
        once=str(mandate_id),
        title=N_("Bayar otomatis aktif") if is_active else N_("Bayar otomatis tidak jadi"),
        body=(
            N_("Bank mendebit iuran setiap tanggal {day}.")
            if is_active
            else PROBLEMS[mandate.reason]
        ),
        day=mandate.day,
        link="/iuran/otomatis/",
    )


@app.task(name="autodebit.tell_coming", retry=RETRY)
def tell_coming(family_id: int, mandate_id: int) -> None:
    """Tell the family some days before what will be debited, and how to stop it."""
    mandate, owed = mandate_of(family_id), family_bills(family_id, on=today()).debt.amount
    is_running = mandate is not None and mandate.status == MandateStatus.ACTIVE
    if mandate is None or not is_running or mandate.noticed_for is None or not owed:
        return
    tell_all(
        accounts_of_family(family_id),
        kind="autodebit.coming",
        once=f"{mandate_id}:{mandate.noticed_for}",
        title=N_("Iuran akan didebit"),
        body=N_("Bank mendebit {amount} tanggal {day}. Siapkan saldo rekening Anda."),
        amount=rupiah(owed),
        day=mandate.noticed_for.isoformat(),
        link="/iuran/otomatis/",
    )


@app.task(name="autodebit.tell_refused", retry=RETRY)
def tell_refused(family_id: int, debit_id: int) -> None:
    """Tell the family at once that the bank debited nothing, why, and what to do."""
    attempt = debit_of(family_id, debit_id)
    tell_all(
        accounts_of_family(family_id),
        kind="autodebit.refused",
        once=str(debit_id),
        title=N_("Bayar otomatis gagal"),
        body=PROBLEMS.get(attempt.reason, PROBLEMS["other"]),
        link="/iuran/otomatis/",
    )


@app.task(name="amnesty.carry_out", retry=RETRY)
def write_off_debt(family_id: int, batch_id: int) -> None:
    """Write off one debt of an approved batch."""
    carry_out(family_id=family_id, batch_id=batch_id, on=today())


@app.task(name="amnesty.tell", retry=RETRY)
def tell_written_off(family_id: int, batch_id: int) -> None:
    """Tell the family what was written off, and what is still due."""
    line, hearers = line_of(family_id, batch_id), hearers_of(family_id)
    body = N_("{months} bulan dihapus: {amount}. Bayar iuran bulan ini supaya kartu aktif.")
    if hearers.has_left:
        body = N_("{months} bulan utang keluarga lama dihapus: {amount}.")
    tell_all(
        hearers.accounts,
        kind="contribution.written_off",
        once=str(batch_id),
        title=N_("Tunggakan Anda dihapus"),
        body=body,
        months=line.months,
        amount=rupiah(line.amount),
        link=_FORMER if hearers.has_left else "/iuran/",
    )
