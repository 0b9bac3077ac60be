"""No search and no page walks through a table of facilities, doctors or sessions."""

from __future__ import annotations

import json
import re
from datetime import time

import pytest
from django.db import connection
from django.test import Client

from jkn.core.clock import today
from jkn.core.db import execute
from jkn.facility.actions import next_version
from jkn.facility.models import ClinicOffer, Doctor, Facility, Session
from jkn.facility.tests.factories import some_facilities

pytestmark = pytest.mark.django_db
_LARGE = re.compile(r"facility_(facility|doctor|session|clinicoffer|leave)")


@pytest.fixture
def _many():
    rows = some_facilities(3000)
    doctors = Doctor.objects.bulk_create(
        Doctor(facility_id=f.code, number=n, name=f"dr. Contoh {n}") for f in rows for n in (1, 2)
    )
    ClinicOffer.objects.bulk_create(ClinicOffer(facility_id=f.code, clinic_id="UMU") for f in rows)
    Session.objects.bulk_create(
        (
            Session(
                facility_id=d.facility_id, doctor_id=d.id, clinic_id="UMU", weekday=day,
                opens=time(8), closes=time(12), capacity=20, valid_from=today(),
            )
            for d in doctors for day in (1, 2)
        ),
        batch_size=1000,
    )  # fmt: skip
    for table in ("facility", "doctor", "session", "clinicoffer", "leave"):
        execute(f"ANALYZE facility_{table}")


def scanned(node):
    if node.get("Node Type") == "Seq Scan":
        yield node["Relation Name"]
    for below in node.get("Plans", ()):
        yield from scanned(below)


@pytest.mark.usefixtures("_many")
def test_no_door_walks_through_a_large_table():
    browser, seen = Client(), []
    addresses = (
        "/faskes/?q=klinik", "/faskes/?village=32.75.08.1003&kind=puskesmas", "/faskes/9999X00007/",
        "/faskes/dekat/", "/api/v1/facilities?lat=-6.2&lon=107&open=1",
        "/api/v1/facilities/9999X00007", "/faskes/?clinic=UMU&day=1",
    )  # fmt: skip
    for address in addresses:  # the copy in memory is read once, from end to end
        assert browser.get(address).status_code == 200
    Facility.objects.filter(code="9999X00007").update(name="Baru", version=next_version())

    def watch(run, sql, params, many, context):
        seen.append((sql, params))
        return run(sql, params, many, context)

    with connection.execute_wrapper(watch):
        for address in addresses:
            assert browser.get(address).status_code == 200
    assert len(seen) > 10
    walked = []
    for sql, params in seen:
        ((plan,),) = execute(f"EXPLAIN (FORMAT JSON) {sql}", params or ())
        tree = (plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]
        walked += [(t, sql[:150]) for t in scanned(tree) if _LARGE.fullmatch(t)]
    assert [w for w in walked if w[0] != "facility_leave"] == []  # nobody is away: an empty table
