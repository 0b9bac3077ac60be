"""Who registers: what was typed is asked of the population register, and never lost."""

from __future__ import annotations

import pytest

from jkn.account.actions.accounts import NewContact, create_account
from jkn.account.rules import ContactKind
from jkn.core.actor import Role
from jkn.membership.tests.factories import a_family, an_account, members_of, signed_in
from jkn.membership.tests.register import NIK, TYPED

pytestmark = pytest.mark.django_db
IDENTITY, CHOOSE = "/daftar/keluarga/", "/daftar/keluarga/pilih/"


@pytest.fixture
def newcomer(db):
    """Siti, who has proven her phone and nothing else."""
    return create_account(
        role=Role.MEMBER, name="Calon peserta",
        contacts=[NewContact(ContactKind.PHONE, "6281234567890")],
    )  # fmt: skip


def test_what_differs_is_said_at_its_field_and_nothing_is_lost(newcomer, register):
    register.answer = {"match": False, "differs": ["birth_date"]}
    client = signed_in(newcomer)
    answer = client.post(IDENTITY, TYPED)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Tanggal lahir berbeda dari data kependudukan" in page
    for typed in TYPED.values():
        assert f'value="{typed}"' in page
    assert f'value="{NIK}"' in client.get(IDENTITY).content.decode()  # tomorrow too
    assert client.get(CHOOSE)["Location"] == IDENTITY


def test_while_the_register_is_away_the_person_sees_that_it_waits(newcomer, register):
    register.status = 503
    client = signed_in(newcomer)
    assert client.post(IDENTITY, TYPED)["Location"] == IDENTITY
    page = client.get(IDENTITY).content.decode()
    assert "Isian Anda tersimpan" in page
    assert f'value="{NIK}"' in client.get(f"{IDENTITY}?ulang=1").content.decode()
    assert client.post(CHOOSE, {})["Location"] == IDENTITY


def test_ten_look_ups_an_hour_and_what_was_typed_stays(newcomer, register):
    register.answer = {"match": False, "differs": ["kk"]}
    client = signed_in(newcomer)
    answers = [client.post(IDENTITY, TYPED) for _ in range(11)]
    assert [a.status_code for a in answers] == [422] * 10 + [429]
    assert f'value="{NIK}"' in answers[-1].content.decode()
    assert len(register.asked) == 10


def test_a_stranger_signs_in_first_and_a_member_is_sent_to_paying(client):
    assert client.get(CHOOSE)["Location"] == f"/masuk/?lanjut={CHOOSE}"
    siti = signed_in(an_account(members_of(a_family())[0]))
    assert siti.get(CHOOSE)["Location"] == "/iuran/bayar/"
    assert siti.get(IDENTITY)["Location"] == "/"


@pytest.mark.parametrize(
    "over",
    [
        {"nik": ""}, {"nik": "123"}, {"kk": "12"}, {"birth_date": "31-02-1968"},
        {"birth_date": "1-1-9999999999999999"}, {"nik": "3275017101680001\x00"}, {"kk": "x" * 31},
    ],
)  # fmt: skip
def test_a_bad_form_is_not_asked_about_and_stays_typed(newcomer, register, over):
    form = {**TYPED, **over}
    answer = signed_in(newcomer).post(IDENTITY, form)
    assert answer.status_code == 422
    assert register.asked == []
    assert f'value="{TYPED["birth_date"]}"' in answer.content.decode() or "birth_date" in over
