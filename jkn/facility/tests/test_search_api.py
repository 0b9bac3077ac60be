"""`GET /api/v1/facilities`: the same search for programs, in the shapes of the document."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.test import Client

from jkn.core.actor import SYSTEM
from jkn.facility.actions import Slot, set_sessions
from jkn.facility.models import Doctor

pytestmark = pytest.mark.django_db


def get(path="", **given):
    answer = Client().get(f"/api/v1/facilities{path}", given)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_nearest_come_first_with_metres():
    found = get(lat="-6.2423", lon="107.0006", kind="hospital", limit="5")
    assert found["total"] > 50
    assert len(found["items"]) == 5
    assert found["items"][0]["code"] == "3275R101"
    far = [item["distance_m"] for item in found["items"]]
    assert far == sorted(far)
    assert far[0] < 200


def test_a_facility_has_all_its_facts():
    item = get(q="RS Contoh Bunda Harapan", limit="1")["items"][0]
    assert item == {
        "code": "3275R002", "name": "RS Contoh Bunda Harapan", "kind": "hospital", "grade": "B",
        "is_primary": False, "address": "Jalan Contoh Raya No. 20, Pekayonjaya",
        "village": "Pekayonjaya", "district": "Bekasi Selatan", "phone": "0210000002",
        "latitude": -6.263, "longitude": 106.98, "is_approximate": True, "hours": "24/7",
        "open_now": True, "distance_m": None,
        "services": ["emergency", "icu", "nicu", "inpatient", "maternity", "laboratory",
                     "radiology", "pharmacy", "ambulance", "wheelchair"],
    }  # fmt: skip


def test_one_facility_with_its_sessions():
    doctor = set_sessions(
        actor=SYSTEM, facility_id="3275R002", number=7, name="dr. Contoh Sekar, Sp.PD",
        clinic="INT", slots=[Slot(4, time(8), time(12), 30)], since=date(2026, 1, 1), on=date(2026, 1, 1),
    )  # fmt: skip
    told = get("/3275R002")
    assert told["facility"]["code"] == "3275R002"
    assert told["clinics"] == ["Penyakit Dalam"]
    assert told["sessions"] == [
        {
            "doctor_id": f"3275R002-{doctor.id}", "doctor": "dr. Contoh Sekar, Sp.PD",
            "clinic": "INT", "clinic_name": "Penyakit Dalam", "weekday": 4, "opens": "08:00",
            "closes": "12:00", "capacity": 30, "away_until": None,
        }
    ]  # fmt: skip
    assert Doctor.objects.count() == 1


def test_pages_and_limits():
    first, second = get(limit="30"), get(limit="30", page="2")
    codes = [item["code"] for item in first["items"] + second["items"]]
    assert len(set(codes)) == 60
    for wrong in ("0", "101", "-1", "x", "1e3", "٣"):
        answer = Client().get("/api/v1/facilities", {"limit": wrong})
        assert answer.status_code == 422
        assert answer.json()["code"] == "search.limit"


def test_an_unknown_code_is_not_found():
    assert Client().get("/api/v1/facilities/0000X000").status_code == 404
    assert Client().post("/api/v1/facilities").status_code == 405
