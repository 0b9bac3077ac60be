"""Words and figures of membership for pages and programs: cards, statuses, what differs."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from jkn.core.identifiers import masked
from jkn.core.words import N_
from jkn.membership.models import FamilyChange, PrimaryChange, StatusChange
from jkn.membership.queries import CorrectionView, MemberView
from jkn.membership.rules import Event, Relation, Segment, Status
from jkn.shell.formats import day

TITLES = {
    Status.CANDIDATE: ("warn", N_("Menunggu iuran pertama")),
    Status.WAITING_PLACE: ("warn", N_("Belum ditanggung")),
    Status.REGISTRATION_LAPSED: ("bad", N_("Nomor pembayaran sudah hangus")),
    Status.ACTIVE: ("ok", N_("Aktif")),
    Status.SUSPENDED_ARREARS: ("bad", N_("Berhenti karena iuran")),
    Status.REMOVED_PBI: ("bad", N_("Tidak lagi dalam daftar PBI")),
    Status.LAYOFF_ENDED: ("bad", N_("Jaminan setelah PHK berakhir")),
    Status.ABROAD: ("warn", N_("Berhenti selama di luar negeri")),
    Status.OVER_AGE: ("bad", N_("Berhenti karena usia")),
    Status.DUPLICATE: ("bad", N_("Data ganda")),
    Status.DECEASED: ("", N_("Meninggal dunia")),
    Status.MOVED_SEGMENT: ("warn", N_("Pindah segmen")),
    Status.DATA_HOLD: ("warn", N_("Data perlu diperiksa")),
}
ADVICE = {
    Status.CANDIDATE: N_("Bayar iuran pertama. Setelah itu kartu langsung aktif."),
    Status.WAITING_PLACE: N_("Daftarkan sebagai keluarga tambahan di halaman Keluarga."),
    Status.REGISTRATION_LAPSED: N_("Minta nomor pembayaran baru di halaman Iuran."),
    Status.ACTIVE: N_("Tunjukkan kode ini atau KTP di loket."),
    Status.SUSPENDED_ARREARS: N_("Bayar tunggakan dan iuran bulan ini. Kartu langsung aktif."),
    Status.REMOVED_PBI: N_("Tanyakan ke kelurahan atau dinas sosial, atau telepon 165."),
    Status.LAYOFF_ENDED: N_("Daftar sebagai peserta mandiri, atau telepon 165."),
    Status.ABROAD: N_("Lapor ke kantor cabang saat Anda kembali."),
    Status.OVER_AGE: N_("Daftar sendiri, atau bawa surat kuliah atau KTP ke kantor cabang."),
    Status.DUPLICATE: N_("Telepon 165 untuk menggabungkan data."),
    Status.DECEASED: N_("Telepon 165 bila data ini salah."),
    Status.MOVED_SEGMENT: N_("Lihat kartu pada keluarga yang baru."),
    Status.DATA_HOLD: N_("Bawa KK dan KTP ke kantor cabang, atau telepon 165."),
}
_RELATIONS = {
    Relation.HEAD: N_("Kepala keluarga"),
    Relation.CHILD: N_("Anak"),
    Relation.PARENT: N_("Orang tua atau mertua"),
    Relation.OTHER: N_("Keluarga lain"),
}
SEGMENTS = {
    "pbi_jk": N_("PBI, dibayar pemerintah pusat"),
    "pbi_apbd": N_("PBI daerah, dibayar pemerintah daerah"),
    "ppu": N_("Pekerja, dibayar bersama pemberi kerja"),
    "pbpu": N_("Mandiri, membayar sendiri"),
    "bp": N_("Bukan pekerja"),
}
_DIFFERS = {
    "nik": N_("NIK ini tidak ada di data kependudukan. Salin dari KTP atau KK."),
    "kk": N_("Nomor KK berbeda dari data kependudukan. Salin dari KK terbaru."),
    "birth_date": N_("Tanggal lahir berbeda dari data kependudukan. Salin dari KTP."),
}


def relation_words(relation: Relation, sex: str) -> str:
    """Return what a member is to the family's head, as people say it (a msgid)."""
    if relation is Relation.SPOUSE:
        return N_("Istri") if sex == "f" else N_("Suami")
    return _RELATIONS[relation]


def status_words(status: Status, segment: Segment) -> tuple[str, str, str]:
    """Return a status as tag kind, title and what to do next (msgids).

    A worker cannot pay what the employer owes.
    """
    kind, title = TITLES[status]
    if status is Status.SUSPENDED_ARREARS and segment is Segment.WORKER:
        return kind, title, N_("Pemberi kerja belum membayar. Tanyakan ke sana, atau telepon 165.")
    return kind, title, ADVICE[status]


