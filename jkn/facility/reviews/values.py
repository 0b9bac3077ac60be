"""Words for the values of reviews (msgids)."""

from __future__ import annotations

from jkn.core.words import N_
from jkn.facility.reviews.rules import Aspect, State, Verdict

ASPECTS = {
    Aspect.WAITING: N_("Waktu tunggu"),
    Aspect.STAFF: N_("Sikap petugas"),
    Aspect.CLARITY: N_("Kejelasan penjelasan"),
    Aspect.CLEANLINESS: N_("Kebersihan"),
}
KINDS = {
    "contact": N_("Ada nama, nomor, atau data orang"),
    "insult": N_("Menghina atau mengancam"),
    "false": N_("Tidak benar"),
    "other": N_("Lainnya"),
}
VERDICTS = {
    Verdict.HIDE: N_("Sembunyikan ulasan"),
    Verdict.KEEP: N_("Biarkan tampil"),
    Verdict.RESTORE: N_("Tampilkan lagi"),
}
STATES = {State.SHOWN: ("ok", N_("Tampil")), State.HIDDEN: ("bad", N_("Disembunyikan"))}
