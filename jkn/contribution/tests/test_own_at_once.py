"""A facility's staff at several desks at once: nothing is lost, nobody waits forever."""

from __future__ import annotations

from datetime import date, time
from functools import partial

import pytest

from jkn.audit.models import Entry
from jkn.contribution.tests.crowd import at_once
from jkn.core.errors import Conflict
from jkn.facility.actions import Slot
from jkn.facility.models import Doctor, Facility, Session
from jkn.facility.own.actions import change_profile
from jkn.facility.own.queries import profile_of
from jkn.facility.own.rules import Profile
from jkn.facility.own.schedules import NewSessions, add_sessions
from jkn.facility.tests.people import a_clerk

pytestmark = pytest.mark.django_db(transaction=True)
CLINIC, TODAY = "3275K001", date(2026, 11, 22)


def test_of_many_profiles_at_once_one_is_kept_and_doctors_get_a_number_each(on_day):
    on_day("2026-11-22")
    rina = a_clerk(CLINIC).as_actor()
    held, seen = profile_of(CLINIC)

    def tell(number):
        told = Profile(f"02155501{number:02}", held.address, held.hours, held.services, held.point)
        try:
            change_profile(actor=rina, profile=told, seen=seen, reason="Nomor baru")
        except Conflict as refused:
            return refused.code
        return told.phone

    def add(number):
        slots = [Slot(1, time(8), time(12), 10)]
        added = NewSessions(0, f"dr. Contoh {number}", "UMU", slots, TODAY)
        add_sessions(actor=rina, added=added, on=TODAY)
        return ""

    told = at_once([partial(act, n) for n in range(4) for act in (tell, add)])
    kept = [t for t in told if t and t != "profile.changed"]
    assert kept in ([], [Facility.objects.get(code=CLINIC).phone])  # a session may come first
    assert Entry.objects.filter(verb="facility.profile").count() == len(kept)
    numbers = Doctor.objects.filter(facility_id=CLINIC).values_list("number", flat=True)
    assert sorted(numbers) == [1, 2, 3, 4]
    assert Session.objects.filter(facility_id=CLINIC, valid_to__isnull=True).count() == 4
    assert "dr. Contoh 3" in Facility.objects.get(code=CLINIC).doctors


def test_sessions_of_one_doctor_from_many_desks_are_all_kept(on_day):
    on_day("2026-11-22")
    rina = a_clerk(CLINIC).as_actor()

    def add(weekday):
        slots = [Slot(weekday, time(8), time(12), 10)]
        added = NewSessions(0, "dr. Contoh Satu", "UMU", slots, TODAY)
        add_sessions(actor=rina, added=added, on=TODAY)

    at_once([partial(add, weekday) for weekday in range(1, 8)])
    assert Doctor.objects.filter(facility_id=CLINIC).count() == 1
    held = Session.objects.filter(facility_id=CLINIC, valid_to__isnull=True)
    assert sorted(held.values_list("weekday", flat=True)) == [1, 2, 3, 4, 5, 6, 7]
