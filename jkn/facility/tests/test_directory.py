"""The directory in memory: exactly what SQL finds, and fresh after every change."""

from __future__ import annotations

import random
from datetime import date, datetime, time

import pytest

from jkn.core.actor import SYSTEM
from jkn.core.db import execute
from jkn.core.errors import NotFound, Refused
from jkn.facility import directory, jobs
from jkn.facility.actions import Slot, next_version, refresh, set_leave, set_sessions
from jkn.facility.models import Facility, Session
from jkn.facility.promises import PROMISES
from jkn.facility.queries import sessions_of
from jkn.facility.searching import Search
from jkn.facility.tests import oracle
from jkn.facility.tests.factories import a_facility, some_facilities

pytestmark = pytest.mark.django_db
THURSDAY = 4


def codes(search, *, count=20, skip=0):
    return [hit.code for hit in directory.find(search, count=count, skip=skip).page]


def names(search, **more):
    known = dict(Facility.objects.values_list("code", "name"))
    return [known[code] for code in codes(search, **more)]


QUERIES = (
    "hermina", "hermena", "puskemas jatiasih", "Jati Asih", "jatiasih", "rs", "p", "apotek sehat",
    "klinik bunda mulia", "RSUD dr. Chasbullah", "bekasi selatan", "cuci darah", "a", "igd 24",
    "rumah sakit ibu", "Jalan Melati No. 12", "zzz qqq", "100%", "o'brien", "medan satria",
    "praktik dokter gigi", "harapan baru", "mustikajaya", "kursi roda", "puskesmas",
)  # fmt: skip


def test_the_first_twenty_are_those_of_sql():
    some_facilities(2000)
    oracle.prepare()
    for query in QUERIES:
        assert codes(Search(text=query)) == oracle.by_text(query, 20), query


def test_the_nearest_twenty_are_those_of_sql():
    some_facilities(3000)
    chance = random.Random(5)
    for n in range(50):
        at = (chance.uniform(-9, 4), chance.uniform(96, 140)) if n % 2 else (-6.25, 107.0)
        found = directory.find(Search(at=at), count=20).page
        expected = oracle.nearest(*at, 20)
        assert [round(h.metres, 3) for h in found] == [round(m, 3) for _, m in expected]


def test_spelling_and_spaces_do_not_matter():
    assert names(Search(text="jati asih"))[0] == "Puskesmas Jati Asih"
    assert names(Search(text="JATIASIH", group="puskesmas"))[0] == "Puskesmas Jati Asih"
    assert names(Search(text="puskemas jatiasi"))[0] == "Puskesmas Jati Asih"
    assert names(Search(text="hermena"))[0].startswith("RS Hermina")
    assert codes(Search(text="🏥")) == []


def test_pages_are_slices_of_one_order():
    some_facilities(300)
    for search in (Search(), Search(text="klinik"), Search(at=(-6.2, 107.0))):
        whole = codes(search, count=60)
        assert codes(search, count=20, skip=20) == whole[20:40]
        assert len(set(whole)) == len(whole) > 40


def test_near_a_kelurahan_its_own_come_first_then_its_kecamatan():
    found = names(Search(group="puskesmas", village="32.75.08.1006"))
    assert found[0] == "Puskesmas Jati Bening Baru"  # no point is known of it
    assert {"Puskesmas Jati Makmur", "Puskesmas Jati Bening"} < set(found[1:5])
    assert len(found) == 20


def test_a_hospital_with_an_internist_on_thursday():
    _internist("3275R002", {THURSDAY})
    _internist("3275R001", {1})
    thursday = Search(group="hospital", tags=("clinic:INT4",))
    assert codes(thursday) == ["3275R002"]
    assert set(codes(Search(group="hospital", tags=("clinic:INT",)))) == {"3275R001", "3275R002"}
    assert codes(Search(tags=("day:4",))) == ["3275R002"]
    assert codes(Search(text="dr. Contoh Sekar", group="hospital"))[0] in ("3275R001", "3275R002")


def test_open_now_counts_midnight_and_holidays():
    night = Search(group="clinic", moment=datetime.fromisoformat("2026-11-23 02:00"))
    assert set(names(night)) == {"Klinik Contoh Anggrek", "Klinik Contoh Flamboyan"}
    holiday = Search(group="pharmacy", moment=datetime.fromisoformat("2026-12-25 10:00"))
    assert set(names(holiday)) == {"Apotek Contoh Sehat", "Apotek Contoh Waras"}


def test_a_contract_that_has_ended_or_not_begun_is_not_listed(on_day):
    on_day("2026-11-22")
    a_facility(code="9999R001", name="RS Contoh Uji Satu", contract_to=date(2026, 11, 21))
    a_facility(code="9999R002", name="RS Contoh Uji Dua", contract_from=date(2026, 11, 23))
    a_facility(code="9999R003", name="RS Contoh Uji Tiga", contract_to=date(2026, 11, 22))
    assert codes(Search(text="contoh uji")) == ["9999R003"]


def test_a_change_is_seen_by_one_statement_more(django_assert_num_queries):
    assert codes(Search(text="kantor contoh")) == ["3275B001"]
    with django_assert_num_queries(1):
        directory.directory()
    kept = directory.directory().base
    Facility.objects.filter(code="3275B001").update(name="Loket Kita", version=next_version())
    assert names(Search(text="loket kita"))[0] == "Loket Kita"
    assert "3275B001" not in codes(Search(text="contoh layanan peserta"))
    assert directory.directory().base is kept  # only what changed was read


