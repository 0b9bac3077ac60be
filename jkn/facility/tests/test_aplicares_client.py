"""A client that others wrote (bpjs-bridging) tells and reads beds through our own door."""

from __future__ import annotations

import bpjs
import pytest

from jkn.facility.models import Bed
from jkn.gate.tests.hospital import FACILITY, SECRET, a_hospital

pytestmark = pytest.mark.django_db(transaction=True)
ROOM = {
    "kodekelas": "ICU", "koderuang": "ICU1", "namaruang": "ICU Satu", "kapasitas": "8",
    "tersedia": "3", "tersediapria": "0", "tersediawanita": "0", "tersediapriawanita": "3",
}  # fmt: skip


def test_bpjs_bridging_tells_and_reads_beds(live_server):
    keys = {"consid": a_hospital().client_id, "secret": SECRET}
    client = bpjs.Bridging({"host": f"{live_server.url}/aplicaresws/", **keys}, "aplicare")

    def ask(path, payload=None):
        return client.request(f"rest/{path}", "POST" if payload else "GET", payload)

    assert {"kodekelas": "ICU", "namakelas": "ICU"} in ask("ref/kelas")["response"]["list"]
    done = {"metaData": {"code": 1, "message": "OK"}, "response": None}
    assert ask(f"bed/create/{FACILITY}", ROOM) == done
    assert ask(f"bed/update/{FACILITY}", {**ROOM, "tersedia": "2"}) == done
    (row,) = ask(f"bed/read/{FACILITY}/1/10")["response"]["list"]
    assert (row["koderuang"], row["kapasitas"], row["tersedia"]) == ("ICU1", 8, 2)
    refused = ask(f"bed/update/{FACILITY}", {**ROOM, "tersedia": 9})
    assert refused["metaData"]["code"] == 400  # the client's word for our 0
    assert ask(f"bed/delete/{FACILITY}", {"kodekelas": "ICU", "koderuang": "ICU1"}) == done
    assert not Bed.objects.exists()
