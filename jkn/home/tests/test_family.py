"""/keluarga/ and GET /api/v1/family: who belongs to the family, how they stand, what changed."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jkn.audit.models import Entry
from jkn.contribution.actions import run_day
from jkn.core.month import Month
from jkn.membership.presenters import EFFECTS, EVENTS
from jkn.membership.rules import Event, Status
from jkn.membership.tests.factories import (
    a_family,
    a_staff_account,
    an_account,
    bearer,
    members_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def siti(on_day):
    on_day("2026-11-22")
    return a_family(names=("Siti Rahmawati", "Budi Santoso"))


def test_the_page_shows_who_belongs_how_they_stand_and_since_when(client, siti):
    client.force_login(an_account(members_of(siti)[0]))
    page = client.get("/keluarga/").content.decode()
    assert "Siti Rahmawati" in page
    assert "Budi Santoso: Didaftarkan" in page
    assert "Mulai 1 Maret 2021." in page
    assert EFFECTS[Status.ACTIVE] in page


def test_a_suspension_is_told_with_its_day_and_its_effect(client, siti):
    run_day(on=date(2027, 1, 5))
    client.force_login(an_account(members_of(siti)[0]))
    page = client.get("/keluarga/").content.decode()
    assert "Iuran bulan lalu belum dibayar" in page
    assert "Mulai 1 Januari 2027." in page
    assert EFFECTS[Status.SUSPENDED_ARREARS] in page


@pytest.mark.parametrize(
    ("status", "segment", "leads"),
    [("suspended_arrears", "pbpu", True), ("active", "pbpu", False),
     ("suspended_arrears", "ppu", False)],
)  # fmt: skip
def test_where_cover_waits_for_money_the_page_leads_to_it(client, on_day, status, segment, leads):
    on_day("2026-11-22")
    paid = Month(2026, 6 if status != "active" else 11).index
    family = a_family(status=status, segment=segment, paid_month=paid)
    client.force_login(an_account(members_of(family)[0]))
    page = client.get("/keluarga/").content.decode()
    assert ('class="btn" href="/iuran/"' in page) is leads


def test_what_the_app_cannot_do_says_where(client, siti):
    client.force_login(an_account(members_of(siti)[0]))
    page = client.get("/keluarga/").content.decode()
    for words in ("surat kematian", "Pemberi kerja melapor", "dinas sosial", "08118165165"):
        assert words in page


def test_a_program_reads_the_same(client, siti):
    answer = client.get("/api/v1/family", headers=bearer(an_account(members_of(siti)[0])))
    body = answer.json()
    assert answer.status_code == 200
    assert [m["name"] for m in body["members"]] == ["Siti Rahmawati", "Budi Santoso"]
    assert {(c["event"], c["status"], c["since"]) for c in body["changes"]} == {
        ("registered", "active", "2021-03-01")
    }
    assert body["changes"][0]["at"].endswith("+07:00")
    assert Entry.objects.filter(group_id=siti.family_id, verb="membership.family").count() == 1


def test_wati_sees_only_her_own(client, siti):
    wati = a_family(names=("Wati Kusuma",), paid_month=Month(2026, 11).index)
    client.force_login(an_account(members_of(wati)[0]))
    page = client.get("/keluarga/").content.decode()
    assert "Wati Kusuma" in page
    assert "Siti" not in page
    assert "Budi" not in page


def test_strangers_and_staff_have_no_family_here(client, siti):
    assert client.get("/api/v1/family").status_code == 401
    assert client.get("/keluarga/").headers["Location"] == "/masuk/?lanjut=/keluarga/"
    client.force_login(a_staff_account())
    assert client.get("/keluarga/").status_code == 403


def test_few_statements(client, siti):
    client.force_login(an_account(members_of(siti)[0]))
    client.get("/keluarga/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get("/keluarga/")
    reads = [q["sql"] for q in asked.captured_queries if "membership_" in q["sql"]]
    assert len(reads) == 5  # members, names, changes of status, of the family, of FKTPs


def test_every_event_and_status_has_words():
    assert {e.value for e in Event} | {"registered"} == set(EVENTS)
    assert set(EFFECTS) == set(Status)
