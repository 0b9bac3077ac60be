"""A schedule that is sent and approved by several at once counts once; with real threads."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time

import pytest
from django.db import connection

from jkn.core.actor import SYSTEM, Actor, Role
from jkn.facility.actions import Slot, set_sessions
from jkn.facility.models import ScheduleChange, Session
from jkn.facility.schedules import Wanted, approve_due, propose
from jkn.gate.tests.hospital import FACILITY

pytestmark = pytest.mark.django_db(transaction=True)
HOSPITAL = Actor(account_id=1, role=Role.PARTNER, name="RS Contoh", facility_id=FACILITY)
AT = datetime.fromisoformat("2026-11-22T10:00")
AT_ONCE = 6


@pytest.fixture(autouse=True)
def doctor():
    set_sessions(
        actor=SYSTEM, facility_id=FACILITY, number=501, name="dr. Contoh", clinic="INT",
        slots=[Slot(4, time(8), time(12), 30)], since=date(2026, 1, 1), on=AT.date(),
    )  # fmt: skip


def all_at_once(act):
    """Run `act(n)` in some threads that begin together; raise what any of them raised."""
    barrier = threading.Barrier(AT_ONCE)

    def run(number):
        barrier.wait()
        try:
            act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(run, range(AT_ONCE), timeout=60))


def send(weekday):
    wanted = Wanted(501, "INT", "", ((weekday, time(13), time(15)),))
    propose(actor=HOSPITAL, wanted=wanted, at=AT)


def states():
    return sorted(ScheduleChange.objects.values_list("state", flat=True))


def test_the_same_schedule_is_kept_once():
    all_at_once(lambda _: send(2))
    assert states() == ["waiting"]


def test_of_several_one_waits_and_is_approved_once():
    all_at_once(lambda n: send(n + 1))
    assert states() == ["replaced"] * (AT_ONCE - 1) + ["waiting"]
    (slot,) = ScheduleChange.objects.get(state="waiting").slots

    all_at_once(lambda _: approve_due(on=date(2026, 11, 23)))
    assert states() == ["approved"] + ["replaced"] * (AT_ONCE - 1)
    held = Session.objects.get(facility_id=FACILITY, valid_to=None)
    assert (held.weekday, held.capacity) == (slot[0], slot[3])


def test_sent_while_it_is_approved():
    send(2)
    all_at_once(lambda n: approve_due(on=date(2026, 11, 23)) if n % 2 else send(2))
    approve_due(on=date(2026, 11, 23))
    assert Session.objects.get(facility_id=FACILITY, valid_to=None).weekday == 2
    assert "waiting" not in states()
