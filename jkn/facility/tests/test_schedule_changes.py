"""Antrean RS: a hospital proposes a doctor's schedule; it waits for midnight and then holds."""

from __future__ import annotations

import json
import re
from datetime import date, time

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from jkn.audit.models import Entry
from jkn.core.actor import SYSTEM
from jkn.core.ids import new_id
from jkn.facility.actions import Slot, set_leave, set_sessions
from jkn.facility.jobs import approve_schedules
from jkn.facility.models import ClinicOffer, ScheduleChange, Session
from jkn.gate.tests.hospital import FACILITY, Hospital, a_hospital, opened

pytestmark = pytest.mark.django_db
DOCTOR, OTHERS_DOCTOR = 501, 777
DAYS = [
    {"hari": "4", "buka": "13:00", "tutup": "15:00"},
    {"hari": 2, "buka": "08:00", "tutup": "10:00"},
]
WANTED = {
    "kodepoli": "INT", "kodesubspesialis": "INT", "kodedokter": DOCTOR, "jadwal": DAYS,
}  # fmt: skip
OK = {"code": 200, "message": "OK"}


@pytest.fixture(autouse=True)
def clock():
    """Sunday 22 November 2026, 10.00 WIB."""
    with time_machine.travel("2026-11-22T10:00:00+07:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def hospital():
    for facility_id, number in ((FACILITY, DOCTOR), ("3275R002", OTHERS_DOCTOR)):
        set_sessions(
            actor=SYSTEM, facility_id=facility_id, number=number, name="dr. Contoh, Sp.PD",
            clinic="INT", slots=[Slot(4, time(8), time(12), 30)], since=date(2026, 1, 1),
            on=date(2026, 11, 22),
        )  # fmt: skip
    return Hospital(a_hospital())


def send(hospital, body=WANTED, *, kind="application/json", **over):
    return Client().post(
        "/antreanrs/jadwaldokter/updatejadwaldokter", json.dumps(body), kind,
        headers=hospital.headers(**over),
    )  # fmt: skip


def ask(hospital, path, **over):
    return Client().get(f"/antreanrs/{path}", headers=hospital.headers(**over))


def read(hospital, path):
    answer = ask(hospital, path).json()
    return opened(answer["response"], client_id=hospital.partner.client_id, at=hospital.at)


def head(answer):
    return answer.json()["metadata"]


def on(day):
    return f"jadwaldokter/kodepoli/INT/tanggal/{day}"


def proposals():
    """Return who proposed, as the audit has it."""
    entries = Entry.objects.filter(verb="facility.schedule_proposed")
    return list(entries.values_list("actor_name", flat=True))


def midnight(clock, day):
    clock.move_to(f"{day}T00:00:01+07:00")
    approve_schedules(0)


def held():
    rows = Session.objects.filter(facility_id=FACILITY, valid_to=None).order_by("weekday")
    return [(s.weekday, f"{s.opens:%H}", s.capacity, s.valid_from) for s in rows]


BEFORE = [(4, "08", 30, date(2026, 1, 1))]


def test_it_waits_for_midnight_and_then_holds(hospital, clock):
    answer = send(hospital)
    assert answer.json() == {"metadata": OK, "response": None}
    assert held() == BEFORE
    assert head(ask(hospital, on("2026-11-24")))["code"] == 204
    approve_schedules(0)
    assert held() == BEFORE

    midnight(clock, "2026-11-23")
    since = date(2026, 11, 23)
    assert held() == [(2, "08", 30, since), (4, "13", 30, since)]
    assert [r["jadwal"] for r in read(hospital, on("2026-11-26"))] == ["13:00-15:00"]
    page = Client().get(f"/faskes/{FACILITY}/").content.decode()
    assert re.search("13.00.{1,3}15.00", page)
    assert not re.search("08.00.{1,3}12.00", page)
    found = Client().get("/api/v1/facilities", {"clinic": "INT", "day": "2"}).json()
    assert FACILITY in [item["code"] for item in found["items"]]
    approve_schedules(0)
    assert ScheduleChange.objects.get().state == "approved"
    assert proposals() == ["RS Contoh"]
    assert Entry.objects.filter(verb="facility.sessions").count() == 3  # two before


@pytest.mark.parametrize(
    ("sent", "begins"),
    [("2026-11-22T20:00:59", date(2026, 11, 23)), ("2026-11-22T20:01:00", date(2026, 11, 24))],
)
def test_what_is_sent_after_eight_in_the_evening_holds_a_day_later(hospital, clock, sent, begins):
    clock.move_to(f"{sent}+07:00")
    assert head(send(hospital)) == OK
    assert ScheduleChange.objects.get().holds_from == begins


def test_a_server_that_slept_catches_up(hospital, clock):
    send(hospital)
    midnight(clock, "2026-11-26")
    assert held()[0] == (2, "08", 30, date(2026, 11, 23))


def test_twice_is_once_and_the_last_one_counts(hospital, clock):
    for _ in range(2):
        assert head(send(hospital)) == OK
    assert ScheduleChange.objects.count() == 1
    assert proposals() == ["RS Contoh"]
    later = {**WANTED, "jadwal": [{"hari": 5, "buka": "09.00", "tutup": "24:00"}]}
    assert head(send(hospital, later)) == OK
    midnight(clock, "2026-11-23")
    assert held() == [(5, "09", 30, date(2026, 11, 23))]
    states = ScheduleChange.objects.values_list("state", flat=True)
    assert sorted(states) == ["approved", "replaced"]
    assert head(send(hospital, later)) == OK  # it holds already
    assert ScheduleChange.objects.count() == 2


def test_a_late_change_follows_the_one_of_the_day(hospital, clock):
    send(hospital)
    clock.move_to("2026-11-22T21:00:00+07:00")
    send(hospital, {**WANTED, "jadwal": [{"hari": 6, "buka": "08:00", "tutup": "09:00"}]})
    midnight(clock, "2026-11-23")
    assert [row[0] for row in held()] == [2, 4]
    midnight(clock, "2026-11-24")
    assert [row[0] for row in held()] == [6]


def test_a_sub_specialty_beside_its_clinic(hospital, clock):
    sub = {**WANTED, "kodesubspesialis": "IN1"}
    assert head(send(hospital, sub))["code"] == 201
    ClinicOffer.objects.create(
        facility_id=FACILITY, clinic_id="INT", sub_code="IN1", sub_name="Ginjal"
    )
    assert head(send(hospital, sub)) == OK
    midnight(clock, "2026-11-23")
    rows = read(hospital, "jadwaldokter/kodepoli/in1/tanggal/2026-11-26")
    assert [(r["kodesubspesialis"], r["namasubspesialis"], r["kodepoli"]) for r in rows] == [
        ("IN1", "Ginjal", "INT")
    ]
    assert [r["jadwal"] for r in read(hospital, on("2026-11-26"))] == ["08:00-12:00", "13:00-15:00"]
    told = read(hospital, "ref/poli")
    assert {"nmpoli": "Penyakit Dalam", "nmsubspesialis": "Ginjal", "kdsubspesialis": "IN1",
            "kdpoli": "INT"} in told  # fmt: skip


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain"])
def test_json_whatever_the_content_type_and_numbers_as_texts(hospital, kind):
    assert head(send(hospital, {**WANTED, "kodedokter": str(DOCTOR)}, kind=kind)) == OK


def test_references_are_bare_lists_with_code_one(hospital):
    for path in ("ref/poli", "REF/Dokter", "ref/poli/fp"):
        assert head(ask(hospital, path)) == {"code": 1, "message": "OK"}
    assert read(hospital, "ref/dokter") == [
        {"namadokter": "dr. Contoh, Sp.PD", "kodedokter": DOCTOR}
    ]
    assert read(hospital, "ref/poli/fp") == []
    assert {"nmpoli": "Penyakit Dalam", "nmsubspesialis": "Penyakit Dalam",
            "kdsubspesialis": "INT", "kdpoli": "INT"} in read(hospital, "ref/poli")  # fmt: skip


def test_the_schedule_of_a_day_with_leave_and_holidays(hospital):
    row = {
        "kodesubspesialis": "INT", "hari": 4, "kapasitaspasien": 30, "libur": 0,
        "namahari": "KAMIS", "jadwal": "08:00-12:00", "namasubspesialis": "Penyakit Dalam",
        "namadokter": "dr. Contoh, Sp.PD", "kodepoli": "INT", "namapoli": "Penyakit Dalam",
        "kodedokter": DOCTOR,
    }  # fmt: skip
    assert read(hospital, on("2026-11-26")) == [row]
    away = date(2026, 11, 26)
    set_leave(
        actor=SYSTEM, facility_id=FACILITY, number=DOCTOR, first_on=away, last_on=away, reason=""
    )
    assert read(hospital, on("2026-11-26")) == [{**row, "libur": 1}]
    assert head(ask(hospital, on("2026-12-25"))) == {"code": 204, "message": "No Content"}
    holiday = [*DAYS, {"hari": 8, "buka": "08:00", "tutup": "09:00"}]
    assert head(send(hospital, {**WANTED, "jadwal": holiday})) == OK


@pytest.mark.parametrize(
    "change",
    [
        {"kodepoli": "QQQ"}, {"kodepoli": ""}, {"kodepoli": None}, {"kodepoli": "x" * 99},
        {"kodepoli": ["INT"]}, {"kodesubspesialis": "ZZZ"},
        {"kodesubspesialis": {"a": 1}}, {"kodedokter": 1}, {"kodedokter": -5},
        {"kodedokter": 1e99}, {"kodedokter": True}, {"kodedokter": None}, {"kodedokter": "٣"},
        {"kodedokter": 9 * 10**12}, {"jadwal": None}, {"jadwal": []}, {"jadwal": "4"},
        {"jadwal": [4]}, {"jadwal": [{}]}, {"jadwal": DAYS * 2},
        {"jadwal": [{"hari": 9, "buka": "08:00", "tutup": "09:00"}]},
        {"jadwal": [{"hari": 0, "buka": "08:00", "tutup": "09:00"}]},
        {"jadwal": [{"hari": 1, "buka": "25:00", "tutup": "09:00"}]},
        {"jadwal": [{"hari": 1, "buka": 8, "tutup": "09:00"}]},
        {"jadwal": [{"hari": 1, "buka": "08:00", "tutup": "08:00"}]},
        {"jadwal": [{"hari": 1, "buka": "08:00", "tutup": "09:00"}] * 65},
        {"kodedokter": OTHERS_DOCTOR},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_changes_nothing(hospital, change):
    answer = send(hospital, {**WANTED, **change})
    assert answer.status_code == 200
    assert head(answer)["code"] == 201
    assert not ScheduleChange.objects.exists()
    assert proposals() == []


def test_a_body_with_nul_is_no_json(hospital):
    assert send(hospital, {**WANTED, "kodepoli": "\x00"}).status_code == 400
    assert not ScheduleChange.objects.exists()


def test_another_facilitys_schedule_is_neither_told_nor_changed(hospital, clock):
    stranger = Hospital(a_hospital(facility_id="3275R002"))
    refused = {"code": 201, "message": "Kode dokter tidak dikenal di faskes Anda"}
    assert head(send(stranger)) == refused
    assert read(stranger, "ref/dokter")[0]["kodedokter"] == OTHERS_DOCTOR
    assert [r["kodedokter"] for r in read(stranger, on("2026-11-26"))] == [OTHERS_DOCTOR]
    nobody = Hospital(a_hospital(facility_id=""))
    for path in ("ref/poli", "ref/dokter", "ref/poli/fp", on("2026-11-26")):
        assert head(ask(nobody, path))["code"] == 201
    assert head(send(nobody))["code"] == 201
    midnight(clock, "2026-11-23")
    assert held() == BEFORE


def test_forged_stale_and_unreadable_calls(hospital):
    assert send(hospital, secret="wrong").status_code == 401
    assert send(hospital, user_key="wrong").status_code == 401
    assert send(hospital, user_key=None).status_code == 401
    assert send(hospital, at="1000000000").status_code == 401
    assert head(send(hospital, []))["code"] == 400
    assert head(ask(hospital, "nothing/here"))["code"] == 404
    for day in ("besok", "2026-02-30", "%00", "0000-00-00"):
        assert head(ask(hospital, on(day)))["code"] == 201
    assert head(ask(hospital, "jadwaldokter/kodepoli/%00/tanggal/2026-11-26"))["code"] == 201
    other = Client().put("/antreanrs/ref/poli")
    assert (other.status_code, head(other)["code"]) == (405, 405)
    assert not ScheduleChange.objects.exists()


def test_a_change_of_no_doctor_cannot_be_kept(hospital):
    change = ScheduleChange(
        facility_id=FACILITY, doctor_id=new_id(), clinic_id="INT", slots=[],
        holds_from=date(2026, 11, 23),
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        change.save()
