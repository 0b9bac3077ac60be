"""Sessions and leaves of a facility's doctors, changed by its own staff from a day on."""

from __future__ import annotations

from datetime import date, time

import pytest

from jkn.audit.models import Entry
from jkn.core.actor import SYSTEM
from jkn.core.errors import Refused
from jkn.facility.actions import Slot, set_sessions
from jkn.facility.models import Doctor, Facility, Leave, Session
from jkn.facility.own.rules import Span, require_apart
from jkn.facility.tests.payloads import payloads
from jkn.facility.tests.people import a_clerk, signed_in
from jkn.facility.tests.test_review_scripts import FOREIGN, seen, squeezed

pytestmark = pytest.mark.django_db
CLINIC, OTHER = "3275K001", "3275P002"
PLANS, ADD = "/petugas/faskes/jadwal/", "/petugas/faskes/jadwal/tambah/"
LEAVE = f"{PLANS}cuti/"
NEW = {
    "doctor": "0", "name": "dr. Contoh Arif", "clinic": "INT", "weekdays": ["1", "4"],
    "opens": "08.00", "closes": "12.00", "capacity": "20", "since": "22-11-2026", "_key": "k1",
}  # fmt: skip
CHANGE = {
    "weekday": "2", "opens": "13.00", "closes": "15.30", "capacity": "10", "since": "01-12-2026",
    "_key": "k2",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _november(on_day):
    on_day("2026-11-22")  # a Sunday


@pytest.fixture
def rinas():
    return signed_in(a_clerk(CLINIC))


def shown(response):
    return response.content.decode()


def rows(code=CLINIC):
    held = Session.objects.filter(facility_id=code).order_by("valid_from", "weekday", "opens")
    return [
        (s.weekday, f"{s.opens:%H.%M}-{s.closes:%H.%M}", s.capacity, s.valid_from, s.valid_to)
        for s in held
    ]


def test_added_changed_and_ended_each_from_its_day_and_members_see_it(rinas, client):
    today, ahead = date(2026, 11, 22), date(2026, 12, 1)
    assert "dr. Contoh Arif" not in shown(client.get(f"/faskes/{CLINIC}/"))
    assert rinas.post(ADD, NEW).headers["Location"] == PLANS
    assert rows() == [(1, "08.00-12.00", 20, today, None), (4, "08.00-12.00", 20, today, None)]
    assert "dr. Contoh Arif" in shown(client.get(f"/faskes/{CLINIC}/"))
    assert CLINIC in str(client.get("/api/v1/facilities?clinic=INT&day=4").json())
    monday = Session.objects.get(weekday=1)
    assert rinas.post(f"{PLANS}{monday.id}/", CHANGE).status_code == 302
    last = date(2026, 11, 30)
    assert rows() == [
        (1, "08.00-12.00", 20, today, last), (4, "08.00-12.00", 20, today, last),
        (2, "13.00-15.30", 10, ahead, None), (4, "08.00-12.00", 20, ahead, None),
    ]  # fmt: skip
    assert "INT2" in Facility.objects.get(code=CLINIC).clinics  # announced is found, too
    page = shown(rinas.get(PLANS))
    assert "Mulai 1 Desember 2026" in page
    assert "Sampai 30 November 2026" in page
    thursday = Session.objects.get(weekday=4, valid_from=ahead)
    end = {"since": "01-12-2026", "_key": "k3"}
    assert rinas.post(f"{PLANS}{thursday.id}/akhiri/", end).status_code == 302
    assert rows()[2:] == [(2, "13.00-15.30", 10, ahead, None)]
    assert Entry.objects.filter(verb="facility.sessions").count() == 3


def test_twice_is_once(rinas):
    assert [rinas.post(ADD, NEW).status_code for _ in range(2)] == [302, 302]
    monday = Session.objects.get(weekday=1)
    today = {**CHANGE, "since": "22-11-2026"}
    assert [rinas.post(f"{PLANS}{monday.id}/", today).status_code for _ in range(2)] == [302, 302]
    tuesday = Session.objects.get(weekday=2)
    end = {"since": "22-11-2026", "_key": "k3"}
    ended = [rinas.post(f"{PLANS}{tuesday.id}/akhiri/", end).status_code for _ in range(2)]
    assert ended == [302, 302]
    assert [row[0] for row in rows()] == [4]
    assert Entry.objects.filter(verb="facility.sessions").count() == 3


def test_a_session_may_cross_midnight_and_a_new_name_again_is_the_same_doctor(rinas):
    rinas.post(ADD, NEW)
    night = {**NEW, "weekdays": ["7"], "opens": "22:00", "closes": "02.00", "_key": "k2"}
    assert rinas.post(ADD, night).status_code == 302
    assert Doctor.objects.filter(facility_id=CLINIC).count() == 1
    early = {**night, "weekdays": ["1"], "opens": "01.00", "closes": "03.00", "_key": "k3"}
    assert rinas.post(ADD, early).status_code == 422  # Sunday's night is not over


@pytest.mark.parametrize(
    "wrong",
    [
        {"opens": "25.00"}, {"closes": "12.60"}, {"opens": "delapan"}, {"opens": "08.00-09.00"},
        {"opens": "12.00"}, {"capacity": "-1"}, {"capacity": "501"}, {"capacity": "x"},
        {"since": "21-11-2026"}, {"since": "23-11-2027"}, {"since": "31-02-2027"},
        {"name": ""}, {"name": "x" * 121}, {"clinic": "ZZZ"}, {"weekdays": ["9"]},
        {"weekdays": []}, {"doctor": "77"}, {"doctor": "-1"},
    ],
)  # fmt: skip
def test_bad_input_is_refused_writes_nothing_and_stays(rinas, wrong):
    answer = rinas.post(ADD, {**NEW, "capacity": "17", **wrong})
    assert answer.status_code == 422
    page = shown(answer)
    texts = [v for k, v in wrong.items() if k in ("opens", "closes", "capacity", "since", "name")]
    assert all(text in page for text in texts)
    assert not Session.objects.filter(facility_id=CLINIC).exists()
    assert not Doctor.objects.filter(facility_id=CLINIC).exists()


def test_what_is_announced_is_not_forgotten_by_an_earlier_change(rinas):
    rinas.post(ADD, NEW)
    monday = Session.objects.get(weekday=1)
    rinas.post(f"{PLANS}{monday.id}/", CHANGE)
    before = rows()
    sooner = {**CHANGE, "weekday": "3", "since": "25-11-2026", "_key": "k9"}
    answer = rinas.post(f"{PLANS}{monday.id}/", sooner)
    assert answer.status_code == 422
    assert "mulai 1 Desember 2026" in shown(answer)
    assert rows() == before
    gone = rinas.post(f"{PLANS}{monday.id}/", {**sooner, "since": "02-12-2026", "_key": "k10"})
    assert gone.status_code == 409  # on that day it is no more
    assert rows() == before


def test_anothers_sessions_are_not_there(rinas):
    slot = Slot(1, time(8), time(12), 9)
    doctor = set_sessions(
        actor=SYSTEM, facility_id=OTHER, number=4, name="dr. Lain", clinic="UMU", slots=[slot],
        since=date(2026, 11, 1), on=date(2026, 11, 22),
    )  # fmt: skip
    theirs = Session.objects.get(facility_id=OTHER)
    for url in (f"{PLANS}{theirs.id}/", f"{PLANS}{theirs.id}/akhiri/"):
        assert rinas.get(url).status_code == 404
        assert rinas.post(url, CHANGE).status_code == 404
    leave = Leave.objects.create(
        facility_id=OTHER, doctor_id=doctor.id, first_on=date(2026, 12, 1),
        last_on=date(2026, 12, 2),
    )  # fmt: skip
    assert rinas.get(f"{LEAVE}{leave.id}/").status_code == 404
    assert rinas.post(f"{LEAVE}{leave.id}/").status_code == 404
    assert "dr. Lain" not in shown(rinas.get(PLANS)) + shown(rinas.get(ADD))
    taken = {"doctor": "4", "first_on": "01-12-2026", "last_on": "02-12-2026"}
    assert rinas.post(LEAVE, taken).status_code == 422
    assert rows(OTHER) == [(1, "08.00-12.00", 9, date(2026, 11, 1), None)]
    assert Leave.objects.count() == 1


def test_a_leave_is_seen_by_members_and_taken_back(rinas, client):
    rinas.post(ADD, NEW)
    away = {
        "doctor": "1", "first_on": "22-11-2026", "last_on": "30-11-2026", "reason": "Umrah",
        "_key": "k2",
    }  # fmt: skip
    assert [rinas.post(LEAVE, away).status_code for _ in range(2)] == [302, 302]
    page = shown(client.get(f"/faskes/{CLINIC}/"))
    assert "Cuti sampai 30 November 2026" in page
    assert "Umrah" not in page
    leave = Leave.objects.get()
    assert "Umrah" in shown(rinas.get(f"{LEAVE}{leave.id}/"))
    back = [rinas.post(f"{LEAVE}{leave.id}/", {"_key": "k3"}).status_code for _ in range(2)]
    assert back == [302, 302]
    assert "Cuti sampai" not in shown(client.get(f"/faskes/{CLINIC}/"))
    verbs = Entry.objects.filter(verb__startswith="facility.leave").values_list("verb", flat=True)
    assert sorted(verbs) == ["facility.leave", "facility.leave_dropped"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"last_on": "21-11-2026", "first_on": "20-11-2026"}, {"last_on": "29-11-2026"},
        {"first_on": "besok"}, {"last_on": "30-11-2099"}, {"reason": "x" * 121},
    ],
)  # fmt: skip
def test_a_leave_that_cannot_be_is_refused(rinas, wrong):
    rinas.post(ADD, NEW)
    away = {"doctor": "1", "first_on": "30-11-2026", "last_on": "01-12-2026", "_key": "k2"}
    answer = rinas.post(LEAVE, {**away, **wrong})
    assert answer.status_code == 422
    assert all(text in shown(answer) for text in wrong.values())
    assert not Leave.objects.exists()