_EXTRA_FROM = N_("Keluarga tambahan: dijamin mulai %(day)s.")
_EXTRA_SINCE = N_("Keluarga tambahan sejak %(day)s. Iurannya dipotong dari upah.")
_EXTRA_UNTIL = N_("Keluarga tambahan: dijamin sampai %(day)s.")


def extra_note(member: MemberView, *, on: date) -> tuple[str, date] | None:
    """Return what to say of extra family on a day, with its day (a msgid); None of others."""
    extra = member.extra
    if extra is None or member.stored_status is not Status.WAITING_PLACE:
        return None
    if on < extra.begins:
        return _EXTRA_FROM, extra.begins
    if extra.until is None:
        return _EXTRA_SINCE, extra.begins
    return None if on > extra.until else (_EXTRA_UNTIL, extra.until)


def differing_words(fields: Iterable[str]) -> list[tuple[str, str]]:
    """Return (form field, sentence) for each field in which the register differs (msgids)."""
    return [(f, _DIFFERS[f]) for f in fields if f in _DIFFERS]


def age_words(birth: date, *, on: date) -> str:
    """Return an age as the catalogue of VClaim writes it: `35 tahun ,1 bulan ,11 hari`.

    Before the birth it is nothing; a month begun on a day that does not exist counts from the
    month's last day.
    """
    on = max(on, birth)
    months = (on.year - birth.year) * 12 + on.month - birth.month - (on.day < birth.day)
    year, month = birth.year + (birth.month - 1 + months) // 12, (birth.month - 1 + months) % 12 + 1
    turned = date(year, month, min(birth.day, monthrange(year, month)[1]))
    return f"{months // 12} tahun ,{months % 12} bulan ,{(on - turned).days} hari"


