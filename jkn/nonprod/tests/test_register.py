"""The simulated population register: says which field differs, and can be slow, failing, lying."""

from __future__ import annotations

import time

import httpx
import pytest

from jkn.nonprod.cast import SPECIALS, UNKNOWN_NIK, cast_family, newcomers
from jkn.nonprod.partners.register import Register
from jkn.nonprod.tests.partners import serving

SEED = 5


@pytest.fixture
def register():
    with serving(Register(SEED, slow_seconds=0.3).app()) as client:
        yield client


def asked(client, nik, **fields):
    return client.post("/lookup", json={"nik": nik, **fields})


def test_a_newcomer_is_matched_with_the_whole_family(register):
    household = newcomers(SEED)[0]
    head = household.head
    answer = asked(register, head.nik, kk=household.kk, birth_date=head.birth_date.isoformat())
    assert answer.status_code == 200
    told = answer.json()
    assert told["match"] is True
    assert told["person"] == {
        "nik": head.nik,
        "name": head.name,
        "birth_date": head.birth_date.isoformat(),
        "sex": head.sex.value,
        "relation": "head",
        "alive": True,
    }
    assert [p["nik"] for p in told["family"]] == [p.nik for p in household.members]
    assert told["address"]["kelurahan"] == household.village


def test_members_of_the_demo_are_known_too(register):
    siti = cast_family(SEED, 0)
    told = asked(register, siti.members[2].nik).json()
    assert told["person"]["name"] == "Budi Rahardjo"
    assert len(told["family"]) == 4


def test_the_field_that_differs_is_named(register):
    household = newcomers(SEED)[1]
    head, kk = household.head, household.kk
    wrong = {"kk": "3275010101200001", "birth_date": "1900-01-01"}
    right = {"kk": kk, "birth_date": head.birth_date.isoformat()}
    assert asked(register, head.nik, **{**right, "kk": wrong["kk"]}).json() == {
        "match": False,
        "differs": ["kk"],
    }
    assert asked(register, head.nik, **wrong).json()["differs"] == ["kk", "birth_date"]


def test_only_what_was_sent_is_compared(register):
    head = newcomers(SEED)[1].head
    assert asked(register, head.nik, birth_date="1900-01-01").json()["differs"] == ["birth_date"]
    assert asked(register, head.nik).json()["match"] is True


def test_a_stranger_is_unknown(register):
    assert asked(register, UNKNOWN_NIK).status_code == 404
    assert asked(register, "1101010101800001").status_code == 404
    assert asked(register, "0000000000000000").status_code == 404


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"nik": 1}', b'{"nik": "123"}', b'{"nik": "3275011708859993", "kk": 5}'],
)
def test_bad_questions_are_refused(register, body):
    assert register.post("/lookup", content=body).status_code == 400


def test_special_people_bring_every_kind_of_trouble(register):
    by_mood = {s.says: s.person.nik for s in SPECIALS[:4]}
    assert asked(register, by_mood["failing"]).status_code == 500
    lying = asked(register, by_mood["lying"])
    assert lying.status_code == 200
    with pytest.raises(ValueError, match="Unterminated"):
        lying.json()
    with pytest.raises(httpx.HTTPError):
        asked(register, by_mood["silent"])
    started = time.monotonic()
    assert asked(register, by_mood["slow"]).json()["match"] is True
    assert time.monotonic() - started >= 0.3


def test_special_people_for_fields_that_differ(register):
    for special, field in zip(SPECIALS[4:], ("kk", "birth_date"), strict=True):
        told = asked(
            register,
            special.person.nik,
            kk=special.typed_kk,
            birth_date=special.typed_birth_date.isoformat(),
        ).json()
        assert told == {"match": False, "differs": [field]}


def test_the_page_changes_how_it_answers_everybody(register):
    nik = newcomers(SEED)[0].head.nik
    assert register.post("/mood", data={"mood": "failing"}).status_code == 303
    assert asked(register, nik).status_code == 500
    assert register.post("/mood", data={"mood": "truth"}).status_code == 303
    assert asked(register, nik).status_code == 200
    assert register.post("/mood", data={"mood": "sulky"}).status_code == 400


def test_the_page_lists_newcomers_and_the_special_people(register):
    text = register.get("/").text
    assert newcomers(SEED)[39].head.nik in text
    assert SPECIALS[0].person.nik in text
    told = register.get("/people.json").json()
    assert len(told["newcomers"]) == 40
    assert register.get("/gaya.css").headers["content-type"].startswith("text/css")
    assert register.get("/nothing").status_code == 404
    assert register.get("/lookup").status_code == 405
