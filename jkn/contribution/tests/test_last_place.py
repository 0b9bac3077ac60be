"""The last place of an FKTP, wanted by many at once: exactly one gets it."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from django.test import Client

from jkn.contribution.tests.crowd import at_once, broken_promises
from jkn.core.clock import today
from jkn.facility.models import PrimaryPlaces
from jkn.membership.models import Member, PlaceNote, PrimaryChange
from jkn.membership.newborns import Baby, Birth, enter_newborns
from jkn.membership.place_notes import count_places
from jkn.membership.primary import apply_primary_changes
from jkn.membership.tests.factories import (
    FKTP,
    a_family,
    actor_of,
    an_account,
    bearer,
    members_of,
)

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 64
CLINIC = "3275K001"


@pytest.fixture(autouse=True)
def _november(on_day):
    on_day("2026-11-22")


def people(count):
    return [members_of(a_family(names=(f"Peserta {n}",)))[0] for n in range(count)]


def choose(member, headers, facility=CLINIC):
    body = {"member_id": str(member.id), "facility": facility}
    return Client().post(
        "/api/v1/primary-facility", body, content_type="application/json", headers=headers
    )


def taken(code):
    return PrimaryPlaces.objects.get(facility_id=code).taken


def test_of_64_who_choose_the_last_place_exactly_one_gets_it(transactional_db):
    PrimaryPlaces.objects.create(facility_id=CLINIC, capacity=10, taken=9)
    members = people(CROWD)
    nine = people(9)
    for member in nine:  # those who are there already
        Member.objects.filter(family_id=member.family_id, id=member.id).update(facility_id=CLINIC)
    PrimaryPlaces.objects.filter(facility_id=FKTP).update(taken=CROWD)
    acts = [partial(choose, m, bearer(an_account(m))) for m in members]

    answers = at_once(acts)

    assert Counter(a.status_code for a in answers) == {200: 1, 409: CROWD - 1}
    told = {a.json()["code"] for a in answers if a.status_code == 409}
    assert told == {"facility.full"}
    assert PrimaryChange.objects.count() == 1
    assert Member.objects.filter(next_facility_id=CLINIC).count() == 1
    assert taken(CLINIC) == 10
    assert broken_promises() == []


def test_one_member_from_many_phones_holds_one_place(transactional_db):
    (member,) = people(1)
    headers = bearer(an_account(member))
    same = at_once([partial(choose, member, {**headers, "Idempotency-Key": "k"})] * 16)
    assert {a.status_code for a in same} == {200}
    (other,) = people(1)
    headers = bearer(an_account(other))
    many = at_once([partial(choose, other, headers, f"3275K00{n % 3 + 1}") for n in range(12)])
    assert Counter(a.status_code for a in many) == {200: 1, 409: 11}
    assert PrimaryChange.objects.count() == 2
    assert sum(p.taken for p in PrimaryPlaces.objects.exclude(facility_id=FKTP)) == 2
    assert broken_promises() == []


def test_births_changes_and_the_count_at_the_same_moment(transactional_db):
    members = people(8)
    actors = [an_account(m) for m in members]

    def birth(member, account):
        return enter_newborns(
            actor=actor_of(account), family_id=member.family_id, on=today(),
            birth=Birth(member.id, today(), [Baby("Bayi Baru", "f")]),
        )  # fmt: skip

    acts = [partial(birth, m, a) for m, a in zip(members, actors, strict=True)]
    acts += [partial(choose, m, bearer(a)) for m, a in zip(members, actors, strict=True)]
    acts += [partial(count_places, on=today())] * 4
    at_once(acts)
    assert broken_promises() == []
    count_places(on=today())
    assert not PlaceNote.objects.exists()
    assert (taken(FKTP), taken(CLINIC)) == (16, 8)
    at_once([partial(apply_primary_changes, on=today().replace(month=12, day=1))] * 4)
    count_places(on=today())
    assert (taken(FKTP), taken(CLINIC)) == (8, 8)
    assert broken_promises() == []
