"""Turns bills and payments into words: for pages, receipts and banks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from jkn.contribution.queries import FamilyBills
from jkn.contribution.rules import PaymentVerdict, judge_payment
from jkn.core.month import Month
from jkn.core.words import N_
from jkn.membership.presenters import status_words
from jkn.membership.queries import figure
from jkn.membership.rules import Segment, Status
from jkn.membership.terms import newborn_pay_by

_MONTHS = [
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "Mei",
    "Jun",
    "Jul",
    "Agu",
    "Sep",
    "Okt",
    "Nov",
    "Des",
]  # short Indonesian names, for banks' screens


def month_words(month: Month) -> str:
    """Return a month as banks' screens show it: `Nov 2026`."""
    return f"{_MONTHS[month.number - 1]} {month.year}"


def payer_name(name: str) -> str:
    """Return a payer's name as a bank may show it to whoever types the number: `Siti R.`.

    Enough to see that the number is right, too little to learn who a stranger is.
    """
    first, *others = name.split()
    return " ".join([first, *(f"{word[0]}." for word in others)])[:40]


@dataclass(frozen=True, slots=True)
class Line:
    """One month of a sum on a page; amounts in rupiah."""

    month: date
    persons: int
    per_person: int
    amount: int
    basis: str
    person: str = ""  # whom a bill beside the family's own is for
    is_since_birth: bool = False  # a newborn's month before it was registered: it came late


@dataclass(frozen=True, slots=True)
class NewbornDue:
    """A newborn who is still to be paid for in time, and by when."""

    name: str
    until: date


@dataclass(frozen=True, slots=True)
class BillPage:
    """What the contribution page says first: how one stands, what to do now, and the sum."""

    tag: str  # ok, warn, bad
    title: str
    advice: str
    amount: int
    is_chosen: bool  # nothing is due: it is what the family wants to pay ahead
    due_on: date | None
    is_late: bool
    paid_until: date | None  # in the last month that is paid, where all is paid
    lines: tuple[Line, ...]
    credit: int
    later: int  # stages of a plan that are due in later months
    has_plan: bool
    ahead: int  # chosen to be paid ahead
    ahead_months: int
    newborn: NewbornDue | None  # after that day contributions count from the birth month
    newborn_basis: str  # the law, where a line tells of it or a newborn waits
    beyond_cap_months: int
    can_pay: bool
    has_lapsed: bool
    opens: date | None
    closes: date | None


def family_status(bills: FamilyBills) -> Status:
    """Return how the family stands: as most of it does; one member's own event is told apart."""
    statuses = [m.status for m in bills.family.members]
    if bills.family.paid_until is not None:  # a candidate is then a newborn, told on its own line
        statuses = [s for s in statuses if s is not Status.CANDIDATE] or statuses
    for status in (Status.SUSPENDED_ARREARS, Status.CANDIDATE, Status.REGISTRATION_LAPSED):
        if status in statuses:
            return status
    return Status.ACTIVE if Status.ACTIVE in statuses else statuses[0]


def bill_page(bills: FamilyBills, *, on: date) -> BillPage:
    """Return what a family's contribution page shows on a day."""
    family, debt = bills.family, bills.debt
    status = family_status(bills)
    verdict = judge_payment(
        amount=debt.amount, due=debt.amount, quoted=None, opens=family.pay_from,
        closes=family.pay_by, on=on,
    )  # fmt: skip
    due_on = _due_on(bills, status)
    is_late = due_on is not None and on > due_on
    kind, title, advice = _standing(bills, status, is_late=is_late)
    lines, newborn = _lines(bills), _newborn_due(bills, on=on)
    is_of_newborn = newborn is not None or any(line.is_since_birth for line in lines)
    return BillPage(
        tag=kind,
        title=title,
        advice=advice,
        amount=debt.amount,
        is_chosen=debt.due == 0 and debt.ahead > 0,
        due_on=due_on,
        is_late=is_late,
        paid_until=_paid_until(bills, status),
        lines=lines,
        newborn=newborn,
        newborn_basis=figure("newborn_days", on=on).basis if is_of_newborn else "",
        credit=min(debt.credit, debt.total),
        later=debt.later,
        has_plan=bills.plan is not None,
        ahead=debt.ahead,
        ahead_months=bills.ahead_months,
        beyond_cap_months=len(debt.beyond_cap),
        can_pay=verdict is PaymentVerdict.ACCEPTED and debt.amount > 0,
        has_lapsed=verdict is PaymentVerdict.LAPSED,
        opens=family.pay_from,
        closes=family.pay_by,
    )  # fmt: skip


