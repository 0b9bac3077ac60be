"""VClaim referensi: lists of codes for hospitals' programs; a hospital's doctors are its own."""

from __future__ import annotations

from datetime import date, time

import pytest

from jkn.core.actor import SYSTEM
from jkn.facility.actions import Slot, set_sessions
from jkn.facility.models import Facility
from jkn.facility.rules import PRIMARY
from jkn.gate.tests.hospital import FACILITY, Hospital, a_hospital

pytestmark = pytest.mark.django_db
DOCTORS = "dokter/pelayanan/2/tglPelayanan/2026-11-22/Spesialis/INT"


@pytest.fixture
def hospital():
    for facility_id, number, name in (
        (FACILITY, 501, "dr. Contoh Satu"), ("3275R002", 777, "dr. Contoh Dua"),
    ):  # fmt: skip
        set_sessions(
            actor=SYSTEM, facility_id=facility_id, number=number, name=name, clinic="INT",
            slots=[Slot(4, time(8), time(12), 30)], since=date(2026, 1, 1), on=date(2026, 11, 22),
        )  # fmt: skip
    return Hospital(a_hospital())


def head(hospital, path, **over):
    return hospital.get(f"referensi/{path}", **over).json()["metaData"]


def rows(hospital, path, name="list"):
    answer = hospital.get(f"referensi/{path}")
    assert answer.json()["metaData"] == {"code": "200", "message": "OK"}
    return hospital.read(answer)[name]


def test_clinics_by_code_and_name(hospital):
    inner = {"kode": "INT", "nama": "Penyakit Dalam"}
    assert rows(hospital, "poli/int", "poli")[0] == inner
    assert inner in rows(hospital, "POLI/dalam/", "poli")


def test_facilities_of_a_level_by_code_and_name(hospital):
    def codes(path):
        return {row["kode"] for row in rows(hospital, path, "faskes")}

    primary = set(
        Facility.objects.filter(kind__in=[k.value for k in PRIMARY]).values_list("code", flat=True)
    )
    assert "3275P002" in codes("faskes/puskesmas jati makmur/1")
    assert codes("faskes/jati/1") <= primary
    assert not codes("faskes/hermina/2") & primary
    assert codes(f"faskes/{FACILITY.lower()}/2") == {FACILITY}
    assert head(hospital, f"faskes/{FACILITY}/1")["code"] == "201"
    assert rows(hospital, "faskes/hermena bekasi/2", "faskes")[0]["nama"] == "RS Hermina Bekasi"


def test_a_hospitals_doctors_are_its_own(hospital):
    own = [{"kode": "501", "nama": "dr. Contoh Satu"}]
    assert rows(hospital, DOCTORS) == own
    assert rows(hospital, "dokter/CONTOH") == own
    assert head(hospital, "dokter/dua")["code"] == "201"
    assert head(hospital, DOCTORS.replace("2026-11-22", "2025-11-22"))["code"] == "201"
    nobody = Hospital(a_hospital(facility_id=""))
    assert head(nobody, DOCTORS)["code"] == "201"
    assert head(nobody, "dokter/contoh")["code"] == "201"


def test_areas_and_fixed_lists(hospital):
    assert rows(hospital, "propinsi") == [{"kode": "32", "nama": "Jawa Barat"}]
    assert rows(hospital, "kabupaten/propinsi/32") == [{"kode": "3275", "nama": "Kota Bekasi"}]
    assert len(rows(hospital, "kecamatan/kabupaten/3275")) == 12
    assert rows(hospital, "kelasrawat")[2] == {"kode": "3", "nama": "Kelas 1"}
    assert [row["kode"] for row in rows(hospital, "carakeluar")] == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    "path",
    [
        "poli/zzz", "poli/%00", "poli/%20", "poli/" + "x" * 61, "poli/%F0%9F%98%80",
        "faskes/a/3", "faskes/a/0", "faskes/a/x", "faskes/%00/1", "faskes/%25%27;--/2",
        "dokter/%00", "dokter/zzz", "dokter/pelayanan/9/tglPelayanan/2026-11-22/Spesialis/INT",
        "dokter/pelayanan/1/tglPelayanan/besok/Spesialis/INT",
        "dokter/pelayanan/1/tglPelayanan/2026-11-22/Spesialis/%00",
        "kabupaten/propinsi/3", "kabupaten/propinsi/%00", "kecamatan/kabupaten/32",
    ],
)  # fmt: skip
def test_what_is_nothing_is_said_so(hospital, path):
    answer = hospital.get(f"referensi/{path}")
    assert answer.status_code == 200
    assert answer.json()["metaData"]["code"] == "201"
    assert answer.json()["response"] is None


@pytest.mark.parametrize("path", ["diagnosa/A00", "procedure/1", "pascapulang", "x"])
def test_lists_that_we_do_not_have(hospital, path):
    assert head(hospital, path) == {"code": "404", "message": "URL tidak ditemukan"}


@pytest.mark.parametrize("wrong", [{"secret": "x"}, {"user_key": "x"}, {"at": "1000000000"}])
def test_forged_and_stale_calls(hospital, wrong):
    for path in ("propinsi", "poli/int", DOCTORS):
        answer = hospital.get(f"referensi/{path}", **wrong)
        assert (answer.status_code, answer.json()["response"]) == (401, None)
