"""Every page there is, for each kind of person: `test_looks` fails where one is missing."""

from __future__ import annotations

SIGNED_OUT_PAGES = (
    "/", "/masuk/", "/masuk/kunci/", "/daftar/", "/lupa/", "/pengaturan/", "/luring/",
)  # fmt: skip
MEMBER_PAGES = (
    "/", "/kartu/", "/iuran/", "/iuran/bayar/", "/iuran/bayar/bca/", "/iuran/riwayat/",
    "/pemberitahuan/", "/pengaturan/", "/pengaturan/akses/", "/pengaturan/perangkat/",
    "/pengaturan/token/", "/pengaturan/masuk/", "/pengaturan/masuk/sandi/",
    "/pengaturan/masuk/hp/", "/pengaturan/masuk/email/", "/pengaturan/masuk/kunci/",
    "/pengaturan/masuk/autentikator/", "/pengaturan/masuk/pemulihan/", "/pengaturan/bukti/",
    "/keluar/",
)  # fmt: skip
STAFF_PAGES = ("/petugas/", "/petugas/peserta/", "/pengaturan/", "/pengaturan/masuk/", "/keluar/")
# Reached by a link on a page above, with a number in it.
NUMBERED = {
    "/kartu/<int:id>/": ("/kartu/", "/kartu/"),
    "/iuran/riwayat/<int:id>/": ("/iuran/riwayat/", "/iuran/riwayat/"),
}
# Steps of a journey, and answers that are no page: other tests open them.
ELSEWHERE = {
    "/keluarga/",  # leads to /kartu/
    "/iuran/bayar/<slug:bank>/",
    "/iuran/riwayat/<int:id>/kuitansi.pdf",
    "/daftar/kode/", "/daftar/akun/", "/daftar/keluarga/", "/daftar/keluarga/pilih/",
    "/masuk/kode/", "/masuk/pilih/", "/masuk/kedua/", "/lupa/sandi/",
    "/pengaturan/masuk/kontak/kode/", "/pengaturan/masuk/kunci/<int:passkey_id>/",
    "/pengaturan/masuk/autentikator/hapus/", "/pengaturan/bukti/kode/",
    "/healthz", "/readyz", "/sw.js", "/manifest.webmanifest", "/api/v1/openapi.json",
}  # fmt: skip
