"""The population register may be slow, down or lying: what was typed waits, and is asked again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from jkn.core.errors import Unavailable
from jkn.gate import outside
from jkn.membership import jobs
from jkn.membership.actions import ask_register, keep_draft
from jkn.membership.models import Draft
from jkn.membership.partner import UNKNOWN, look_up
from jkn.membership.queries import DraftData, draft_of
from jkn.membership.tests.register import BUDI, KK, MATCH, NIK, SITI

pytestmark = pytest.mark.django_db
ACCOUNT = 4711
DATA = DraftData(nik=NIK, kk=KK, birth_date=date(1968, 1, 31))


@pytest.fixture
def impatient(settings):
    """Wait for the register for a fifth of a second only."""
    settings.PARTNER_TIMEOUT_SECONDS = 0.2


def ask():
    return look_up(nik=NIK, kk=KK, birth_date=date(1968, 1, 31))


def the_draft() -> Any:
    """Return the draft that is there."""
    return draft_of(ACCOUNT)


def waiting_jobs():
    return ProcrastinateJob.objects.filter(task_name="membership.ask_register")


def family(**over):
    return {**MATCH, "family": [{**SITI, **over}, BUDI]}


def test_a_match_brings_the_family_and_where_it_lives(register):
    answer = ask()
    assert answer.match
    assert [p.name for p in answer.family] == ["Siti Rahmawati", "Budi Santoso"]
    assert answer.address.kelurahan == "32.75.01.1001"
    assert register.asked == [{"nik": NIK, "kk": KK, "birth_date": "1968-01-31"}]


def test_what_differs_is_told(register):
    register.answer = {"match": False, "differs": ["kk", "birth_date"]}
    assert ask().differs == ("kk", "birth_date")
    assert ask_register(account_id=ACCOUNT, data=DATA) == "differs"
    assert the_draft().data.differs == ("kk", "birth_date")
    assert not waiting_jobs().exists()


def test_somebody_the_register_does_not_know(register):
    register.status, register.answer = 404, {"error": "unknown nik"}
    assert ask() == UNKNOWN


LIES = {
    "no json": b"<html>Bad Gateway</html>",
    "cut off": b'{"match": true, "family": [{"nik": "32750',
    "empty": b"",
    "not utf-8": b'{"match": \xff}',
    "a list": [],
    "null": None,
    "no verdict": {"family": []},
    "a match of nobody": {"match": True},
    "a match of somebody else": {**MATCH, "family": [BUDI]},
    "a match of the dead": family(alive=False),
    "no address": {**MATCH, "address": None},
    "one person twice": {**MATCH, "family": [SITI, SITI]},
    "differs in nothing": {"match": False, "differs": []},
    "differs in what we never asked": {"match": False, "differs": ["shoe_size"]},
    "a relation nobody knows": family(relation="neighbour"),
    "a sex nobody knows": family(sex="?"),
    "a nameless person": family(name="   "),
    "a name with a null": family(name="Siti\u0000"),
    "an endless name": family(name="a" * 5000),
    "a NIK of letters": {**MATCH, "family": [SITI, {**BUDI, "nik": "x" * 16}]},
    "a day that is none": family(birth_date="1968-02-31"),
    "an endless kelurahan": {**MATCH, "address": {"kelurahan": "3" * 500}},
    "too large": b"[" + b" " * (outside.LARGEST_ANSWER + 1),
}


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_an_answer_that_makes_no_sense_says_nothing_about_the_person(register, lie):
    if isinstance(LIES[lie], bytes):
        register.raw = LIES[lie]
    else:
        register.answer = LIES[lie]

    assert ask_register(account_id=ACCOUNT, data=DATA) == "waiting"
    assert the_draft().state == "waiting"
    assert the_draft().data == DATA
    assert waiting_jobs().count() == 1


@pytest.mark.parametrize("status", [201, 204, 301, 400, 401, 418, 500, 502, 503])
def test_any_other_status_is_a_register_that_is_away(register, status):
    register.status = status
    with pytest.raises(Unavailable, match="register.down"):
        ask()


def test_a_slow_register_is_left_alone_and_asked_later(register, impatient):
    register.seconds = 1
    assert ask_register(account_id=ACCOUNT, data=DATA) == "waiting"
    register.seconds = 0
    jobs.ask_register(ACCOUNT)
    assert the_draft().state == "matched"


def test_no_register_at_all(settings):
    settings.REGISTER_URL = "http://127.0.0.1:1"
    assert ask_register(account_id=ACCOUNT, data=DATA) == "waiting"


def test_the_job_asks_until_there_is_an_answer(register):
    register.status = 500
    ask_register(account_id=ACCOUNT, data=DATA)
    for _ in range(3):
        with pytest.raises(Unavailable):  # procrastinate then waits longer and longer
            jobs.ask_register(ACCOUNT)
    assert the_draft().data == DATA

    register.status = 200
    jobs.ask_register(ACCOUNT)
    done = the_draft()
    assert done.state == "matched"
    assert [p["name"] for p in done.data.family] == ["Siti Rahmawati", "Budi Santoso"]
    asked = len(register.asked)
    jobs.ask_register(ACCOUNT)  # a job may run twice
    assert len(register.asked) == asked


def test_the_jobs_arguments_are_ids_only(register):
    register.status = 500
    ask_register(account_id=ACCOUNT, data=DATA)
    assert waiting_jobs().get().args == {"account_id": ACCOUNT}


def test_what_was_typed_anew_meanwhile_is_not_overwritten(register):
    register.status = 500
    ask_register(account_id=ACCOUNT, data=DATA)
    newer = DraftData(nik=str(BUDI["nik"]), kk=KK, birth_date=date(1965, 7, 12))
    register.status = 200
    really = look_up

    def look_up_and_type(**asked):
        answer = really(**asked)
        keep_draft(account_id=ACCOUNT, state="waiting", data=newer)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "look_up", look_up_and_type)
        jobs.ask_register(ACCOUNT)
    assert the_draft().data == newer


def test_the_dead_are_not_registered_again(register):
    register.answer = {**MATCH, "family": [SITI, {**BUDI, "alive": False}]}
    ask_register(account_id=ACCOUNT, data=DATA)
    assert [p["name"] for p in the_draft().data.family] == ["Siti Rahmawati"]


def test_what_is_kept_is_sealed(register):
    ask_register(account_id=ACCOUNT, data=DATA)
    row = Draft.objects.get(account_id=ACCOUNT)
    for told in (NIK, KK, "Siti"):
        assert told.encode() not in bytes(row.sealed)
