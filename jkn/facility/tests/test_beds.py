"""Aplicares: a hospital tells its own beds; people see them with their age, never stale ones."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from jkn.audit.models import Entry
from jkn.core.clock import now
from jkn.facility.models import Bed
from jkn.gate.tests.hospital import FACILITY, Hospital, a_hospital

pytestmark = pytest.mark.django_db
ROOM = {
    "kodekelas": "KL1", "koderuang": "MELATI1", "namaruang": "Melati 1", "kapasitas": 20,
    "tersedia": 5, "tersediapria": 2, "tersediawanita": 3, "tersediapriawanita": 0,
}  # fmt: skip


@pytest.fixture
def hospital():
    return Hospital(a_hospital())


def post(hospital, act, body=ROOM, *, ppk=FACILITY, kind="application/json", **over):
    headers = hospital.headers(user_key=None, **over)
    return Client().post(
        f"/aplicaresws/rest/bed/{act}/{ppk}", json.dumps(body), kind, headers=headers
    )


def read(hospital, path=f"bed/read/{FACILITY}/1/100", **over):
    return Client().get(
        f"/aplicaresws/rest/{path}", headers=hospital.headers(user_key=None, **over)
    )


def head(answer):
    return answer.json()["metadata"]


def test_a_room_is_added_told_anew_read_and_taken_away(hospital):
    assert head(post(hospital, "create")) == {"code": 1, "message": "OK"}
    assert head(post(hospital, "update", {**ROOM, "tersedia": "4"})) == {"code": 1, "message": "OK"}
    told = read(hospital).json()
    assert told["metadata"] == {"code": 1, "message": "OK", "totalitems": 1}
    row = told["response"]["list"][0]
    assert row.pop("lastupdate")[:2] == "20"
    assert row == {**ROOM, "tersedia": 4, "kodeppk": FACILITY, "rownumber": 1,
                   "namakelas": "Kelas I"}  # fmt: skip
    assert head(post(hospital, "delete", {"kodekelas": "KL1", "koderuang": "MELATI1"}))["code"] == 1
    assert read(hospital).json()["response"] == {"list": []}
    assert list(Entry.objects.order_by("id").values_list("verb", flat=True)) == [
        "facility.room_added", "facility.beds", "facility.room_ended",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "kind", ["application/json", "application/x-www-form-urlencoded", "text/plain"]
)
def test_json_whatever_the_content_type_and_in_any_case(hospital, kind):
    assert head(post(hospital, "create", kind=kind))["code"] == 1
    answer = Client().post(
        f"/aplicaresws/rest/BED/Update/{FACILITY}", json.dumps(ROOM), kind,
        headers=hospital.headers(),
    )  # fmt: skip
    assert head(answer)["code"] == 1  # with a user_key too


def test_the_same_room_twice_is_once_and_another_is_refused(hospital):
    post(hospital, "create")
    assert head(post(hospital, "create"))["code"] == 1
    other = head(post(hospital, "create", {**ROOM, "kapasitas": 99}))
    assert other == {"code": 0, "message": "Ruang ini sudah ada. Pakai pembaruan."}
    assert Bed.objects.get().capacity == 20
    assert Entry.objects.count() == 1


def test_references_and_pages(hospital):
    classes = read(hospital, "ref/kelas").json()
    assert {"kodekelas": "KL1", "namakelas": "Kelas I"} in classes["response"]["list"]
    assert classes["metadata"]["totalitems"] == 16
    for number in range(5):
        post(hospital, "create", {**ROOM, "koderuang": f"R{number}"})
    told = read(hospital, f"bed/read/{FACILITY}/3/2").json()
    assert told["metadata"]["totalitems"] == 5
    assert [(r["rownumber"], r["koderuang"]) for r in told["response"]["list"]] == [
        (3, "R2"), (4, "R3"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"kodekelas": "QQQ"}, {"kodekelas": ""}, {"koderuang": None}, {"koderuang": "x" * 21},
        {"namaruang": "x" * 81}, {"kapasitas": -1}, {"kapasitas": "banyak"}, {"kapasitas": 1e99},
        {"kapasitas": True}, {"tersedia": 21}, {"tersedia": None}, {"tersediapria": 21},
        {"kapasitas": "٣"}, {"namaruang": {"a": 1}},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_changes_nothing(hospital, change):
    for act in ("create", "update"):
        answer = post(hospital, act, {**ROOM, **change})
        assert answer.status_code == 200
        assert head(answer)["code"] == 0
    assert not Bed.objects.exists()
    assert not Entry.objects.exists()


def test_a_body_with_nul_is_no_json(hospital):
    assert post(hospital, "create", {**ROOM, "koderuang": "\x00"}).status_code == 400
    assert not Bed.objects.exists()


def test_only_ones_own_beds(hospital):
    stranger = Hospital(a_hospital(facility_id="3275R002"))
    post(hospital, "create")
    for act in ("create", "update", "delete"):
        assert head(post(stranger, act))["code"] == 0
    assert head(read(stranger))["code"] == 0
    assert read(stranger).json()["response"] is None
    assert Bed.objects.get().facility_id == FACILITY
    assert head(post(stranger, "update", ppk="3275R002"))["message"] == "Data ruang tidak ditemukan"


def test_forged_stale_and_unreadable_calls(hospital):
    assert post(hospital, "create", secret="wrong").status_code == 401
    assert post(hospital, "create", at="1000000000").status_code == 401
    wrong_key = Client().post(
        f"/aplicaresws/rest/bed/create/{FACILITY}", json.dumps(ROOM), "application/json",
        headers=hospital.headers(user_key="wrong"),
    )  # fmt: skip
    assert wrong_key.status_code == 401
    assert head(post(hospital, "create", []))["code"] == 400
    assert head(read(hospital, "nothing/here"))["code"] == 404
    assert head(read(hospital, f"bed/read/{FACILITY}/0/10"))["code"] == 0
    assert head(read(hospital, f"bed/read/{FACILITY}/1/x"))["code"] == 0
    assert (
        Client().put(f"/aplicaresws/rest/bed/create/{FACILITY}").json()["metadata"]["code"] == 405
    )
    assert not Bed.objects.exists()


def test_people_see_free_beds_with_their_age_and_never_stale_ones(hospital):
    post(hospital, "create")
    page = Client().get(f"/faskes/{FACILITY}/").content.decode()
    assert "5 kosong dari 20" in page
    assert "Diperbarui 0 menit lalu" in page
    found = Client().get("/api/v1/facilities", {"bed": "1"}).json()
    assert [item["code"] for item in found["items"]] == [FACILITY]
    beds = Client().get(f"/api/v1/facilities/{FACILITY}").json()["beds"]
    assert [b["free"] for b in beds] == [5]
    with time_machine.travel(now() + timedelta(hours=9), tick=True):
        page = Client().get(f"/faskes/{FACILITY}/").content.decode()
        assert "5 kosong" not in page
        assert "Angka terakhir 9 jam lalu. Telepon rumah sakit." in page
        assert Client().get("/api/v1/facilities", {"bed": "1"}).json()["total"] == 0
        beds = Client().get(f"/api/v1/facilities/{FACILITY}").json()["beds"]
        assert [b["free"] for b in beds] == [None]


def test_told_again_it_is_fresh_again(hospital):
    post(hospital, "create")
    Bed.objects.update(updated_at=now() - timedelta(hours=7))
    assert Client().get("/api/v1/facilities", {"bed": "1"}).json()["total"] == 0
    post(hospital, "update")
    assert Client().get("/api/v1/facilities", {"bed": "1"}).json()["total"] == 1


def test_full_rooms_are_no_free_beds(hospital):
    post(hospital, "create", {**ROOM, "tersedia": 0})
    assert Client().get("/api/v1/facilities", {"bed": "1"}).json()["total"] == 0
