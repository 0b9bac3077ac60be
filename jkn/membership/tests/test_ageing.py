"""Children of workers at 21 and 25: suspended, restored by a proof, replaced by birth order."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.core.management import call_command

from jkn.audit.models import Entry
from jkn.core.actor import Level, Role
from jkn.membership.ageing import Aged, age_members
from jkn.membership.models import Family, Member, StatusChange
from jkn.membership.promises import PROMISES
from jkn.membership.queries import family_of
from jkn.membership.rules import Status
from jkn.membership.tests.factories import (
    a_family,
    a_member,
    a_staff_account,
    an_account,
    members_of,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)
NOTHING = Aged(0, 0, 0, 0)


@pytest.fixture
def rizki(on_day):
    """Rizki's family: a worker."""
    on_day("2026-11-22")
    return a_family(names=("Rizki Firmansyah",), segment="ppu", paid_month=None)


def broken_promises():
    return [p.name for p in PROMISES if p.broken()]


def a_child(family, birth, **over):
    return a_member(family, name=f"Anak {birth}", relation="child", birth_date=birth, **over)


def status_of(member):
    return Member.objects.get(family_id=member.family_id, id=member.id).status


def test_a_child_is_covered_to_the_day_before_21_and_told_after(rizki, client, on_day):
    child = a_child(rizki, date(2005, 11, 23))
    assert age_members(on=DAY) == NOTHING
    assert family_of(rizki.family_id, on=DAY).member(child.id).status is Status.ACTIVE

    next_day = DAY + timedelta(days=1)  # before the run, doors know it by the rule
    assert family_of(rizki.family_id, on=next_day).member(child.id).status is Status.OVER_AGE
    assert age_members(on=next_day) == Aged(1, 0, 0, 0)
    assert age_members(on=next_day) == NOTHING
    change = StatusChange.objects.get(family_id=rizki.family_id, event="passed_age")
    assert (change.since, change.status, change.by_name) == (next_day, "over_age", "sistem")
    assert broken_promises() == []
    client.force_login(an_account(members_of(rizki)[0]))
    on_day("2026-11-23")
    page = client.get("/keluarga/").content.decode()
    assert "Melewati batas usia anak" in page
    assert "Mulai 23 November 2026." in page


def test_a_late_run_dates_it_to_the_birthday(rizki):
    a_child(rizki, date(2005, 2, 28))
    age_members(on=DAY)
    change = StatusChange.objects.get(family_id=rizki.family_id, event="passed_age")
    assert change.since == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("birth", "until", "disabled"),
    [
        (date(2004, 2, 29), None, False), (date(2005, 11, 22), None, False),
        (date(2005, 11, 23), None, False), (date(2003, 1, 1), date(2026, 11, 22), False),
        (date(2003, 1, 1), date(2026, 11, 21), False), (date(2001, 11, 22), date(2027, 1, 1), False),
        (date(2001, 11, 23), date(2027, 1, 1), False), (date(1980, 1, 1), None, True),
        (date(2005, 11, 23), date(2020, 1, 1), False), (date(2000, 2, 29), date(2030, 1, 1), False),
    ],
)  # fmt: skip
def test_the_run_in_sql_is_the_rule_in_python(rizki, birth, until, disabled):
    child = a_child(rizki, birth, student_until=until, is_disabled=disabled)
    by_rule = family_of(rizki.family_id, on=DAY).member(child.id)
    age_members(on=DAY)
    assert status_of(child) == by_rule.status
    for change in StatusChange.objects.filter(family_id=rizki.family_id, event="passed_age"):
        assert change.since == by_rule.over_age_from


@pytest.mark.parametrize("segment", ["pbpu", "pbi_jk"])
def test_children_of_others_have_no_limit_of_age(on_day, segment):
    family = a_family(segment=segment)
    a_child(family, date(1990, 1, 1))
    assert age_members(on=DAY) == NOTHING


def test_the_next_by_birth_order_follows_and_never_more_than_three(rizki):
    oldest = a_child(rizki, date(2005, 11, 22))
    others = [a_child(rizki, date(2010 + n, 1, 1)) for n in range(2)]
    fifth = a_child(rizki, date(2020, 1, 1), status="waiting_place")
    fourth = a_child(rizki, date(2016, 1, 1), status="waiting_place")
    assert age_members(on=DAY) == Aged(1, 1, 0, 0)
    assert [status_of(c) for c in (oldest, *others, fourth, fifth)] == [
        "over_age", "active", "active", "active", "waiting_place"
    ]  # fmt: skip
    assert StatusChange.objects.filter(family_id=rizki.family_id, event="place_freed").count() == 1
    assert age_members(on=DAY) == NOTHING
    assert broken_promises() == []


@pytest.mark.parametrize("status", ["suspended_arrears", "data_hold"])
def test_arrears_and_questions_free_no_place(rizki, status):
    """An employer that is behind would else leave four children covered once it has paid."""
    for n in range(3):
        a_child(rizki, date(2010 + n, 1, 1), status=status)
    fourth = a_child(rizki, date(2020, 1, 1), status="waiting_place")
    assert age_members(on=DAY) == NOTHING
    assert status_of(fourth) == "waiting_place"