def test_script_shows_as_text(rinas, client):
    for index, payload in enumerate(list(payloads())[::6]):
        name = squeezed(payload)
        typed = {**NEW, "name": name, "_key": f"k{index}"}
        assert rinas.post(ADD, typed).status_code == 302
        number = Doctor.objects.get(facility_id=CLINIC, name=name).number
        away = {
            "doctor": number, "first_on": "22-11-2026", "last_on": "30-11-2026", "reason": payload,
            "_key": f"l{index}",
        }  # fmt: skip
        assert rinas.post(LEAVE, away).status_code == 302
        for browser, url in ((rinas, PLANS), (rinas, LEAVE), (client, f"/faskes/{CLINIC}/")):
            page = seen(browser.get(url))
            assert name in squeezed(page.text)
            assert not {e[0] for e in page.elements} & FOREIGN
            assert not any(n.startswith("on") for e in page.elements for n in e[1:])
        Session.objects.all().delete()
        Leave.objects.all().delete()
        Doctor.objects.all().delete()


def test_no_doctor_is_in_two_sessions_at_once():
    require_apart([Span(1, 480, 720), Span(1, 720, 900), Span(2, 480, 720), Span(8, 480, 720)])
    for both in (
        (Span(1, 480, 720), Span(1, 719, 900)),
        (Span(1, 480, 720), Span(1, 480, 720)),
        (Span(7, 1320, 1560), Span(1, 60, 120)),  # Sunday's night into Monday
        (Span(8, 480, 720), Span(8, 500, 600)),
    ):
        with pytest.raises(Refused, match=r"session\.overlap|sudah praktik"):
            require_apart(both)


def test_lists_begin_with_nothing_chosen_and_speak_english(rinas):
    rinas.post(ADD, NEW)
    answer = rinas.post(ADD, {**NEW, "doctor": "", "clinic": "", "_key": "k2"})
    assert answer.status_code == 422
    monday = Session.objects.get(weekday=1)
    rinas.cookies["lang"] = "en"
    page = shown(rinas.get(f"{PLANS}{monday.id}/"))
    assert "Monday" in page
    assert "Senin" not in page