VERBS = {
    "membership.card_checked": N_("Memeriksa kartu"),
    "membership.eligibility_checked": N_("Memeriksa kepesertaan dari sistem faskes"),
    "membership.registered": N_("Mendaftarkan keluarga"),
    "membership.changed": N_("Mencatat perubahan status"),
    "membership.class_changed": N_("Mengubah kelas rawat"),
    "membership.correction_asked": N_("Meminta perbaikan data"),
    "membership.correction_decided": N_("Memutuskan perbaikan data"),
    "membership.moved_out": N_("Memindahkan anggota ke keluarga lain"),
    "membership.moved_in": N_("Menerima anggota dari keluarga lain"),
    "membership.newborn": N_("Mendaftarkan bayi"),
    "membership.relative": N_("Mendaftarkan orang tua pekerja"),
    "employer.extra_asked": N_("Mendaftarkan keluarga tambahan"),
    "employer.extra_ended": N_("Mengakhiri keluarga tambahan"),
    "membership.desk_looked": N_("Membuka data keluarga di kantor cabang"),
    "membership.corps": N_("Mencatat dinas TNI atau Polri"),
    "membership.primary_chosen": N_("Memilih faskes pertama"),
    "membership.reissued": N_("Meminta nomor pembayaran baru"),
    "contribution.paid": N_("Mencatat pembayaran"),
    "contribution.credit_used": N_("Membayar iuran dari titipan"),
    "contribution.newborn_late": N_("Menagih iuran bayi sejak bulan lahir"),
    "contribution.debt_shown": N_("Menunjukkan tunggakan kepada yang sudah pindah"),
    "contribution.ahead": N_("Memilih bayar di muka"),
    "contribution.va_looked": N_("Melihat tagihan lewat nomor virtual account"),
    "treasury.desk_looked": N_("Membuka uang keluarga di kantor cabang"),
    "treasury.exported": N_("Mengunduh jurnal keluarga"),
    "treasury.refund_asked": N_("Meminta pengembalian titipan"),
    "treasury.refund_proposed": N_("Memeriksa pengembalian titipan"),
    "treasury.refund_approved": N_("Menyetujui pengembalian titipan"),
    "treasury.refund_refused": N_("Menolak pengembalian titipan"),
    "treasury.refund_paid": N_("Mencatat pengembalian titipan dikirim"),
    "treasury.refund_returned": N_("Mencatat pengembalian titipan kembali dari bank"),
    "facility.reviewed": N_("Menulis ulasan faskes"),
    "facility.review_reported": N_("Melaporkan ulasan faskes"),
    "instalments.registered": N_("Mendaftarkan cicilan"),
    "instalments.completed": N_("Melunasi cicilan"),
    "instalments.missed": N_("Mengakhiri cicilan yang terlewat"),
    "instalments.stopped": N_("Menghentikan cicilan"),
    "autodebit.asked": N_("Mendaftarkan bayar otomatis"),
    "autodebit.active": N_("Mengaktifkan bayar otomatis"),
    "autodebit.suspended": N_("Menghentikan bayar otomatis"),
    "autodebit.ended": N_("Mengakhiri bayar otomatis"),
    "autodebit.sent": N_("Mengirim debit ke bank"),
    "autodebit.refused": N_("Mencatat debit yang ditolak bank"),
    "amnesty.written_off": N_("Menghapus tunggakan"),
    "reconciliation.line_looked": N_("Membuka baris rekening koran"),
    "reconciliation.assign_asked": N_("Mengusulkan uang bank untuk keluarga ini"),
    "reconciliation.assign_decided": N_("Memutuskan uang bank untuk keluarga ini"),
    "contribution.inconsistent": N_("Menolak pembayaran yang tidak sesuai"),
    "account.signed_in": N_("Masuk"),
    "account.signed_out": N_("Keluar"),
    "account.attached": N_("Menghubungkan akun"),
    "account.created": N_("Membuat akun"),
    "account.deactivated": N_("Menutup akun"),
    "account.level_raised": N_("Menaikkan tingkat akun"),
    "account.code_sent": N_("Mengirim kode"),
    "account.code_resent": N_("Mengirim kode lagi"),
    "account.code_proven": N_("Memasukkan kode dengan benar"),
    "account.contact_changed": N_("Mengganti kontak"),
    "account.contact_held": N_("Meminta ganti kontak, masih ditahan"),
    "account.hold_cancelled": N_("Membatalkan ganti kontak"),
    "account.device_signed_out": N_("Mengeluarkan satu perangkat"),
    "account.devices_signed_out": N_("Mengeluarkan semua perangkat lain"),
    "account.passkey_added": N_("Menambah kunci sandi"),
    "account.passkey_removed": N_("Menghapus kunci sandi"),
    "account.passkey_renamed": N_("Mengganti nama kunci sandi"),
    "account.password_set": N_("Mengganti kata sandi"),
    "account.recovery_codes_made": N_("Membuat kode pemulihan"),
    "account.recovery_code_used": N_("Memakai kode pemulihan"),
    "account.totp_set": N_("Memasang autentikator"),
    "account.totp_removed": N_("Menghapus autentikator"),
    "account.token_issued": N_("Membuat token"),
    "account.token_revoked": N_("Menghapus token"),
}
PURPOSES = {
    "registration": N_("Pendaftaran pasien"),
    "emergency": N_("Gawat darurat"),
    "referral": N_("Rujukan atau kontrol"),
    "counter": N_("Pelayanan loket"),
    "reconciliation": N_("Mencocokkan uang bank"),
}
# What happened, as a member reads it; a first row is `registered`.
EVENTS = {
    "registered": N_("Didaftarkan"),
    Event.FIRST_PAID.value: N_("Iuran pertama diterima"),
    Event.SETTLED.value: N_("Tunggakan dan iuran bulan ini lunas"),
    Event.FELL_BEHIND.value: N_("Iuran bulan lalu belum dibayar"),
    Event.WINDOW_PASSED.value: N_("Batas pembayaran pertama lewat"),
    Event.REISSUED.value: N_("Nomor pembayaran baru diberikan"),
    Event.REMOVED_FROM_LIST.value: N_("Dikeluarkan dari daftar PBI"),
    Event.RESTORED_TO_LIST.value: N_("Kembali ke daftar PBI"),
    Event.GUARANTEE_ENDED.value: N_("Jaminan setelah PHK berakhir"),
    Event.WENT_ABROAD.value: N_("Pergi ke luar negeri"),
    Event.CAME_BACK.value: N_("Kembali dari luar negeri"),
    Event.PASSED_AGE.value: N_("Melewati batas usia anak"),
    Event.STUDY_PROVEN.value: N_("Bukti masih kuliah diterima"),
    Event.FOUND_DUPLICATE.value: N_("Ternyata terdaftar ganda"),
    Event.DIED.value: N_("Meninggal dunia"),
    Event.LEFT_SEGMENT.value: N_("Pindah segmen atau keluarga"),
    Event.DATA_QUESTIONED.value: N_("Data perlu diperiksa"),
    Event.PLACE_FREED.value: N_("Mendapat tempat anak yang ditanggung"),
    Event.AGE_QUESTIONED.value: N_("Usia lanjut: data perlu dipastikan"),
    Event.AGE_CONFIRMED.value: N_("Usia sudah dipastikan"),
    Event.LAID_OFF.value: N_("PHK: jaminan enam bulan di kelas 3 dimulai"),
    Event.EXTRA_JOINED.value: N_("Menjadi keluarga tambahan"),
    Event.EXTRA_LEFT.value: N_("Bukan keluarga tambahan lagi"),
    Event.DISABILITY_PROVEN.value: N_("Surat disabilitas diterima"),
    Event.DATA_CONFIRMED.value: N_("Data sudah benar"),
}
# What a change of class means to the family, by what it follows.
CLASS_CHANGED = {
    "care_class": N_("Keluarga Anda di kelas {after} mulai {since}. Iuran ikut berubah."),
    "wage_class": N_("Keluarga Anda di kelas {after} mulai {since}, menurut upah tertinggi."),
}
# What an event means where the status does not say it.
EVENT_EFFECTS = {
    Event.EXTRA_JOINED.value: N_("Dijamin. Iurannya dipotong dari upah pekerja."),
}
# What a status means from its first day on.
EFFECTS = {
    Status.CANDIDATE: N_("Belum dijamin sampai iuran pertama dibayar."),
    Status.WAITING_PLACE: N_("Belum dijamin: bukan suami, istri, atau tiga anak pertama."),
    Status.REGISTRATION_LAPSED: N_("Belum dijamin. Minta nomor pembayaran baru."),
    Status.ACTIVE: N_("Dijamin di semua faskes."),
    Status.SUSPENDED_ARREARS: N_("Tidak dijamin sampai tunggakan dan iuran bulan ini lunas."),
    Status.REMOVED_PBI: N_("Tidak dijamin sampai masuk daftar lagi atau membayar sendiri."),
    Status.LAYOFF_ENDED: N_("Tidak dijamin sampai terdaftar di segmen lain."),
    Status.ABROAD: N_(
        "Tidak dijamin dan tidak ditagih selama di luar negeri. Tunggakan lama tetap utang."
    ),
    Status.OVER_AGE: N_("Tidak dijamin. Daftar sendiri, atau bawa surat kuliah atau KTP."),
    Status.DUPLICATE: N_("Kartu ini tidak berlaku. Pakai kartu yang satunya."),
    Status.DECEASED: N_("Tidak ditagih lagi."),
    Status.MOVED_SEGMENT: N_("Kartu berlaku pada keluarga atau segmen yang baru."),
    Status.DATA_HOLD: N_("Tidak dijamin sampai data dibenarkan."),
}