def test_nobody_follows_after_the_guarantee_has_ended(rizki):
    Family.objects.filter(family_id=rizki.family_id).update(guarantee_until=DAY - timedelta(days=1))
    a_child(rizki, date(2010, 1, 1), status="layoff_ended")
    waiting = a_child(rizki, date(2020, 1, 1), status="waiting_place")
    age_members(on=DAY)
    assert status_of(waiting) == "waiting_place"


def test_a_waiting_child_past_its_age_never_follows(rizki):
    waiting = a_child(rizki, date(2000, 1, 1), status="waiting_place")
    assert age_members(on=DAY) == Aged(1, 0, 0, 0)
    assert status_of(waiting) == "over_age"


def test_a_baby_without_nik_is_held_after_three_months(rizki):
    baby = a_child(rizki, date(2026, 8, 22), has_nik=False)
    assert age_members(on=DAY) == NOTHING
    assert age_members(on=DAY + timedelta(days=1)) == Aged(0, 0, 1, 0)
    assert status_of(baby) == "data_hold"


def test_the_command_prints_what_it_did(rizki, capsys):
    a_child(rizki, date(2005, 11, 22))
    call_command("age_members", "--on", "2026-11-22", "--json")
    assert json.loads(capsys.readouterr().out) == {
        "on": "2026-11-22", "over_age": 1, "places_freed": 0, "data_hold": 0,
        "guarantee_ended": 0,
    }  # fmt: skip
    call_command("age_members", "--on", "2026-11-22")
    assert "over_age" in capsys.readouterr().out


def andi(client):
    client.force_login(
        a_staff_account(
            role=Role.BRANCH, name="Andi", facility_id="", level=Level.SEEN_FACE_TO_FACE
        )
    )
    return client


def at(child, act):
    return f"/petugas/kepesertaan/{child.family_id}/{child.id}/{act}/"


def test_andi_records_a_proof_of_study_and_cover_comes_back_until_it_ends(rizki, client):
    child = a_child(rizki, date(2005, 1, 1))
    age_members(on=DAY)
    client = andi(client)
    assert "Catat surat kuliah" in client.get(at(child, "").replace("//", "/")).content.decode()
    assert client.get(at(child, "kuliah")).status_code == 200
    form = {"until": "31-08-2027", "reason": "Surat UI 12/2026", "_key": "k1"}
    answer = client.post(at(child, "kuliah"), form)
    assert answer.headers["Location"] == f"/petugas/kepesertaan/{rizki.family_id}/?tercatat"
    assert status_of(child) == "active"
    assert client.post(at(child, "kuliah"), form).status_code == 302
    change = StatusChange.objects.get(family_id=rizki.family_id, event="study_proven")
    assert (change.by_name, change.reason) == ("Andi", "Surat UI 12/2026")
    assert Entry.objects.filter(group_id=rizki.family_id, verb="membership.changed").count() == 1
    assert age_members(on=date(2027, 8, 31)) == NOTHING
    assert age_members(on=date(2027, 9, 1)) == Aged(1, 0, 0, 0)


def test_a_proof_before_21_is_kept_and_disability_has_no_limit(rizki, client):
    student, other = a_child(rizki, date(2006, 1, 1)), a_child(rizki, date(2006, 2, 1))
    client = andi(client)
    client.post(at(student, "kuliah"), {"until": "31-08-2027", "reason": "Surat", "_key": "k1"})
    client.post(at(other, "difabel"), {"reason": "Surat dokter", "_key": "k2"})
    assert age_members(on=date(2027, 3, 1)) == NOTHING
    assert age_members(on=date(2050, 3, 1)) == Aged(1, 0, 0, 0)
    assert status_of(other) == "active"


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"until": "31-08-2027"}, 422), ({"until": "31-02-2027", "reason": "x"}, 422),
        ({"until": "01-01-2026", "reason": "x"}, 422), ({"until": "01-01-2029", "reason": "x"}, 422),
    ],
)  # fmt: skip
def test_bad_input_changes_nothing(rizki, client, form, status):
    child = a_child(rizki, date(2005, 1, 1))
    age_members(on=DAY)
    assert andi(client).post(at(child, "kuliah"), form).status_code == status
    assert status_of(child) == "over_age"


def test_where_three_others_are_covered_there_is_no_place(rizki, client):
    child = a_child(rizki, date(2005, 1, 1))
    age_members(on=DAY)
    for n in range(3):
        a_child(rizki, date(2010 + n, 1, 1))
    form = {"until": "31-08-2027", "reason": "Surat", "_key": "k1"}
    assert andi(client).post(at(child, "kuliah"), form).status_code == 409
    assert status_of(child) == "over_age"


def test_the_head_is_no_child_and_an_unknown_act_is_not_there(rizki, client):
    head = members_of(rizki)[0]
    client = andi(client)
    assert client.post(at(head, "difabel"), {"reason": "x", "_key": "k"}).status_code == 422
    assert client.get(at(head, "terbang")).status_code == 404


def test_rina_and_siti_may_not(rizki, client):
    child = a_child(rizki, date(2005, 1, 1))
    for account in (a_staff_account(), an_account(members_of(rizki)[0])):
        client.force_login(account)
        answer = client.post(at(child, "difabel"), {"reason": "x"})
        assert answer.status_code == 403
    assert StatusChange.objects.filter(family_id=rizki.family_id).count() == 2
