"""Parents of workers at the branch: registered by papers, or moved from a family of their own."""

from __future__ import annotations

from datetime import date

import pytest

from jkn.account.queries import family_of as by_number
from jkn.audit.models import Entry
from jkn.core.actor import Level, Role
from jkn.core.errors import Refused
from jkn.core.month import Month
from jkn.membership.models import Member
from jkn.membership.moves import Move, move_people
from jkn.membership.promises import PROMISES
from jkn.membership.relatives import begin_extra
from jkn.membership.rules import Relation
from jkn.membership.tests.factories import (
    a_family,
    a_member,
    a_nik,
    a_staff_account,
    actor_of,
    members_of,
    signed_in,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)
KK = "3275010101990077"


@pytest.fixture
def rizki(on_day):
    """Rizki's family: a worker."""
    on_day("2026-11-22")
    return a_family(names=("Rizki Firmansyah",), segment="ppu")


@pytest.fixture
def clerk():
    return a_staff_account(role=Role.BRANCH, level=Level.SEEN_FACE_TO_FACE)


@pytest.fixture
def andi(clerk):
    return signed_in(clerk)


def place(family):
    return f"/petugas/kepesertaan/{family.family_id}/orang-tua/"


def typed(register, **over):
    nik = a_nik(9100)
    register.answer = {
        **register.answer,
        "family": [
            {"nik": nik, "name": "Wagiyem", "birth_date": "1950-02-01", "sex": "f",
             "relation": "head", "alive": True}
        ],
    }  # fmt: skip
    return {"nik": nik, "kk": KK, "birth_date": "01-02-1950", "reason": "Akta lahir", **over}


def broken():
    return [p.name for p in PROMISES if p.broken()]


def test_a_parent_of_another_card_is_registered_once_and_not_covered(rizki, andi, register):
    form = typed(register, _key="k1")
    for _ in range(2):
        assert andi.post(place(rizki), form).status_code == 302
    mother = Member.objects.get(family_id=rizki.family_id, name="Wagiyem")
    assert (mother.relation, mother.status) == ("parent", "waiting_place")
    whose = by_number("nik", form["nik"])
    assert whose is not None
    assert whose.member_id == mother.id
    assert Entry.objects.filter(verb="membership.relative", group_id=rizki.family_id).count() == 1
    page = andi.get(f"/petugas/kepesertaan/{rizki.family_id}/").content.decode()
    assert "Orang tua atau mertua" in page
    assert "Belum ditanggung" in page
    again = andi.post(place(rizki), {**form, "_key": "k2"})
    assert again.status_code == 409
    assert broken() == []


@pytest.mark.parametrize(
    "over", [{"nik": "1"}, {"kk": ""}, {"birth_date": "x"}, {"reason": ""}, {"nik": a_nik(9200)}]
)
def test_what_does_not_fit_registers_nobody(rizki, andi, register, over):
    form = typed(register, **over)
    if over.get("nik") == a_nik(9200):
        register.answer = {"match": False, "differs": ["nik"]}
    assert andi.post(place(rizki), form).status_code == 422
    assert len(members_of(rizki)) == 1


def test_only_a_workers_family_takes_them(andi, register, on_day):
    on_day("2026-11-22")
    siti = a_family()
    answer = andi.post(place(siti), typed(register))
    assert answer.status_code == 409
    assert "Hanya keluarga pekerja" in answer.content.decode()
    assert "orang-tua" not in andi.get(f"/petugas/kepesertaan/{siti.family_id}/").content.decode()


@pytest.mark.parametrize(
    ("relation", "status"), [("parent", "waiting_place"), ("spouse", "active"), ("child", "active")]
)
def test_who_moves_in_from_a_family_of_their_own_says_what_they_are(rizki, clerk, relation, status):
    parents = a_family(names=("Wagiyem", "Sukardi"))
    move = Move(
        parents.family_id, [m.id for m in members_of(parents)], rizki.family_id, Relation(relation)
    )
    move_people(actor=actor_of(clerk), move=move, on=DAY, reason="contoh")
    joined = members_of(rizki)[1:]
    assert {(m.relation, m.status) for m in joined} == {(relation, status)}
    assert broken() == []


@pytest.mark.parametrize("relation", [None, Relation.OTHER, Relation.HEAD])
def test_nobody_joins_a_workers_family_as_something_else(rizki, clerk, relation):
    parents = a_family(names=("Wagiyem",))
    move = Move(parents.family_id, [members_of(parents)[0].id], rizki.family_id, relation)
    with pytest.raises(Refused, match=r"move\.relation"):
        move_people(actor=actor_of(clerk), move=move, on=DAY, reason="contoh")
    assert len(members_of(rizki)) == 1


def test_the_move_form_asks_for_it(rizki, andi):
    parents = a_family(names=("Wagiyem",))
    form = {
        "people": [str(members_of(parents)[0].id)], "target": "join", "kk": rizki.kk,
        "segment": "", "care_class": "", "reason": "ikut anak",
    }  # fmt: skip
    path = f"/petugas/kepesertaan/{parents.family_id}/pindah/"
    assert andi.post(path, form).status_code == 422
    assert andi.post(path, {**form, "relation": "parent"}).status_code == 302
    assert [m.relation for m in members_of(rizki)[1:]] == ["parent"]


def test_extra_family_takes_no_place_of_the_three_children(rizki, clerk):
    for n in range(2):
        a_member(rizki, name=f"Anak {n}", relation="child", birth_date=date(2012 + n, 1, 1))
    waiting = a_member(
        rizki, name="Anak", relation="child", birth_date=date(2016, 1, 1), status="waiting_place"
    )
    begin_extra(
        actor=actor_of(clerk), family_id=rizki.family_id, member_id=waiting.id,
        first=Month(2026, 11), on=DAY,
    )  # fmt: skip
    baby = {
        "parent": str(members_of(rizki)[0].id), "birth_date": "20-11-2026", "name": "Bayi",
        "sex": "f", "nik": "", "twin_name": "", "twin_sex": "", "twin_nik": "",
    }  # fmt: skip
    answer = signed_in(clerk).post(f"/petugas/kepesertaan/{rizki.family_id}/bayi/", baby)
    assert answer.status_code == 302
    assert Member.objects.get(family_id=rizki.family_id, name="Bayi").status == "active"
