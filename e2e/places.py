"""Every page there is, for each kind of person: `test_looks` fails where one is missing."""

from __future__ import annotations

SIGNED_OUT_PAGES = (
    "/", "/masuk/", "/masuk/kunci/", "/daftar/", "/lupa/", "/pengaturan/", "/luring/", "/luring/kirim/",
    "/faskes/", "/faskes/dekat/", "/faskes/?kind=puskesmas&village=32.75.08.1003",
    "/faskes/3275R002/", "/faskes/3275P002/", "/faskes/3275P002/ulasan/", "/faskes/luring/",
    "/faskes/peta/?kind=puskesmas&village=32.75.08.1003",
)  # fmt: skip
MEMBER_PAGES = (
    "/", "/kartu/", "/iuran/", "/iuran/bayar/", "/iuran/bayar/bca/", "/iuran/riwayat/",
    "/iuran/pemberi-kerja/",
    "/pemberitahuan/", "/pengaturan/", "/pengaturan/akses/", "/pengaturan/perangkat/",
    "/pengaturan/token/", "/pengaturan/masuk/", "/pengaturan/masuk/sandi/",
    "/pengaturan/masuk/hp/", "/pengaturan/masuk/email/", "/pengaturan/masuk/kunci/",
    "/pengaturan/masuk/autentikator/", "/pengaturan/masuk/pemulihan/", "/pengaturan/bukti/",
    "/keluar/", "/keluarga/", "/keluarga/tambahan/", "/keluarga/kelas/", "/keluarga/bayi/",
    "/iuran/cicilan/",
    "/iuran/di-muka/", "/iuran/keluarga-lain/", "/iuran/denda/", "/iuran/riwayat/bulan/",
    "/iuran/lama/", "/iuran/otomatis/",
    "/iuran/pengembalian/", "/faskes/3275P002/ulasan/tulis/",
)  # fmt: skip
STAFF_PAGES = (
    "/petugas/", "/petugas/peserta/", "/petugas/ulasan/", "/pengaturan/", "/pengaturan/masuk/",
    "/keluar/",
    "/petugas/faskes/", "/petugas/faskes/profil/", "/petugas/faskes/jadwal/",
    "/petugas/faskes/jadwal/tambah/", "/petugas/faskes/jadwal/cuti/",
)  # fmt: skip
BRANCH_PAGES = (
    "/petugas/", "/petugas/angka/",
    "/petugas/kepesertaan/", "/petugas/kepesertaan/perbaikan/", "/petugas/keuangan/",
    "/petugas/keuangan/pengembalian/", "/petugas/keuangan/jurnal/", "/petugas/keuangan/neraca/",
    "/petugas/keuangan/rekonsiliasi/", "/petugas/badan-usaha/", "/petugas/pemutihan/",
    "/petugas/ulasan/", "/petugas/faskes/", "/petugas/faskes/3275R001/",
)  # fmt: skip
# Reached by links from a family that the branch opened: `test_looks` follows every one of them.
DESK = "/petugas/kepesertaan/<int:family_id>/"
DESK_PAGES = (
    DESK, f"{DESK}kelas/", f"{DESK}pindah/", f"{DESK}bayi/", f"{DESK}<int:member_id>/",
    f"{DESK}<int:member_id>/<slug:name>/", f"{DESK}<int:member_id>/faskes/",
)  # fmt: skip
# Reached by a link on a page above, with a number in it.
NUMBERED = {
    "/kartu/<int:id>/": ("/kartu/", "/kartu/"),
    "/iuran/riwayat/<int:id>/": ("/iuran/riwayat/", "/iuran/riwayat/"),
    "/keluarga/data/<int:member_id>/": ("/keluarga/", "/keluarga/data/"),
    "/keluarga/faskes/<int:member_id>/": ("/keluarga/", "/keluarga/faskes/"),
}
# Opened by test_employer.py, with who acts for the employer.
EMPLOYER_PAGES = (
    "/perusahaan/", "/perusahaan/pekerja/", "/perusahaan/pekerja/tambah/",
    "/perusahaan/pekerja/unggah/", "/perusahaan/tagihan/", "/perusahaan/riwayat/",
)  # fmt: skip
# Steps of a journey, and answers that are no page: other tests open them.
ELSEWHERE = {
    *EMPLOYER_PAGES,
    "/perusahaan/pekerja/<int:id>/", "/perusahaan/pekerja/<int:id>/upah/",
    "/perusahaan/pekerja/<int:id>/berhenti/", "/perusahaan/pekerja/unggah/<int:id>/",
    "/perusahaan/pekerja/contoh.csv", "/perusahaan/tagihan/<int:id>/",
    "/perusahaan/tahun/<int:year>/", "/perusahaan/tahun/<int:year>.pdf",
    "/perusahaan/riwayat/<int:id>/", "/perusahaan/riwayat/<int:id>/kuitansi.pdf",
    "/petugas/badan-usaha/<slug:number>/", "/petugas/pemutihan/<int:batch_id>/",
    "/iuran/bayar/<slug:bank>/",
    "/iuran/riwayat/<int:id>/kuitansi.pdf", "/iuran/riwayat/tahun/<int:year>.pdf",
    f"{DESK}perbaikan/<int:correction_id>/",
    f"{DESK}orang-tua/",  # for a worker's family; membership/tests/test_relatives.py
    "/petugas/keuangan/pengembalian/<int:family_id>/",
    "/petugas/keuangan/pengembalian/<int:family_id>/<int:refund_id>/",
    "/petugas/keuangan/jurnal/<int:family_id>/<int:journal_id>/", "/petugas/keuangan/jurnal/unduh.csv",
    "/daftar/kode/", "/daftar/akun/", "/daftar/keluarga/", "/daftar/keluarga/pilih/",
    "/masuk/kode/", "/masuk/pilih/", "/masuk/kedua/", "/lupa/sandi/",
    "/pengaturan/masuk/kontak/kode/", "/pengaturan/masuk/kunci/<int:passkey_id>/",
    "/pengaturan/masuk/autentikator/hapus/", "/pengaturan/bukti/kode/",
    # The branch's; test_reconcile opens them.
    "/petugas/keuangan/rekonsiliasi/baris/",
    "/petugas/keuangan/rekonsiliasi/baris/<int:line_id>/",
    "/petugas/keuangan/rekonsiliasi/baris/<int:line_id>/berikan/",
    "/petugas/keuangan/rekonsiliasi/baris/<int:line_id>/jelaskan/",
    "/petugas/keuangan/rekonsiliasi/baris/<int:line_id>/putuskan/<int:assignment_id>/",
    "/petugas/keuangan/rekonsiliasi/belum-ada/", "/petugas/keuangan/rekonsiliasi/unduh/",
    "/faskes/<slug:code>/",
    "/faskes/<slug:code>/ulasan/", "/faskes/<slug:code>/ulasan/tulis/",
    "/faskes/<slug:code>/ulasan/<int:review_id>/lapor/", "/petugas/ulasan/<int:review_id>/",
    "/petugas/ulasan/<slug:code>/<int:review_id>/", "/petugas/faskes/<slug:code>/",
    # Rina's facility has no schedule and no beds; facility/tests/test_own_*.py open them.
    "/petugas/faskes/jadwal/<int:session_id>/", "/petugas/faskes/jadwal/<int:session_id>/akhiri/",
    "/petugas/faskes/jadwal/cuti/<int:leave_id>/", "/petugas/faskes/tempat-tidur/",
    "/petugas/faskes/tempat-tidur/tambah/", "/petugas/faskes/tempat-tidur/<int:bed_id>/",
    "/petugas/faskes/tempat-tidur/<int:bed_id>/hapus/",
    "/faskes/peta/",
    "/healthz", "/readyz", "/sw.js", "/manifest.webmanifest", "/api/v1/openapi.json",
}  # fmt: skip
