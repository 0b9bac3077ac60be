"""Words and figures of membership for pages and programs: cards, statuses, what differs."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date

from jkn.core.words import N_
from jkn.membership.rules import Relation, Status

TITLES = {
    Status.CANDIDATE: ("warn", N_("Menunggu iuran pertama")),
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
    Status.REGISTRATION_LAPSED: N_("Minta nomor pembayaran baru di halaman Iuran."),
    Status.ACTIVE: N_("Tunjukkan kode ini atau KTP di loket."),
    Status.SUSPENDED_ARREARS: N_("Bayar tunggakan dan iuran bulan ini. Kartu langsung aktif."),
    Status.REMOVED_PBI: N_("Tanyakan ke kelurahan atau dinas sosial, atau telepon 165."),
    Status.LAYOFF_ENDED: N_("Daftar sebagai peserta mandiri, atau telepon 165."),
    Status.ABROAD: N_("Lapor ke kantor cabang saat Anda kembali."),
    Status.OVER_AGE: N_("Masih kuliah? Bawa surat kuliah ke kantor cabang, atau telepon 165."),
    Status.DUPLICATE: N_("Telepon 165 untuk menggabungkan data."),
    Status.DECEASED: N_("Telepon 165 bila data ini salah."),
    Status.MOVED_SEGMENT: N_("Lihat kartu pada keluarga yang baru."),
    Status.DATA_HOLD: N_("Bawa KK dan KTP ke kantor cabang, atau telepon 165."),
}
RELATIONS = {
    Relation.HEAD: N_("Kepala keluarga"),
    Relation.SPOUSE: N_("Suami atau istri"),
    Relation.CHILD: N_("Anak"),
    Relation.PARENT: N_("Orang tua"),
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


def status_words(status: Status) -> tuple[str, str, str]:
    """Return a status as tag kind, title and what to do next (msgids)."""
    kind, title = TITLES[status]
    return kind, title, ADVICE[status]


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
    "membership.reissued": N_("Meminta nomor pembayaran baru"),
    "contribution.paid": N_("Mencatat pembayaran"),
    "contribution.credit_used": N_("Membayar iuran dari titipan"),
    "contribution.ahead": N_("Memilih bayar di muka"),
    "contribution.va_looked": N_("Melihat tagihan lewat nomor virtual account"),
    "instalments.registered": N_("Mendaftarkan cicilan"),
    "instalments.completed": N_("Melunasi cicilan"),
    "instalments.missed": N_("Mengakhiri cicilan yang terlewat"),
    "instalments.stopped": N_("Menghentikan cicilan"),
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
}