def _lines(bills: FamilyBills) -> tuple[Line, ...]:
    owed_ids = {bill.id for bill in bills.debt.bills}
    people = {m.id: m for m in bills.family.members}
    lines = []
    for b in bills.bills:
        if b.id not in owed_ids:
            continue
        month, who = Month.at(b.month), people.get(b.member_id or 0)
        lines.append(
            Line(
                month.first_day(), b.persons, b.per_person, b.amount, b.basis,
                who.name if who else "", who is not None and month < Month.of(who.since),
            )
        )  # fmt: skip
    return tuple(lines)


def _newborn_due(bills: FamilyBills, *, on: date) -> NewbornDue | None:
    """Return the newborn who is to be paid for next, while what counts them is still owed."""
    family = bills.family
    waiting = [m for m in family.members if m.status is Status.CANDIDATE]
    if family.paid_until is None or not waiting:
        return None
    owed = {(b.month, b.member_id) for b in bills.bills}
    days, dues = figure("newborn_days", on=on).value, []
    for m in waiting:
        until = newborn_pay_by(born=m.birth_date, registered=m.since, days=days)
        first = Month.of(m.since).index
        if until and on <= until and owed & {(first, m.id), (first, None)}:
            dues.append(NewbornDue(m.name, until))
    return min(dues, key=lambda due: due.until, default=None)


def _due_on(bills: FamilyBills, status: Status) -> date | None:
    """Return the day by which to pay. A first contribution and a plan have days of their own."""
    if status is Status.CANDIDATE:
        return bills.family.pay_by
    if status is Status.REGISTRATION_LAPSED or bills.plan:
        return None
    owed = {bill.id for bill in bills.debt.bills}
    return max((b.due_on for b in bills.bills if b.id in owed), default=None)


def _paid_until(bills: FamilyBills, status: Status) -> date | None:
    month = bills.family.paid_until
    is_settled = status is Status.ACTIVE and not bills.debt.amount and not bills.plan
    return month.first_day() if month and is_settled else None


def _standing(bills: FamilyBills, status: Status, *, is_late: bool) -> tuple[str, str, str]:
    """Return how a family stands with its contributions: kind of tag, title, advice (msgids)."""
    family, debt = bills.family, bills.debt
    kind, title, advice = status_words(status, family.segment)
    if bills.plan:
        advice = N_("Kartu aktif setelah semua tahap lunas.")
        if debt.amount:
            return "warn", N_("Cicilan berjalan"), advice
        return "ok", N_("Tahap bulan ini sudah dibayar"), advice
    if status is not Status.ACTIVE:
        return kind, title, _advice_without_cover(status, bills) or advice
    if debt.due:
        advice = N_("Bayar paling lambat tanggal jatuh tempo.")
        if is_late:
            advice = N_("Bayar sebelum bulan ini berakhir, supaya kartu tetap aktif.")
        return "warn", N_("Iuran bulan ini belum dibayar"), advice
    if debt.ahead:
        advice = N_("Iuran bulan ini sudah dibayar. Ini pilihan Anda untuk bulan berikutnya.")
        return "", N_("Bayar di muka"), advice
    if family.guarantee_until is not None:
        return kind, N_("Jaminan setelah PHK"), N_("Anda tidak perlu membayar selama jaminan ini.")
    if family.segment in _PAID_BY:
        return kind, *_PAID_BY[family.segment]
    return kind, N_("Iuran sudah dibayar"), N_("Tidak ada yang perlu dibayar sekarang.")


def _advice_without_cover(status: Status, bills: FamilyBills) -> str | None:
    """Return what the status alone does not say of paying (a msgid), or None."""
    if status is Status.REGISTRATION_LAPSED:
        return N_("Minta nomor baru, lalu bayar. Nomor virtual account tetap sama.")
    if status is Status.ABROAD and bills.debt.due:
        return N_("Tunggakan lama tetap utang. Bayar sekarang, atau setelah Anda kembali.")
    return None


_NOTHING_TO_PAY = N_("Anda tidak perlu membayar iuran.")
_PAID_BY = {
    Segment.PBI_NATIONAL: (N_("Dibayar pemerintah pusat"), _NOTHING_TO_PAY),
    Segment.PBI_REGIONAL: (N_("Dibayar pemerintah daerah"), _NOTHING_TO_PAY),
    Segment.WORKER: (
        N_("Dibayar pemberi kerja"),
        N_("Bagian Anda dipotong dari upah. Anda tidak perlu membayar sendiri."),
    ),
}


