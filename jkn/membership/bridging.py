"""The hospitals' door to membership: VClaim Peserta, by card and by NIK.

Wire names stay in this file. The status is that of the day of service, by the same rule as the
member's card; every read is shown to the member. Fields: docs/reference/vclaim.md.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from jkn.core.clock import today
from jkn.core.errors import NotFound
from jkn.facility.queries import facility_name
from jkn.gate.bpjs import VCLAIM, SignedCall, XconsRefused, declined, xcons
from jkn.membership.checks import Checked, check_eligibility
from jkn.membership.presenters import age_words
from jkn.membership.rules import Relation, Segment, Status

# Further from today nothing true can be said. A referral letter lives 90 days, so days of service
# lie within that. A setting of the service, not law.
_DAYS_EITHER_WAY = timedelta(days=90)
_NO_LAST_DAY = "9999-12-31"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

# Codes that public copies of real answers show: 0 and 9; 21, 14, 13. The others are ours. No text
# but these two holds the word AKTIF: there are clients that look for it anywhere.
_STATUS = {
    Status.ACTIVE: ("0", "AKTIF"),
    Status.SUSPENDED_ARREARS: ("9", "NON AKTIF KARNA PREMI"),
    Status.CANDIDATE: ("1", "BELUM BAYAR IURAN PERTAMA"),
    Status.REGISTRATION_LAPSED: ("2", "PENDAFTARAN HANGUS"),
    Status.REMOVED_PBI: ("3", "TIDAK LAGI DALAM DAFTAR PBI"),
    Status.LAYOFF_ENDED: ("4", "JAMINAN PHK BERAKHIR"),
    Status.ABROAD: ("5", "DI LUAR NEGERI"),
    Status.OVER_AGE: ("6", "MELEWATI BATAS USIA"),
    Status.DUPLICATE: ("7", "DATA GANDA"),
    Status.DECEASED: ("8", "MENINGGAL DUNIA"),
    Status.MOVED_SEGMENT: ("10", "PINDAH SEGMEN"),
    Status.DATA_HOLD: ("11", "DATA PERLU DIPERIKSA"),
    Status.WAITING_PLACE: ("12", "BELUM DITANGGUNG"),
}
_KIND = {
    Segment.PBI_NATIONAL: ("21", "PBI (APBN)"),
    Segment.PBI_REGIONAL: ("22", "PBI (APBD)"),
    Segment.WORKER: ("13", "PEGAWAI SWASTA"),
    Segment.SELF_PAYING: ("14", "PEKERJA MANDIRI"),
    Segment.NOT_WORKING: ("15", "BUKAN PEKERJA"),
}
_CLASSES = {"1": "KELAS I", "2": "KELAS II", "3": "KELAS III"}
_NOBODY = "Peserta Tidak Ditemukan"


@xcons(VCLAIM)
def by_card(call: SignedCall, card: str, day: str) -> object:
    """Tell a hospital how a member stands on the day of service, by card number (VClaim)."""
    if not _is_number(card, digits=13):
        raise declined("card", "Nomor kartu harus 13 angka")
    return _answer(call, "card", card, day)


@xcons(VCLAIM)
def by_nik(call: SignedCall, nik: str, day: str) -> object:
    """Tell a hospital how a member stands on the day of service, by NIK (VClaim)."""
    if not _is_number(nik, digits=16):
        raise declined("nik", "NIK harus 16 angka")
    return _answer(call, "nik", nik, day)


@xcons(VCLAIM, methods=("GET", "POST", "PUT", "DELETE"))
def unknown(call: SignedCall) -> object:
    """Say in VClaim's envelope that there is no such service."""
    raise XconsRefused(404, 404, "address", "URL tidak ditemukan")


def _answer(call: SignedCall, kind: str, number: str, day: str) -> object:
    on = _day_of_service(day)
    try:
        checked = check_eligibility(actor=call.actor, kind=kind, number=number, on=on)
    except NotFound:
        raise declined("nobody", _NOBODY) from None
    return {"peserta": _participant(checked)}


def _is_number(text: str, *, digits: int) -> bool:
    return len(text) == digits and text.isascii() and text.isdigit()


def _day_of_service(text: str) -> date:
    try:
        day = date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise declined("day.format", "Tanggal SEP harus yyyy-MM-dd") from None
    if abs(day - today()) > _DAYS_EITHER_WAY:
        raise declined("day.far", f"Tanggal SEP paling jauh {_DAYS_EITHER_WAY.days} hari")
    return day


def _participant(checked: Checked) -> dict[str, object]:
    member, family = checked.member, checked.family
    return {
        # Neither another insurer nor the hospital's own record number is known to us; a phone
        # number is not needed to know whether somebody is covered.
        "cob": dict.fromkeys(("nmAsuransi", "noAsuransi", "tglTAT", "tglTMT")),
        "mr": dict.fromkeys(("noMR", "noTelepon")),
        "informasi": dict.fromkeys(("dinsos", "noSKTM", "prolanisPRB", "eSEP")),
        "hakKelas": {
            "kode": family.care_class,
            "keterangan": _CLASSES.get(family.care_class, family.care_class),
        },
        "jenisPeserta": _pair(_KIND[family.segment]),
        "statusPeserta": _pair(_STATUS[member.status]),
        "provUmum": {
            "kdProvider": member.facility_id, "nmProvider": facility_name(member.facility_id),
        },
        "nama": member.name,
        "nik": member.nik,
        "noKartu": member.card,
        "pisa": _pisa(member.relation, member.sex),
        "sex": "P" if member.sex == "f" else "L",
        "tglLahir": member.birth_date.isoformat(),
        "tglCetakKartu": member.since.isoformat(),
        "tglTMT": member.since.isoformat(),
        "tglTAT": _NO_LAST_DAY,
        "umur": {
            "umurSekarang": age_words(member.birth_date, on=today()),
            "umurSaatPelayanan": age_words(member.birth_date, on=checked.on),
        },
    }  # fmt: skip


def _pair(code_and_words: tuple[str, str]) -> dict[str, str]:
    code, words = code_and_words
    return {"kode": code, "keterangan": words}


def _pisa(relation: Relation, sex: str) -> str:
    """Return the place in the family: peserta 1, suami 2, istri 3, anak 4, tambahan 5."""
    if relation is Relation.SPOUSE:
        return "3" if sex == "f" else "2"
    return {Relation.HEAD: "1", Relation.CHILD: "4"}.get(relation, "5")