def test_many_changes_or_an_older_database_make_the_copy_anew():
    kept = directory.directory().base
    some_facilities(501)
    assert directory.directory().base is not kept
    kept = directory.directory().base
    execute("UPDATE facility_directoryversion SET version = version - 1")
    assert directory.directory().base is not kept


def test_copies_with_changes_find_what_a_fresh_copy_finds():
    some_facilities(400)
    directory.directory()
    version = next_version()
    for number in range(0, 400, 9):
        Facility.objects.filter(code=f"9999X{number:05}").update(
            name=f"Klinik Baru {number}", latitude=-6.2, longitude=107 + number / 1000,
            version=version,
        )  # fmt: skip
    searches = [
        Search(text="klinik baru"), Search(), Search(at=(-6.2, 107.1)),
        Search(text="sehat", village="32.75.08.1003"), Search(at=(-6.2, 107), text="baru"),
    ]  # fmt: skip
    both = [directory.find(s, count=60, skip=5) for s in searches]
    assert directory.directory().changed
    directory.forget()
    assert [directory.find(s, count=60, skip=5) for s in searches] == both
    assert not directory.directory().changed


def _internist(facility_id, weekdays, **more):
    return set_sessions(
        actor=SYSTEM, facility_id=facility_id, number=101, name="dr. Contoh Sekar, Sp.PD",
        clinic="INT", since=date(2026, 11, 1), on=date(2026, 11, 1),
        slots=[Slot(day, time(8), time(12), 30) for day in weekdays], **more,
    )  # fmt: skip


def test_sessions_end_on_the_day_before_the_new_ones_begin():
    _internist("3275R002", {1, THURSDAY})
    set_sessions(
        actor=SYSTEM, facility_id="3275R002", number=101, name="dr. Contoh Sekar, Sp.PD",
        clinic="INT", since=date(2026, 12, 1), on=date(2026, 11, 20), slots=[Slot(2, time(22), time(2), 10)],
    )  # fmt: skip
    before = sessions_of("3275R002", on=date(2026, 11, 30))
    assert [s.weekday for s in before] == [1, THURSDAY]
    after = sessions_of("3275R002", on=date(2026, 12, 1))
    assert [(s.weekday, s.opens, s.closes) for s in after] == [(2, time(22), time(2))]
    # Until then both are found; the job of the day takes out what ended.
    assert codes(Search(tags=("clinic:INT4",))) == codes(Search(tags=("clinic:INT2",))) != []
    assert refresh(on=date(2026, 12, 1)) == 1
    assert codes(Search(tags=("clinic:INT4",))) == []
    assert refresh(on=date(2026, 12, 1)) == 0


def test_promises_see_a_copy_that_is_wrong():
    _internist("3275R002", {1})
    assert [p.broken() for p in PROMISES] == [0, 0]
    Facility.objects.filter(code="3275R002").update(clinics=["INT"], version=10**9)
    assert [p.broken() for p in PROMISES] == [1, 1]
    jobs.refresh_directory(timestamp=0)
    assert PROMISES[0].broken() == 0


def test_the_same_sessions_twice_change_nothing():
    _internist("3275R002", {1})
    rows = list(Session.objects.values())
    version = execute("SELECT version FROM facility_directoryversion")
    _internist("3275R002", {1})
    assert list(Session.objects.values()) == rows
    assert execute("SELECT version FROM facility_directoryversion") == version


@pytest.mark.parametrize(
    ("slot", "code"),
    [
        (Slot(0, time(8), time(9), 1), "session.weekday"),
        (Slot(9, time(8), time(9), 1), "session.weekday"),
        (Slot(1, time(8), time(8), 1), "session.hours"),
        (Slot(1, time(8), time(9), -1), "session.capacity"),
        (Slot(1, time(8), time(9), 501), "session.capacity"),
    ],
)
def test_a_session_that_cannot_be_is_refused(slot, code):
    with pytest.raises(Refused) as caught:
        set_sessions(
            actor=SYSTEM, facility_id="3275R002", number=1, name="x", clinic="INT",
            slots=[slot], since=date(2026, 11, 1), on=date(2026, 11, 1),
        )  # fmt: skip
    assert caught.value.code == code
    assert not Session.objects.exists()


def test_unknown_facilities_clinics_and_doctors():
    with pytest.raises(NotFound):
        _internist("0000X000", {1})
    with pytest.raises(Refused, match=r"clinic\.unknown"):
        set_sessions(
            actor=SYSTEM, facility_id="3275R002", number=1, name="x", clinic="QQQ", slots=[],
            since=date(2026, 11, 1), on=date(2026, 11, 1),
        )  # fmt: skip
    with pytest.raises(NotFound):
        set_leave(
            actor=SYSTEM, facility_id="3275R002", number=9, first_on=date(2026, 11, 1),
            last_on=date(2026, 11, 2), reason="",
        )  # fmt: skip


def test_a_leave_shows_until_when_the_doctor_is_away():
    _internist("3275R002", {1})
    told = {
        "actor": SYSTEM, "facility_id": "3275R002", "number": 101,
        "first_on": date(2026, 11, 23), "last_on": date(2026, 11, 29), "reason": "Cuti",
    }  # fmt: skip
    assert set_leave(**told).id == set_leave(**told).id
    assert sessions_of("3275R002", on=date(2026, 11, 23))[0].away_until == date(2026, 11, 29)
    assert sessions_of("3275R002", on=date(2026, 11, 30))[0].away_until is None
    with pytest.raises(Refused, match=r"leave\.order"):
        set_leave(**{**told, "last_on": date(2026, 11, 1)})
