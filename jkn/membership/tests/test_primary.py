"""Choosing an FKTP: by the member, by the branch with proof; held, begun, told, counted."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from jkn.audit.models import Entry
from jkn.core.actor import Level, Role
from jkn.core.errors import Conflict
from jkn.core.ids import new_id
from jkn.facility.models import PrimaryPlaces
from jkn.membership.actions import NewFamily, NewMember, register_family
from jkn.membership.acts import mark_duplicate, record_death
from jkn.membership.changes import lock_member
from jkn.membership.checks import check_eligibility
from jkn.membership.choosing import Ground
from jkn.membership.jobs import tell_primary
from jkn.membership.models import Family, Member, PlaceNote, PrimaryChange
from jkn.membership.moves import Move, NewHome, move_people
from jkn.membership.newborns import Baby, Birth, enter_newborns
from jkn.membership.place_notes import count_places, count_places_of
from jkn.membership.primary import Choice, apply_primary_changes, choose_primary
from jkn.membership.promises import PROMISES
from jkn.membership.queries import family_of
from jkn.membership.rules import PaymentWindow, Relation, Segment
from jkn.membership.tests.factories import (
    FKTP,
    a_family,
    a_member,
    a_nik,
    a_staff_account,
    actor_of,
    an_account,
    bearer,
    members_of,
)
from jkn.notice.models import Notice

pytestmark = pytest.mark.django_db
TODAY, BEGINS = date(2026, 11, 22), date(2026, 12, 1)
CLINIC, OTHER = "3275K001", "3275P002"


@pytest.fixture
def siti(on_day):
    on_day("2026-11-22")
    return a_family(names=("Siti Rahmawati", "Budi Santoso"))


@pytest.fixture
def head(siti):
    return members_of(siti)[0]


@pytest.fixture
def account(head):
    return an_account(head)


@pytest.fixture
def andi():
    return a_staff_account(
        role=Role.BRANCH, name="Andi", facility_id="", level=Level.SEEN_FACE_TO_FACE
    )


def url(member):
    return f"/keluarga/faskes/{member.id}/"


def desk_url(member):
    return f"/petugas/kepesertaan/{member.family_id}/{member.id}/faskes/"


def taken(code):
    row = PrimaryPlaces.objects.filter(facility_id=code).first()
    return row.taken if row else 0


def places_hold():
    (promise,) = [p for p in PROMISES if p.name == "membership.places"]
    return promise.broken() == 0


def nothing_chosen(member):
    now = Member.objects.get(family_id=member.family_id, id=member.id)
    return (
        now.next_facility_id == ""
        and now.facility_id == member.facility_id
        and not PrimaryChange.objects.exists()
        and places_hold()
    )


def test_siti_chooses_a_clinic_from_the_next_month(client, siti, head, account, on_day):
    client.force_login(account)
    page = client.get(url(head), {"kelurahan": "32.75.08.1003"}).content.decode()
    assert "Puskesmas Jati Makmur" in page
    assert "1 Desember 2026" in page

    form = {"facility": OTHER, "kelurahan": "32.75.08.1003", "_key": "k1"}
    assert client.post(url(head), form).headers["Location"] == "/keluarga/?tercatat"
    assert (taken(FKTP), taken(OTHER)) == (2, 1)  # held at the new one, kept at the old one
    assert places_hold()
    for path in ("/keluarga/", f"/kartu/{head.id}/", url(head)):
        shown = client.get(path).content.decode()
        assert "Puskesmas Jati Makmur" in shown
        assert "1 Desember 2026" in shown

    assert family_of(siti.family_id, on=date(2026, 11, 30)).member(head.id).facility_id == FKTP
    assert family_of(siti.family_id, on=BEGINS).member(head.id).facility_id == OTHER
    budi = members_of(siti)[1]
    assert family_of(siti.family_id, on=BEGINS).member(budi.id).facility_id == FKTP

    on_day("2026-12-01")
    assert apply_primary_changes(on=BEGINS) == 1
    assert apply_primary_changes(on=BEGINS) == 0
    assert (taken(FKTP), taken(OTHER)) == (1, 1)
    assert places_hold()
    now = Member.objects.get(family_id=siti.family_id, id=head.id)
    assert (now.facility_id, now.facility_since) == (OTHER, BEGINS)
    assert (now.next_facility_id, now.next_facility_from) == ("", None)
    assert "1 Maret 2027" in client.get(url(head)).content.decode()


def test_the_family_is_told_and_it_is_written_down(client, siti, head, account):
    client.force_login(account)
    client.post(url(head), {"facility": OTHER, "kelurahan": "32.75.08.1003", "_key": "k1"})
    change = PrimaryChange.objects.get(family_id=siti.family_id)
    assert (change.before, change.after, change.since) == (FKTP, OTHER, BEGINS)
    assert Entry.objects.filter(verb="membership.primary_chosen", subject=head.id).count() == 1
    for _ in range(2):
        tell_primary(siti.family_id, change.id)
    (notice,) = Notice.objects.filter(account_id=account.id)
    assert notice.values["since"] == "2026-12-01"
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        PrimaryChange.objects.filter(family_id=siti.family_id).update(reason="x")


def test_twice_is_once_and_the_next_change_waits_three_months(client, head, account):
    client.force_login(account)
    form = {"facility": OTHER, "kelurahan": "32.75.08.1003", "_key": "k1"}
    for _ in range(2):
        assert client.post(url(head), form).status_code == 302
    assert PrimaryChange.objects.count() == 1
    again = client.post(url(head), {**form, "facility": "3275P003", "_key": "k2"})
    assert again.status_code == 409
    assert "1 Maret 2027" in again.content.decode()
    assert (taken(OTHER), taken("3275P003")) == (1, 0)


def test_too_soon_is_refused_with_the_day(client, siti, head, account):
    Member.objects.filter(family_id=siti.family_id, id=head.id).update(
        facility_since=date(2026, 9, 1)
    )
    client.force_login(account)
    assert "1 Desember 2026" in client.get(url(head)).content.decode()
    answer = client.post(url(head), {"facility": OTHER, "kelurahan": "32.75.08.1003", "_key": "k1"})
    assert answer.status_code == 409
    assert nothing_chosen(head)


@pytest.mark.parametrize(
    ("segment", "corps", "words"),
    [
        ("pbi_jk", "", "PBI"),
        ("pbi_apbd", "", "PBI"),
        ("ppu", "tni", "TNI"),
        ("ppu", "polri", "TNI"),
    ],
)
def test_who_cannot_do_it_here_is_told_where(client, on_day, segment, corps, words):
    on_day("2026-11-22")
    family = a_family(segment=segment, corps=corps, paid_month=None)
    member = members_of(family)[0]
    client.force_login(an_account(member))
    page = client.get(url(member)).content.decode()
    assert words in page
    assert 'name="facility"' not in page
    answer = client.post(url(member), {"facility": FKTP, "_key": "k1"})
    assert answer.status_code == 422
    assert nothing_chosen(member)


def test_a_full_one_is_shown_and_refused(client, head, account):
    PrimaryPlaces.objects.create(facility_id=OTHER, capacity=5, taken=5)
    client.force_login(account)
    page = client.get(url(head), {"kelurahan": "32.75.08.1003"}).content.decode()
    assert "Penuh" in page
    answer = client.post(url(head), {"facility": OTHER, "kelurahan": "32.75.08.1003", "_key": "k1"})
    assert answer.status_code == 409
    assert "sudah penuh" in answer.content.decode()
    assert taken(OTHER) == 5
    assert PrimaryChange.objects.count() == 0


@pytest.mark.parametrize("facility", ["", "3275R001", "nowhere", FKTP, "<script>", "x" * 5000])
def test_bad_input_changes_nothing(client, head, account, facility):
    client.force_login(account)
    answer = client.post(url(head), {"facility": facility, "_key": "k1"})
    assert answer.status_code == 422
    assert b"<script>" not in answer.content
    assert nothing_chosen(head)


def test_a_stranger_learns_nothing(client, head):
    wati = a_family(names=("Wati Lestari",))
    client.force_login(an_account(members_of(wati)[0]))
    assert client.get(url(head)).status_code == 404
    assert client.post(url(head), {"facility": OTHER, "_key": "k1"}).status_code == 404
    assert nothing_chosen(head)


@pytest.mark.parametrize("ground", ["moved_home", "assigned", "redistributed"])
def test_andi_does_it_earlier_with_a_proof(client, siti, head, andi, ground):
    Member.objects.filter(family_id=siti.family_id, id=head.id).update(facility_since=TODAY)
    client.force_login(andi)
    assert client.get(desk_url(head)).status_code == 200
    form = {"facility": OTHER, "kelurahan": "32.75.08.1003", "_key": "k1"}
    assert client.post(desk_url(head), form).status_code == 422  # neither ground nor proof
    early = {**form, "ground": "ordinary", "reason": "x", "_key": "k2"}
    assert client.post(desk_url(head), early).status_code == 409
    proven = {**form, "ground": ground, "reason": "Surat domisili 12/2026", "_key": "k3"}
    assert client.post(desk_url(head), proven).status_code == 302
    change = PrimaryChange.objects.get(family_id=siti.family_id)
    assert (change.ground, change.by_name) == (ground, "Andi")
    assert change.reason == "Surat domisili 12/2026"
    assert places_hold()


def test_a_proof_replaces_a_change_that_is_to_come(siti, head, andi, account):
    choose_primary(
        actor=actor_of(account), family_id=siti.family_id, choice=Choice(head.id, OTHER), on=TODAY
    )
    choice = Choice(head.id, "3275P003", Ground.MOVED_HOME, "Surat domisili")
    choose_primary(actor=actor_of(andi), family_id=siti.family_id, choice=choice, on=TODAY)
    count_places_of(siti.family_id, on=TODAY)
    assert (taken(FKTP), taken(OTHER), taken("3275P003")) == (2, 0, 1)
    assert places_hold()


def test_rina_may_not_and_a_member_claims_no_proof(client, siti, head, account):
    client.force_login(a_staff_account())
    assert client.get(desk_url(head)).status_code == 403
    client.force_login(account)
    assert client.post(desk_url(head), {"facility": OTHER}).status_code == 403
    Member.objects.filter(family_id=siti.family_id, id=head.id).update(facility_since=TODAY)
    form = {"facility": OTHER, "kelurahan": "32.75.08.1003", "ground": "moved_home", "_key": "k1"}
    assert client.post(url(head), form).status_code == 409


def test_andi_notes_that_the_worker_serves_in_tni(client, on_day, andi):
    on_day("2026-11-22")
    family = a_family(segment="ppu", paid_month=None)
    member = members_of(family)[0]
    client.force_login(andi)
    path = f"/petugas/kepesertaan/{family.family_id}/{member.id}/dinas/"
    assert "TNI" in client.get(path).content.decode()
    assert client.post(path, {"corps": "navy", "reason": "x"}).status_code == 422
    assert client.post(path, {"corps": "tni", "reason": "SK", "_key": "k"}).status_code == 302
    assert Family.objects.get(family_id=family.family_id).corps == "tni"
    client.post(path, {"corps": "none", "reason": "Pensiun", "_key": "k2"})
    assert Family.objects.get(family_id=family.family_id).corps == ""


def test_the_api_says_what_is_possible_and_does_it(client, siti, head, account):
    auth = bearer(account)
    asked = client.get(
        "/api/v1/primary-facility", {"member_id": head.id, "village": "32.75.08.1003"}, headers=auth
    ).json()
    assert asked["facility"]["code"] == FKTP
    assert (asked["refusal"], asked["possible_from"], asked["begins"]) == (
        None, "2021-06-01", "2026-12-01",
    )  # fmt: skip
    assert asked["options"][0]["left"] == 30_000
    body = {"member_id": str(head.id), "facility": OTHER}
    for _ in range(2):
        done = client.post(
            "/api/v1/primary-facility", body, content_type="application/json",
            headers={**auth, "Idempotency-Key": "k1"},
        )  # fmt: skip
        assert done.json()["begins"] == "2026-12-01"
    assert PrimaryChange.objects.count() == 1
    asked = client.get("/api/v1/primary-facility", {"member_id": head.id}, headers=auth).json()
    assert asked["refusal"] == "primary.pending"
    assert asked["next_facility"]["name"] == "Puskesmas Jati Makmur"
    card = client.get("/api/v1/card", headers=auth).json()["members"][0]
    assert card["next_primary_facility"]["code"] == OTHER


@pytest.mark.parametrize("who", ["", "x", "-1", "4711", "9" * 40])
def test_an_id_of_nobody_is_not_found(client, account, who):
    body = {"member_id": who, "facility": OTHER}
    done = client.post(
        "/api/v1/primary-facility", body, content_type="application/json", headers=bearer(account)
    )
    assert done.status_code == 404
    assert taken(OTHER) == 0


# The counts stay right, whatever happens to the member.


def test_a_birth_and_a_death_are_counted_even_where_it_is_full(siti, head, account):
    PrimaryPlaces.objects.filter(facility_id=FKTP).update(capacity=2)
    birth = Birth(head.id, date(2026, 11, 20), [Baby("Bayi Satu", "f"), Baby("Bayi Dua", "m")])
    enter_newborns(actor=actor_of(account), family_id=siti.family_id, birth=birth, on=TODAY)
    assert places_hold()  # the notes count
    assert count_places(on=TODAY) == 2
    assert count_places(on=TODAY) == 0
    assert taken(FKTP) == 4
    record_death(
        actor=actor_of(account), family_id=siti.family_id, member_id=head.id, day=TODAY,
        reason="x", on=TODAY,
    )  # fmt: skip
    count_places_of(siti.family_id, on=TODAY)
    count_places_of(siti.family_id, on=TODAY)
    assert taken(FKTP) == 3
    assert places_hold()


def test_who_dies_before_the_change_gives_both_places_back(siti, head, account):
    family_id = siti.family_id
    choose_primary(
        actor=actor_of(account), family_id=family_id, choice=Choice(head.id, OTHER), on=TODAY
    )
    other = a_family(names=("Siti R.",))
    mark_duplicate(
        actor=actor_of(account), family_id=family_id, member_id=head.id,
        number=members_of(other)[0].card, reason="x", on=TODAY,
    )  # fmt: skip
    _, member = lock_member(family_id, head.id)
    assert (member.next_facility_id, member.next_facility_from) == ("", None)
    record_death(
        actor=actor_of(account), family_id=family_id, member_id=head.id, day=TODAY, reason="x",
        on=TODAY,
    )  # fmt: skip
    apply_primary_changes(on=BEGINS)
    assert (taken(FKTP), taken(OTHER)) == (2, 0)
    assert places_hold()


def a_new_family(count):
    return NewFamily(
        "3275010101980001", Segment.SELF_PAYING, "3", "32.75.01.1001", CLINIC, "2026-01",
        [
            NewMember(a_nik(), f"Orang {n}", date(1990, 1, 1), "f", relation)
            for n, relation in zip(range(count), Relation, strict=False)
        ],
    )  # fmt: skip


def test_a_registration_takes_places_for_all_or_none(account):
    PrimaryPlaces.objects.create(facility_id=CLINIC, capacity=2)
    window = PaymentWindow(TODAY, BEGINS)
    families = Family.objects.count()
    with pytest.raises(Conflict) as told:
        register_family(actor=actor_of(account), new=a_new_family(3), window=window, on=TODAY)
    assert told.value.code == "facility.full"
    assert (taken(CLINIC), Family.objects.count()) == (0, families)
    register_family(actor=actor_of(account), new=a_new_family(2), window=window, on=TODAY)
    assert taken(CLINIC) == 2
    assert places_hold()


def test_a_hospital_is_told_the_facility_of_the_day_of_service(siti, head, account):
    choose_primary(
        actor=actor_of(account), family_id=siti.family_id, choice=Choice(head.id, OTHER), on=TODAY
    )
    rina = actor_of(a_staff_account())
    asked = {"actor": rina, "kind": "card", "number": head.card}
    assert check_eligibility(**asked, on=TODAY).member.facility_id == FKTP
    assert check_eligibility(**asked, on=BEGINS).member.facility_id == OTHER


def test_a_move_takes_the_place_and_the_coming_one_along(siti, head, account):
    budi = members_of(siti)[1]
    choose_primary(
        actor=actor_of(account), family_id=siti.family_id, choice=Choice(budi.id, OTHER), on=TODAY
    )
    home = NewHome("3275010101990001", Segment.WORKER, "1", None)
    family, (moved,) = move_people(
        actor=actor_of(account), move=Move(siti.family_id, [budi.id], home), on=TODAY, reason="x"
    )
    assert (moved.next_facility_id, moved.next_facility_from) == (OTHER, BEGINS)
    assert moved.facility_since == date(2021, 3, 1)
    assert places_hold()
    apply_primary_changes(on=BEGINS)
    assert family_of(family.family_id, on=BEGINS).member(budi.id).facility_id == OTHER
    assert (taken(FKTP), taken(OTHER)) == (1, 1)
    assert places_hold()


def test_a_change_that_has_begun_but_is_not_copied_counts_as_begun(siti, head, account, andi):
    family_id = siti.family_id
    choose_primary(
        actor=actor_of(account), family_id=family_id, choice=Choice(head.id, OTHER), on=TODAY
    )
    later = date(2027, 3, 1)  # the daily run slept for months
    choose_primary(
        actor=actor_of(account), family_id=family_id, choice=Choice(head.id, FKTP), on=later
    )
    row = Member.objects.get(family_id=family_id, id=head.id)
    assert (row.facility_id, row.facility_since) == (OTHER, BEGINS)
    assert (row.next_facility_id, row.next_facility_from) == (FKTP, date(2027, 4, 1))
    assert places_hold()
    apply_primary_changes(on=date(2027, 4, 1))
    assert (taken(FKTP), taken(OTHER)) == (2, 0)
    assert places_hold()


def test_a_refusal_by_the_rules_takes_no_place(siti, head, account):
    Member.objects.filter(family_id=siti.family_id, id=head.id).update(facility_since=TODAY)
    with pytest.raises(Conflict), transaction.atomic():
        choose_primary(
            actor=actor_of(account), family_id=siti.family_id, choice=Choice(head.id, OTHER),
            on=TODAY,
        )  # fmt: skip
    assert taken(OTHER) == 0


def test_the_promise_finds_a_miscount(siti):
    assert places_hold()
    PrimaryPlaces.objects.filter(facility_id=FKTP).update(taken=7)
    assert not places_hold()


def test_orphans_are_refused(siti):
    with pytest.raises(IntegrityError, match="primary_change_of_member"), transaction.atomic():
        PrimaryChange.objects.create(
            family_id=siti.family_id, member_id=new_id(), before=FKTP, after=OTHER,
            ground="ordinary", since=BEGINS, by_account=0, by_name="x", reason="x",
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="place_note_of_family"):
        PlaceNote.objects.create(family_id=new_id(), facility_id=FKTP, persons=1)


def test_a_run_of_many_is_one_statement_a_slice(siti, on_day, django_assert_max_num_queries):
    on_day("2026-12-01")
    for _ in range(20):
        a_member(siti, next_facility_id=FKTP, next_facility_from=BEGINS, facility_id=OTHER)
    PrimaryPlaces.objects.filter(facility_id=FKTP).update(taken=22)
    with django_assert_max_num_queries(25):
        assert apply_primary_changes(on=BEGINS) == 20
    assert places_hold()
    call_command("age_members", "--on", "2026-12-01")