FIELDS = {
    "name": N_("Nama"),
    "birth_date": N_("Tanggal lahir"),
    "sex": N_("Jenis kelamin"),
    "nik": N_("NIK"),
}
CORRECTION_STATES = {
    "asked": ("warn", N_("Menunggu jawaban")),
    "accepted": ("ok", N_("Diperbaiki")),
    "refused": ("bad", N_("Tidak diperbaiki")),
}
REGISTER_SAYS = {
    "match": N_("Data kependudukan cocok dengan permintaan."),
    "differs": N_("Data kependudukan berbeda dari permintaan."),
    "silent": N_("Data kependudukan belum menjawab."),
}


def field_value(field: str, value: str) -> str:
    """Return a field's plain value as people read it (a msgid for the sex)."""
    if field == "sex":
        return {"f": N_("Perempuan"), "m": N_("Laki-laki")}.get(value, value)
    if field == "birth_date":
        return day(date.fromisoformat(value))
    return value or N_("Belum ada")


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """A request for a correction as its pages tell it (msgids where words are ours)."""

    id: int
    person: str
    field: str
    before: str
    after: str
    tag: str
    state: str
    register: str
    asked_at: datetime
    due_at: datetime
    is_open: bool
    is_late: bool
    decided_by: str
    reason: str


def correction_lines(corrections: Iterable[CorrectionView]) -> list[CorrectionLine]:
    """Return requests in words; a NIK is masked."""
    lines = []
    for c in corrections:
        row = c.row
        before, after = (
            masked(v) or N_("Belum ada") if row.field == "nik" else field_value(row.field, v)
            for v in (c.before, c.after)
        )
        lines.append(
            CorrectionLine(
                row.id, c.name, FIELDS[row.field], before, after, *CORRECTION_STATES[row.state],
                REGISTER_SAYS[row.register], row.asked_at, row.due_at, row.state == "asked",
                c.is_late, row.decided_by, row.reason,
            )
        )  # fmt: skip
    return lines


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One change as the member's page tells it: what, whose, from when, with which effect."""

    person: str
    title: str  # msgid
    effect: str  # msgid
    since: date
    at: datetime
    by_name: str
    reason: str
    is_good: bool


