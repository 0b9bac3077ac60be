"""Bases of figures that are our own words. Names of laws are Indonesian and stay so.

Rows of figures carry their basis as data (migrations); what is not listed here is shown as it is.
"""

from __future__ import annotations

from jkn.core.words import N_

IN_WORDS = frozenset(
    (
        N_("Autodebit menurut sumber umum; pasalnya belum diperiksa"),
        N_("Belum diperiksa: Perpres 82/2018"),
        N_("Belum diperiksa: UMK Kota Bekasi 2025"),
        N_("Belum diperiksa: UMK sebelum 2025 tidak dimuat"),
        N_("Belum diperiksa: pindah segmen tanpa masa tunggu"),
        N_("Belum diperiksa: surat kuliah tiap tahun"),
        N_("Belum diperiksa: verifikasi peserta berusia di atas 90 tahun"),
        N_("Demo: tanpa masa tunggu, bukan peraturan"),
        N_(
            "Katalog Antrean RS dalam salinan publik;"
            " kiriman lewat 20.00 ikut hari berikutnya (tafsir)"
        ),
        N_("Kata di rekening koran; belum diperiksa pada tiap bank"),
        N_("Keputusan layanan ini; belum ada sumber"),
        N_("New REHAB 2.0 menurut sumber umum; pasalnya belum diperiksa"),
        N_("New REHAB menurut sumber umum; pasalnya belum diperiksa"),
        N_("Panduan layanan peserta BPJS Kesehatan"),
        N_("PenghapusanTunggakan: rencana pemerintah, belum ada peraturan"),
        N_("Perpres 64/2020 pasal 34 (belum diperiksa)"),
        N_("Perpres 82/2018 (pasal belum diperiksa)"),
        N_("Perpres 82/2018 pasal 51 menurut sumber kedua"),
        N_("Rasio 1 dokter : 5.000 peserta (belum diperiksa); jumlah dokter belum diketahui"),
        N_("Standar layanan kami, belum diperiksa"),
        N_("Standar layanan kami, bukan peraturan"),
    )
)
