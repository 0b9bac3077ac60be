"""Background work of employers: the daily run, memberships, and telling who acts for them."""

from __future__ import annotations

from procrastinate.contrib.django import app

from jkn.account.actions.contacts import tell_all
from jkn.account.queries import accounts_of_employer
from jkn.contribution.queries import payment_of
from jkn.core.clock import today
from jkn.core.errors import Unavailable
from jkn.core.money import rupiah
from jkn.core.words import N_
from jkn.employer.actions import run_day
from jkn.employer.enrolment import enrol, follow_paid, guarantee_after_layoff
from jkn.employer.queries import bill_of, extra_by_id, pending, worker
from jkn.employer.wage_class import follow_wages_at, follow_wages_of
from jkn.gate.jobs import RETRY

_SILENT_AT_MOST = 3


@app.periodic(cron="7 * * * *")
@app.task(name="employer.day", queueing_lock="employer.day")
def day(timestamp: int) -> None:
    """Run the day every hour: a server that slept over midnight catches up within one."""
    run_day(on=today())


@app.task(name="employer.enrol_pending", retry=RETRY)
def enrol_pending(employer_id: int) -> None:
    """Register everybody of one employer who waits.

    Whom the population register does not answer for does not hold up the others; where it is
    silent altogether, this ends, and the retry goes on.
    """
    on = today()
    silent: list[Unavailable] = []
    for employee_id in pending(employer_id, on=on):
        try:
            enrol(employer_id=employer_id, employee_id=employee_id, on=on)
        except Unavailable as error:
            silent.append(error)
            if len(silent) == _SILENT_AT_MOST:
                break
    if silent:
        raise silent[0]


@app.task(name="employer.enrol", retry=RETRY)
def enrol_one(employer_id: int, employee_id: int) -> None:
    """Register one employee."""
    enrol(employer_id=employer_id, employee_id=employee_id, on=today())


@app.task(name="employer.follow_paid", retry=RETRY)
def follow(employer_id: int, payment_id: int) -> None:
    """Let the workers' cover follow the money, and tell the employer that it arrived."""
    follow_paid(employer_id=employer_id, payment_id=payment_id, on=today())
    payment = payment_of(employer_id, payment_id)
    tell_all(
        accounts_of_employer(employer_id),
        kind="employer.paid",
        once=str(payment_id),
        title=N_("Iuran diterima"),
        body=N_("Pembayaran {amount} sudah kami terima. Nomor kuitansi {receipt}."),
        amount=rupiah(payment.amount),
        receipt=payment.receipt,
        link=f"/perusahaan/riwayat/{payment_id}/",
    )


@app.task(name="employer.lay_off", retry=RETRY)
def lay_off(employer_id: int, employee_id: int) -> None:
    """Begin the guarantee of somebody who was laid off."""
    guarantee_after_layoff(employer_id=employer_id, employee_id=employee_id, on=today())


@app.task(name="employer.follow_wage", retry=RETRY)
def follow_wage(employer_id: int, employee_id: int) -> None:
    """Let the class of somebody's family follow a change at work."""
    follow_wages_of(employer_id=employer_id, employee_id=employee_id, on=today())


@app.task(name="employer.follow_wages", retry=RETRY)
def follow_wages(employer_id: int) -> None:
    """Let the classes of an employer's workers follow a file of wages."""
    follow_wages_at(employer_id, on=today())


@app.task(name="employer.tell_billed", retry=RETRY)
def tell_billed(employer_id: int, bill_id: int) -> None:
    """Tell who acts for the employer what is to be paid, and until when."""
    bill = bill_of(employer_id, bill_id)
    tell_all(
        accounts_of_employer(employer_id),
        kind="employer.billed",
        once=str(bill_id),
        title=N_("Tagihan iuran pekerja"),
        body=N_("Bayar {amount} paling lambat {until}."),
        amount=rupiah(bill.amount),
        until=bill.due_on.isoformat(),
        link=f"/perusahaan/tagihan/{bill_id}/",
    )


@app.task(name="employer.tell_extra", retry=RETRY)
def tell_extra(employer_id: int, extra_id: int) -> None:
    """Tell who acts for the employer whose wage is cut for extra family, or no more; no names."""
    row = extra_by_id(employer_id, extra_id)
    begins = row.last_day is None
    tell_all(
        accounts_of_employer(employer_id),
        kind="employer.extra",
        once=f"{extra_id}.{'begins' if begins else 'ends'}",
        title=N_("Potongan keluarga tambahan")
        if begins
        else N_("Potongan keluarga tambahan berakhir"),
        body=N_("{name}: mulai {day}. Tagihan bulan itu memuatnya.")
        if begins
        else N_("{name}: paling akhir {day}. Tagihan sesudahnya tidak memuatnya."),
        name=worker(employer_id, row.employee_id).row.name,
        day=(row.last_day or row.first_day).isoformat(),
        link=f"/perusahaan/pekerja/{row.employee_id}/",
    )
