"""An existing member makes an account: NIK and birth date, with card or KK; strangers learn nothing."""

from __future__ import annotations

import html
import re

import pytest

from jkn.account.actions.accounts import NewContact, create_account
from jkn.account.models import Account
from jkn.account.rules import ContactKind
from jkn.audit.models import Entry
from jkn.core.actor import Level, Role
from jkn.gate import limits
from jkn.membership.tests.factories import a_family, an_account, members_of, signed_in

pytestmark = pytest.mark.django_db
MISMATCH = "NIK, tanggal lahir, dan nomor ini tidak cocok. Periksa lagi, atau telepon 165."
BORN = "31-01-1968"


@pytest.fixture
def family(db):
    return a_family(names=("Siti Rahmawati", "Budi Santoso"))


@pytest.fixture
def siti(family):
    return members_of(family)[0]


@pytest.fixture
def newcomer(db):
    """Somebody who has proven a phone, and nothing else."""
    return create_account(
        role=Role.MEMBER, name="Calon peserta",
        contacts=[NewContact(ContactKind.PHONE, "6281234567890")],
    )  # fmt: skip


def claim(account, nik, number, born=BORN):
    form = {"nik": nik, "birth_date": born, "number": number}
    return signed_in(account).post("/daftar/akun/", form)


def unchanged(account):
    now = Account.objects.get(id=account.id)
    assert (now.family_id, now.person_id, now.level, now.name) == (
        None, None, Level.CONTACT_PROVEN, "Calon peserta",
    )  # fmt: skip


@pytest.mark.parametrize("by", ["card", "kk"])
def test_siti_gets_her_account_at_level_one(newcomer, family, siti, by):
    number = siti.card if by == "card" else family.kk
    assert claim(newcomer, siti.nik, number)["Location"] == "/"

    account = Account.objects.get(id=newcomer.id)
    assert (account.family_id, account.person_id) == (family.family_id, siti.id)
    assert (account.level, account.name) == (Level.REGISTER_MATCHED, "Siti Rahmawati")
    assert "Siti" in signed_in(account).get("/kartu/").content.decode()
    assert Entry.objects.filter(group_id=family.family_id, verb="account.attached").count() == 1


def test_every_way_of_not_fitting_gets_the_same_answer(newcomer, family, siti):
    wati = members_of(a_family(names=("Wati Lestari",)))[0]
    budi = members_of(family)[1]
    ways = {
        "another birth date": (siti.nik, siti.card, "01-02-1968"),
        "an unknown NIK": ("3275017112990042", siti.card, BORN),
        "an unknown card": (siti.nik, "0009999999999", BORN),
        "an unknown KK": (siti.nik, "3275019999999999", BORN),
        "a stranger's card": (siti.nik, wati.card, BORN),
        "the card of the husband": (siti.nik, budi.card, BORN),
        "nobody at all": ("3275017112990042", "0009999999999", BORN),
    }
    seen = set()
    for nik, number, born in ways.values():
        answer = claim(newcomer, nik, number, born)
        page = html.unescape(answer.content.decode())
        assert MISMATCH in page
        for typed in (nik, number, born):
            assert f'value="{typed}"' in page  # nothing typed is lost
            page = page.replace(f'value="{typed}"', "")
        page = re.sub(r'name="(csrfmiddlewaretoken|_key)" value="[^"]*"|<!--.*-->', "", page)
        seen.add((answer.status_code, page))
    assert len(seen) == 1
    unchanged(newcomer)


def test_a_person_who_has_an_account_already_keeps_it(newcomer, siti):
    first = an_account(siti)
    answer = claim(newcomer, siti.nik, siti.card)
    assert answer.status_code == 409
    assert "sudah punya akun" in answer.content.decode()
    unchanged(newcomer)
    assert Account.objects.get(id=first.id).person_id == siti.id


def test_twice_is_as_once(newcomer, siti):
    assert claim(newcomer, siti.nik, siti.card)["Location"] == "/"
    assert claim(newcomer, siti.nik, siti.card)["Location"] == "/"
    assert Entry.objects.filter(verb="account.attached").count() == 1


@pytest.mark.parametrize(
    ("nik", "number", "born"),
    [
        ("", "", ""),
        ("123", "0001234567890", BORN),
        ("3275017101680001", "12345", BORN),
        ("3275017101680001", "0001234567890", "31-02-1968"),
        ("3275017101680001", "0001234567890", "1-1-99999999999999"),
        ("3275017101680001", "٠٠٠١٢٣٤٥٦٧٨٩٠", BORN),
        ("3275017101680001\x00", "0001234567890", BORN),
    ],
)
def test_a_bad_form_says_which_field_and_counts_no_look_up(newcomer, nik, number, born):
    answer = claim(newcomer, nik, number, born)
    assert answer.status_code == 422
    assert MISMATCH not in html.unescape(answer.content.decode())
    limits.check("register.lookup", str(newcomer.id))
    unchanged(newcomer)


def test_ten_look_ups_an_hour(newcomer, siti):
    answers = [claim(newcomer, siti.nik, siti.card, "01-02-1968") for _ in range(11)]
    assert [a.status_code for a in answers] == [409] * 10 + [429]
    right = claim(newcomer, siti.nik, siti.card)
    assert right.status_code == 429
    assert siti.nik in right.content.decode()
    unchanged(newcomer)


def test_who_is_not_signed_in_signs_in_first(client):
    assert client.get("/daftar/akun/")["Location"] == "/masuk/?lanjut=/daftar/akun/"
    assert client.post("/daftar/akun/", {}).status_code == 401
