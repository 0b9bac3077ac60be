"""A client that others wrote (bpjs-bridging) reads references and sends a schedule."""

from __future__ import annotations

import time as seconds
from collections.abc import Iterator
from datetime import date, time

import bpjs
import pytest

from jkn.core.actor import SYSTEM
from jkn.facility.actions import Slot, set_sessions
from jkn.facility.models import ScheduleChange
from jkn.facility.schedules import approve_due
from jkn.gate.tests.hospital import FACILITY, SECRET, USER_KEY, a_hospital
from jkn.gate.tests.served import Served, serving

pytestmark = pytest.mark.django_db(transaction=True)
EVERY_DAY = [{"hari": day, "buka": "07:30", "tutup": "09:00"} for day in range(1, 9)]
WANTED = {
    "kodepoli": "ANA", "kodesubspesialis": "ANA", "kodedokter": 9001, "jadwal": EVERY_DAY,
}  # fmt: skip
UPDATE = "jadwaldokter/updatejadwaldokter"
THURSDAY = "jadwaldokter/kodepoli/ANA/tanggal/2026-11-26"


@pytest.fixture(scope="module")
def served(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve the tests' own database on 22 November 2026."""
    with serving(tmp_path_factory.mktemp("served") / "log", day="2026-11-22") as server:
        yield server


@pytest.fixture
def ask(served):
    """Ask a service with bpjs-bridging; `keys` replace what is right."""
    right = {"consid": a_hospital().client_id, "secret": SECRET, "user_key": USER_KEY}
    homes = {"antrean": "antreanrs", "vclaim": "vclaim-rest"}

    def request(path, payload=None, service="antrean", **keys):
        client = {"host": f"{served.url}/{homes[service]}/", **right, **keys}
        method = "POST" if payload else "GET"
        return bpjs.Bridging(client, service).request(path, method, payload)

    return request


@pytest.fixture
def doctor():
    set_sessions(
        actor=SYSTEM, facility_id=FACILITY, number=9001, name="dr. Anak Contoh", clinic="ANA",
        slots=[Slot(1, time(8), time(12), 25)], since=date(2026, 1, 1), on=date(2026, 11, 22),
    )  # fmt: skip


def test_it_reads_references_and_sends_a_schedule(ask, doctor):
    told = ask("ref/dokter")
    assert told["metaData"]["code"] == 1
    assert told["response"] == [{"namadokter": "dr. Anak Contoh", "kodedokter": 9001}]
    assert ask("ref/poli")["response"][0].keys() == {
        "nmpoli", "nmsubspesialis", "kdsubspesialis", "kdpoli",
    }  # fmt: skip
    assert ask("ref/poli/fp")["response"] == []

    assert ask(THURSDAY)["metaData"]["code"] == 204
    done = {"metaData": {"code": 200, "message": "OK"}, "response": None}
    assert ask(UPDATE, WANTED) == done
    assert ask(UPDATE, WANTED) == done
    assert ScheduleChange.objects.count() == 1
    approve_due(on=date(2026, 11, 24))  # where this test runs in the evening, too
    (row,) = ask(THURSDAY)["response"]
    assert (row["kodedokter"], row["jadwal"], row["kapasitaspasien"]) == (9001, "07:30-09:00", 25)
    assert ask(UPDATE, {**WANTED, "kodedokter": 1})["metaData"]["code"] == 201


def test_it_reads_the_lists_of_vclaim(ask, doctor):
    def rows(path, name="list"):
        answer = ask(f"referensi/{path}", service="vclaim")
        assert answer["metaData"]["code"] == "200", answer
        return answer["response"][name]

    assert {"kode": "ANA", "nama": "Anak"} in rows("poli/anak", "poli")
    code = {"kode": FACILITY, "nama": "RS Contoh Sehat Sentosa"}
    assert rows(f"faskes/{FACILITY}/2", "faskes") == [code]
    assert rows("faskes/contoh sehat sentosa/2", "faskes")[0] == code
    own = [{"kode": "9001", "nama": "dr. Anak Contoh"}]
    assert rows("dokter/pelayanan/2/tglPelayanan/2026-11-22/Spesialis/ANA") == own
    assert rows("dokter/contoh") == own
    assert rows("propinsi") == [{"kode": "32", "nama": "Jawa Barat"}]
    assert rows("kabupaten/propinsi/32") == [{"kode": "3275", "nama": "Kota Bekasi"}]
    assert {"kode": "327501", "nama": "Bekasi Timur"} in rows("kecamatan/kabupaten/3275")
    assert len(rows("kelasrawat")) == 8
    assert {"kode": "4", "nama": "Meninggal"} in rows("carakeluar")


@pytest.mark.parametrize("wrong", [{"secret": "wrong"}, {"user_key": "wrong"}, {"consid": "9"}])
def test_it_is_refused_with_wrong_keys(ask, doctor, wrong):
    for path, payload in (("ref/dokter", None), (UPDATE, WANTED)):
        answer = ask(path, payload, **wrong)
        assert (answer["metaData"]["code"], answer["response"]) == (401, None)
    assert not ScheduleChange.objects.exists()


def test_it_is_refused_with_a_clock_that_is_wrong(ask, doctor, time_machine):
    """Only the client's clock: the server is another process."""
    time_machine.move_to(seconds.time() - 400)
    assert ask(UPDATE, WANTED)["metaData"]["code"] == 401
    assert not ScheduleChange.objects.exists()