def history_lines(
    changes: Iterable[StatusChange], names: Mapping[int, str]
) -> tuple[HistoryLine, ...]:
    """Return the changes in words; `names` tells whose they are, by member id."""
    return tuple(
        HistoryLine(
            person=names.get(c.member_id, ""),
            title=EVENTS.get(c.event, c.event),
            effect=EVENT_EFFECTS.get(c.event, EFFECTS[Status(c.status)]),
            since=c.since,
            at=c.at,
            by_name=c.by_name,
            reason=c.reason,
            is_good=c.event in EVENT_EFFECTS or Status(c.status) is Status.ACTIVE,
        )
        for c in changes
    )


RECORDED = "tercatat"  # in the address of a family's page, after an act on the family


@dataclass(frozen=True, slots=True)
class Recorded:
    """What somebody's last act on a family wrote down: of whom, what, from when."""

    persons: tuple[str, ...]  # none for a change of the whole family
    title: str  # msgid
    since: date
    at: datetime


def recorded_by(
    account_id: int, names: Mapping[int, str], changes: Iterable[StatusChange],
    together: Iterable[FamilyChange], moved: Iterable[PrimaryChange],
) -> Recorded | None:  # fmt: skip
    """Return what this account's last act changed, or None; all that one act writes has one time."""
    lines: list[tuple[StatusChange | FamilyChange | PrimaryChange, str, str]] = [
        *((c, EVENTS.get(c.event, c.event), names.get(c.member_id, "")) for c in changes),
        *((c, N_("Pindah kelas rawat"), "") for c in together if c.kind == "care_class"),
        *((c, N_("Pindah faskes"), names.get(c.member_id, "")) for c in moved),
    ]
    own = [line for line in lines if line[0].by_account == account_id]
    if not own:
        return None
    last, title, _ = max(own, key=lambda line: line[0].at)
    persons = [name for c, words, name in own if name and (c.at, words) == (last.at, title)]
    return Recorded(tuple(persons), title, last.since, last.at)


# What this app cannot do for a family, and where it is done instead (msgids).
ELSEWHERE = (
    (
        N_("Pindah kerja, berhenti kerja, atau pindah segmen"),
        N_("Pemberi kerja melapor. Jika mandiri: kantor cabang atau WhatsApp 08118165165."),
    ),
    (
        N_("Anggota keluarga meninggal"),
        N_("Kantor cabang atau WhatsApp 08118165165. Bawa surat kematian."),
    ),
    (
        N_("Tinggal di luar negeri lebih dari 6 bulan, atau pulang"),
        N_("Kantor cabang. Bawa paspor."),
    ),
    (N_("Masuk atau kembali ke daftar PBI"), N_("Kelurahan atau dinas sosial.")),
    (
        N_("Anak pekerja berusia 21 tahun masih kuliah, atau difabel"),
        N_("Kantor cabang. Bawa surat kuliah atau surat dokter."),
    ),
    (
        N_("Usia lanjut dan kartu berhenti"),
        N_("Kantor cabang. Bawa KTP, atau minta keluarga mengantarnya."),
    ),
    (N_("Satu orang punya dua kartu"), N_("Kantor cabang, atau telepon 165.")),
    (
        N_("Menikah, atau pindah ke Kartu Keluarga lain"),
        N_("Kantor cabang. Bawa Kartu Keluarga baru."),
    ),
)
# What staff call the figures of membership.
FIGURES = {
    "child_age": N_("Batas usia anak pekerja (tahun)"),
    "child_age_student": N_("Batas usia anak pekerja yang kuliah (tahun)"),
    "class_wait_months": N_("Lama di satu kelas sebelum boleh pindah (bulan)"),
    "correction_hours": N_("Jawaban atas perbaikan data (jam)"),
    "elder_age": N_("Usia yang perlu dipastikan kantor cabang (tahun)"),
    "layoff_care_class": N_("Kelas rawat selama jaminan setelah PHK"),
    "layoff_guarantee_months": N_("Jaminan setelah PHK (bulan)"),
    "move_wait_days": N_("Masa tunggu pindah segmen (hari)"),
    "newborn_cap_months": N_("Iuran bayi yang terlambat, paling banyak (bulan)"),
    "newborn_days": N_("Pendaftaran bayi tepat waktu (hari)"),
    "newborn_nik_months": N_("Waktu melengkapi NIK bayi (bulan)"),
    "primary_wait_months": N_("Lama di satu faskes sebelum boleh pindah (bulan)"),
    "study_proof_months": N_("Surat kuliah berlaku paling lama (bulan)"),
    "worker_children": N_("Anak pekerja yang ditanggung"),
}