def how_to_pay(bank: str) -> Sequence[str]:
    """Return the steps of paying a virtual account at a bank (msgids), for page and API."""
    first = N_("Buka aplikasi, ATM, atau teller bank Anda.")
    if bank == "BRI":
        first = N_("Buka BRImo, ATM BRI, atau agen BRILink.")
    elif bank == "MANDIRI":
        first = N_("Buka Livin' atau ATM Mandiri.")
    return (
        first,
        N_("Pilih bayar BPJS Kesehatan atau virtual account."),
        N_("Masukkan nomor virtual account ini."),
        N_("Periksa nama dan jumlahnya, lalu bayar."),
        N_("Buka lagi halaman ini. Kartu aktif begitu bank mengabari kami."),
    )


# Why a mandate or a debit did not go through, and what to do; keys are the rows' reasons.
PROBLEMS = {
    "insufficient_funds": N_("Saldo tidak cukup. Isi rekening, atau bayar sendiri hari ini."),
    "account_closed": N_("Rekening sudah ditutup. Daftarkan rekening lain."),
    "account_unknown": N_("Bank tidak mengenal rekening ini. Periksa nomornya, lalu daftar lagi."),
    "name_differs": N_("Nama pemilik berbeda di bank. Tulis seperti di bank, lalu daftar lagi."),
    "declined": N_("Pemilik rekening tidak setuju di bank. Anda dapat mendaftar lagi."),
    "mandate_ended": N_("Persetujuan di bank sudah berakhir. Daftar lagi bila perlu."),
    "not_confirmed": N_("Persetujuan di bank tidak datang pada waktunya. Daftar lagi."),
    "by_family": N_("Keluarga Anda menghentikannya."),
    "other": N_("Bank menolak. Bayar sendiri hari ini, atau tanya bank Anda."),
}

# What staff call the figures of contribution.
FIGURES = {
    "ahead_max_months": N_("Bayar di muka, paling banyak (bulan)"),
    "amnesty_max_months": N_("Pemutihan, paling banyak (bulan)"),
    "amnesty_open": N_("Pemutihan berlaku (1 ya, 0 tidak)"),
    "arrears_cap_months": N_("Tunggakan yang ditagih, paling banyak (bulan)"),
    "autodebit_confirm_days": N_("Waktu menyetujui bayar otomatis di bank (hari)"),
    "autodebit_day_first": N_("Tanggal debit pertama"),
    "autodebit_day_second": N_("Tanggal debit kedua"),
    "autodebit_late_days": N_("Jawaban debit dari bank, paling lama (hari)"),
    "autodebit_notice_days": N_("Pengingat sebelum debit (hari)"),
    "autodebit_required_class_1": N_("Kelas 1 wajib bayar otomatis (1 ya, 0 tidak)"),
    "autodebit_required_class_2": N_("Kelas 2 wajib bayar otomatis (1 ya, 0 tidak)"),
    "due_day": N_("Tanggal jatuh tempo iuran"),
    "fine_ceiling": N_("Denda rawat inap, paling banyak (rupiah)"),
    "fine_max_months": N_("Bulan tunggakan yang didenda, paling banyak"),
    "fine_percent": N_("Denda rawat inap (persen biaya setiap bulan tunggakan)"),
    "fine_window_days": N_("Masa denda setelah kartu aktif kembali (hari)"),
    "instalment_deadline_day": N_("Tanggal terakhir mendaftar cicilan"),
    "instalment_deadline_day_february": N_("Tanggal terakhir mendaftar cicilan, Februari"),
    "instalment_former_max_stages": N_("Cicilan keluarga lama, tahap paling banyak"),
    "instalment_former_over_months": N_("Cicilan keluarga lama, tunggakan lebih dari (bulan)"),
    "instalment_former_smallest": N_("Cicilan keluarga lama, tahap paling kecil (rupiah)"),
    "instalment_max_stages": N_("Cicilan, tahap paling banyak"),
    "instalment_over_months": N_("Cicilan, tunggakan lebih dari (bulan)"),
    "quote_hours": N_("Jumlah yang ditunjukkan bank berlaku (jam)"),
    "registration_lapse_days": N_("Nomor pembayaran pertama hangus setelah (hari)"),
    "registration_wait_days": N_("Masa tunggu sebelum iuran pertama (hari)"),
    "wage_ceiling": N_("Upah yang dihitung, paling banyak (rupiah)"),
    "wage_employer_percent": N_("Bagian pemberi kerja (persen upah)"),
    "wage_extra_percent": N_("Bagian pekerja untuk tiap keluarga tambahan (persen upah)"),
    "wage_floor": N_("Upah yang dihitung, paling sedikit (rupiah)"),
    "wage_worker_percent": N_("Bagian pekerja (persen upah)"),
}
