"""How accounts are put into words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from jkn.account.models import Account
from jkn.account.queries import CodeState
from jkn.account.rules import CODE_SECONDS, Channel, first_name
from jkn.core.words import N_


def code_text(digits: str) -> str:
    """Return the message that carries a code; in Indonesian, since nobody has chosen yet."""
    minutes = CODE_SECONDS // 60
    return (
        f"Kode jkn Anda {digits}. Berlaku {minutes} menit. "
        "Jangan beri tahu siapa pun, juga petugas."
    )


_CHANNELS = {
    Channel.WHATSAPP: N_("WhatsApp"), Channel.SMS: N_("SMS"), Channel.EMAIL: N_("e-mail")
}  # fmt: skip
_QUEUED = {
    Channel.WHATSAPP: N_("Kami mengirim kode lewat WhatsApp."),
    Channel.SMS: N_("WhatsApp belum menjawab, kami coba SMS."),
    Channel.EMAIL: N_("SMS belum menjawab, kami coba e-mail."),
}


@dataclass(frozen=True, slots=True)
class CodeWords:
    """What a person reads while a code is on its way: never whether we know them."""

    text: str
    is_sent: bool
    is_failed: bool


def code_words(state: CodeState | None) -> CodeWords:
    """Return the words for a code, the same for decoys."""
    if state is None or not state.is_live:
        return CodeWords(gettext(N_("Kode ini sudah berakhir. Minta kode baru.")), False, True)
    if state.state == "failed":
        return CodeWords(
            gettext(N_("Pengirim pesan belum menjawab. Bukan kesalahan Anda. Coba kirim ulang.")),
            False, True,
        )  # fmt: skip
    if state.state == "sent":
        text = gettext(N_("Kode dikirim lewat {channel}, bila nomor atau e-mail Anda terdaftar."))
        return CodeWords(text.format(channel=gettext(_CHANNELS[state.channel])), True, False)
    if state.state == "trying":
        return CodeWords(gettext(_QUEUED[state.channel]), False, False)
    text = gettext(N_("Kami mengirim kode lewat {channel}."))
    return CodeWords(text.format(channel=gettext(_CHANNELS[state.channel])), False, False)


@dataclass(frozen=True, slots=True)
class PersonWords:
    """One person to choose on a shared number: the first name and no more."""

    id: int
    name: str


def people_words(people: list[Account]) -> list[PersonWords]:
    """Return the people by first name; namesakes also show the first letter of the next name."""
    firsts = [first_name(p.name) for p in people]
    return [
        PersonWords(p.id, _with_letter(p.name) if firsts.count(f) > 1 else f)
        for p, f in zip(people, firsts, strict=True)
    ]


def _with_letter(name: str) -> str:
    first, _, rest = name.partition(" ")
    return f"{first} {rest[:1]}." if rest else first


_SAVED = {
    "sandi": N_("Kata sandi baru berlaku sekarang."),
    "kontak": N_("Kontak baru berlaku sekarang."),
    "tunggu": N_("Kontak baru berlaku sesudah masa tunggu. Kontak lama sudah kami beri tahu."),
    "batal": N_("Perubahan dibatalkan. Kontak lama tetap berlaku."),
    "kunci": N_("Kunci ponsel sudah terpasang."),
    "nama": N_("Nama kunci sudah diganti."),
    "hapus": N_("Sudah dihapus."),
    "keluar": N_("Perangkat itu sudah dikeluarkan."),
    "token": N_("Token ini sudah dibuat. Teksnya hanya tampil sekali."),
    "dicabut": N_("Token itu tidak berlaku lagi."),
}


def saved_words(mark: str) -> str:
    """Return what is now true after an act, by the mark in the address; else nothing."""
    return gettext(_SAVED[mark]) if mark in _SAVED else ""
