"""Words for lines of statements, on pages and in exports."""

from __future__ import annotations

from jkn.core.words import N_
from jkn.reconciliation.rules import Reason, Status

STATUSES = {
    Status.NEW: ("", N_("Belum dilihat")),
    Status.MATCHED: ("ok", N_("Cocok")),
    Status.EXPLAINED: ("ok", N_("Dijelaskan")),
    Status.SUSPENSE: ("warn", N_("Belum dikenal")),
}
REASONS = {
    Reason.REFERENCE: N_("Nomor referensi dan jumlah sama"),
    Reason.ACCOUNT: N_("Nomor virtual account, jumlah, dan hari cocok"),
    Reason.ASSIGNED: N_("Diberikan ke keluarga oleh dua petugas"),
    Reason.BANK_FEE: N_("Biaya bank"),
    Reason.INTEREST: N_("Bunga bank"),
    Reason.TAX: N_("Pajak bunga"),
    Reason.OWN_TRANSFER: N_("Pindah antarrekening sendiri"),
    Reason.OTHER: N_("Lain, dengan penjelasan"),
    Reason.REVERSED: N_("Masuk lalu ditarik lagi oleh bank"),
    Reason.ZERO: N_("Nol, tidak ada uang"),
    Reason.FRACTION: N_("Pecahan rupiah; iuran selalu rupiah bulat"),
    Reason.DUPLICATE: N_("Referensi ini sudah dipakai pembayaran lain"),
    Reason.AMOUNT_DIFFERS: N_("Jumlah berbeda dari pembayaran kami"),
    Reason.NO_PAYMENT: N_("Nomor dikenal, tetapi bank tidak memberi tahu pembayaran"),
    Reason.UNKNOWN_ACCOUNT: N_("Nomor virtual account tidak dikenal"),
    Reason.NO_REFERENCE: N_("Tanpa nomor yang dikenal"),
    Reason.TAKEN_BACK: N_("Bank menarik lagi uang yang sudah membayar"),
    Reason.UNKNOWN_DEBIT: N_("Uang keluar yang belum dijelaskan"),
}
HEADS = (
    N_("Bank"), N_("Rekening"), N_("Tanggal"), N_("Keluar"), N_("Masuk"), N_("Referensi"),
    N_("Virtual account"), N_("Keterangan"), N_("Status"), N_("Alasan"), N_("Sejak"),
    N_("Penjelasan"), N_("Sen"),
)  # fmt: skip


def status_words(status: str) -> tuple[str, str]:
    """Return the kind of tag and the words (a msgid) of a line's status."""
    return STATUSES[Status(status)]


def reason_words(reason: str) -> str:
    """Return the words (a msgid) of a line's reason, "" where it has none yet."""
    return REASONS[Reason(reason)] if reason else ""


# What staff call the figures of reconciliation.
FIGURES = {
    "match_days": N_("Selisih hari yang masih dicocokkan"),
    "outstanding_days": N_("Hari sebelum pembayaran dicari di rekening koran"),
}
