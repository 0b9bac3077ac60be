"""The hospitals' door to lists of codes: VClaim referensi. Wire names stay in this file.

Answers are sealed; lists stand under a name, mostly `list`. Fields: docs/reference/vclaim.md.
"""

from __future__ import annotations

from collections.abc import Iterable

from jkn.facility import data, wire
from jkn.facility.queries import clinics as all_clinics
from jkn.facility.references import doctors_in, doctors_of, facilities_by
from jkn.facility.rules import PRIMARY, REFERRAL
from jkn.gate.bpjs import VCLAIM, SignedCall, declined, xcons

_KINDS = {1: PRIMARY, 2: REFERRAL}


@xcons(VCLAIM)
def clinics(call: SignedCall, keyword: str) -> object:
    """Tell clinics by code or name, that of the code first (VClaim)."""
    wanted = wire.keyword(keyword).casefold()
    by_code = [c for c in all_clinics() if wanted == c[0].casefold()]
    return _told("poli", by_code + [c for c in all_clinics() if wanted in c[1].casefold()])


@xcons(VCLAIM)
def facilities(call: SignedCall, keyword: str, kind: str) -> object:
    """Tell facilities of a level (1 FKTP, 2 FKRTL) by code or name (VClaim)."""
    wanted, level = wire.keyword(keyword), wire.number("jenis", kind, most=2)
    return _told("faskes", facilities_by(wanted, kinds=_KINDS[level]))


@xcons(VCLAIM)
def attending(call: SignedCall, kind: str, day: str, clinic: str) -> object:
    """Tell a hospital its own doctors of a clinic on a day (VClaim)."""
    wire.number("pelayanan", kind, most=2)
    found = doctors_in(wire.own(call), clinic=wire.code("Spesialis", clinic), day=wire.day(day))
    return _told("list", ((str(number), name) for number, name in found))


@xcons(VCLAIM)
def doctors(call: SignedCall, keyword: str) -> object:
    """Tell a hospital its own doctors by name (VClaim)."""
    wanted = wire.keyword(keyword).casefold()
    return _told("list", (
        (str(number), name) for number, name in doctors_of(wire.own(call))
        if wanted in name.casefold()
    ))  # fmt: skip


@xcons(VCLAIM)
def provinces(call: SignedCall) -> object:
    """Tell the provinces that we know (VClaim)."""
    return _told("list", data.provinces().items())


@xcons(VCLAIM)
def regencies(call: SignedCall, province: str) -> object:
    """Tell the kota and kabupaten of a province (VClaim)."""
    known = province in data.provinces()
    found = [r for r in data.regencies().items() if known and r[0].startswith(province)]
    return _told("list", found)


@xcons(VCLAIM)
def districts(call: SignedCall, regency: str) -> object:
    """Tell the kecamatan of a kota or kabupaten (VClaim)."""
    codes = [(area.code.replace(".", ""), area.name) for area in data.districts()]
    known = regency in data.regencies()
    return _told("list", [d for d in codes if known and d[0].startswith(regency)])


@xcons(VCLAIM)
def room_classes(call: SignedCall) -> object:
    """Tell the classes of care in hospital (VClaim)."""
    return _told("list", data.vclaim_codes("kelasrawat"))


@xcons(VCLAIM)
def ways_out(call: SignedCall) -> object:
    """Tell how a stay in hospital can end (VClaim)."""
    return _told("list", data.vclaim_codes("carakeluar"))


def _told(name: str, found: Iterable[tuple[str, str]]) -> dict[str, object]:
    rows = [{"kode": code, "nama": called} for code, called in found]
    if not rows:
        raise declined("reference.none", "Data tidak ditemukan")
    return {name: rows}
