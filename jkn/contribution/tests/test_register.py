"""A family that pays for itself registers: who, what it chooses, and then where to pay."""

from __future__ import annotations

import html
from datetime import date
from functools import partial
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from jkn.account.actions.accounts import Entry as Row
from jkn.account.actions.accounts import NewContact, create_account, enter_directory
from jkn.account.models import Account, Directory
from jkn.account.rules import ContactKind
from jkn.audit.models import Entry
from jkn.contribution.models import Bill, ContributionFigure, VirtualAccount
from jkn.contribution.tests.crowd import at_once, broken_promises
from jkn.contribution.tests.factories import a_bank, va_of
from jkn.contribution.tests.snap import Bank
from jkn.core.actor import Level, Role
from jkn.membership.models import Draft, Family, Member, StatusChange
from jkn.membership.rules import Status
from jkn.membership.tests.factories import FKTP, a_family, members_of, signed_in
from jkn.membership.tests.register import BUDI, KK, MATCH, NIK, TYPED

pytestmark = pytest.mark.django_db
IDENTITY, CHOOSE = "/daftar/keluarga/", "/daftar/keluarga/pilih/"


@pytest.fixture(autouse=True)
def _november(on_day):
    on_day("2026-11-10")


@pytest.fixture
def newcomer(db):
    """Siti, who has proven her phone and nothing else."""
    return create_account(
        role=Role.MEMBER, name="Calon peserta",
        contacts=[NewContact(ContactKind.PHONE, "6281234567890")],
    )  # fmt: skip


@pytest.fixture
def browser(newcomer, register):
    """Siti's browser after the register knew her."""
    client = signed_in(newcomer)
    assert client.post(IDENTITY, TYPED)["Location"] == CHOOSE
    return client


def choice(client, **over):
    page = client.get(CHOOSE).content.decode()
    assert f'value="{FKTP}"' in page
    return {
        "care_class": "3", "facility": FKTP, "kelurahan": "32.75.01.1001", "consent": "on",
        "_key": "k-1", **over,
    }  # fmt: skip


def registered(newcomer) -> Any:
    return Family.objects.get(
        family_id=Account.objects.values_list("family_id").get(id=newcomer.id)[0] or 0
    )


def nobody_registered(newcomer):
    assert Account.objects.get(id=newcomer.id).family_id is None
    assert not Directory.objects.filter(kind="va").exists()
    assert not ProcrastinateJob.objects.filter(task_name="contribution.tell_registered").exists()


def test_the_page_shows_the_family_and_what_each_class_costs(browser):
    page = html.unescape(browser.get(CHOOSE).content.decode())
    for words in ("Siti Rahmawati", "Budi Santoso", "Rp70.000", "Rp200.000", "Rp300.000",
                  "Perpres 64/2020"):  # fmt: skip
        assert words in page
    assert NIK not in page


def test_a_family_is_registered_whole(browser, newcomer):
    assert browser.post(CHOOSE, choice(browser))["Location"] == "/iuran/bayar/"

    family = registered(newcomer)
    siti, budi = members_of(family)
    assert {siti.name, budi.name} == {"Siti Rahmawati", "Budi Santoso"}
    assert {m.status for m in (siti, budi)} == {Status.CANDIDATE}
    assert {siti.nik, budi.nik} == {NIK, BUDI["nik"]}
    assert (family.kk, family.segment, family.care_class) == (KK, "pbpu", "3")
    assert (family.village, siti.facility_id, family.consent) == ("32.75.01.1001", FKTP, "2026-11")
    changes = StatusChange.objects.filter(family_id=family.family_id)
    assert sorted(c.event for c in changes) == ["registered", "registered"]
    kinds = Directory.objects.filter(family_id=family.family_id).values_list("kind", flat=True)
    assert sorted(kinds) == ["account", "card", "card", "kk", "nik", "nik", "va", "va"]
    assert broken_promises() == []


def test_siti_is_at_level_one_and_sees_her_card(browser, newcomer):
    browser.post(CHOOSE, choice(browser))
    account = Account.objects.get(id=newcomer.id)
    assert (account.level, account.name) == (Level.REGISTER_MATCHED, "Siti Rahmawati")
    assert account.person_id == next(m.id for m in members_of(registered(newcomer)) if m.nik == NIK)
    page = browser.get("/kartu/").content.decode()
    assert "Menunggu iuran pertama" in page
    assert Entry.objects.filter(
        group_id=registered(newcomer).family_id, verb="membership.registered", actor_id=account.id
    ).exists()  # fmt: skip


def test_the_wait_and_the_lapse_are_dated_figures(browser, newcomer):
    """14 days from 10 November: payable from the 24th; lapses 30 days after registration."""
    browser.post(CHOOSE, choice(browser))
    family = registered(newcomer)
    assert (family.pay_from, family.pay_by) == (date(2026, 11, 24), date(2026, 12, 10))
    bill = Bill.objects.get(family_id=family.family_id)
    assert (bill.amount, bill.persons, bill.due_on) == (70_000, 2, family.pay_by)
    page = html.unescape(browser.get("/iuran/bayar/").content.decode())
    assert "Bayar mulai 24 November 2026 sampai 10 Desember 2026" in page
    assert "Belum diperiksa: Perpres 82/2018" in page


def test_no_wait_is_one_more_row(browser, newcomer, on_day):
    ContributionFigure.objects.create(
        name="registration_wait_days", valid_from=date(2026, 11, 1), value=0, basis="Demo"
    )
    browser.post(CHOOSE, choice(browser))
    assert registered(newcomer).pay_from == date(2026, 11, 10)
    assert "Demo: tanpa masa tunggu" in browser.get("/iuran/bayar/").content.decode()


def test_from_the_form_to_an_active_card(browser, newcomer, on_day):
    browser.post(CHOOSE, choice(browser))
    family, bank = registered(newcomer), Bank(a_bank())
    va = va_of(family)
    assert bank.pay(va, "R1", 70_000).json()["responseCode"] == "4042512"  # within the 14 days
    on_day("2026-11-24")
    assert bank.pay(va, "R2", 70_000).json()["responseCode"] == "2002500"
    assert "Aktif" in browser.get("/kartu/").content.decode()
    statuses = Member.objects.filter(family_id=family.family_id).values_list("status", flat=True)
    assert set(statuses) == {Status.ACTIVE}
    assert broken_promises() == []


def test_after_the_last_day_the_number_has_lapsed(browser, newcomer, on_day):
    browser.post(CHOOSE, choice(browser))
    on_day("2026-12-11")
    answer = Bank(a_bank()).pay(va_of(registered(newcomer)), "R1", 70_000)
    assert answer.json()["responseCode"] == "4042519"


def test_the_virtual_accounts_are_those_of_the_card(browser, newcomer):
    browser.post(CHOOSE, choice(browser))
    family = registered(newcomer)
    numbers = dict(
        VirtualAccount.objects.filter(family_id=family.family_id).values_list("prefix", "number")
    )
    cards = {m.card[-11:] for m in members_of(family)}
    assert set(numbers) == {"88888", "89888"}
    assert {number[5:] for number in numbers.values()} < cards | {""} or len(cards) == 1


# Twice.


def test_the_same_form_twice_registers_once(browser, newcomer):
    form = choice(browser)
    first, again = browser.post(CHOOSE, form), browser.post(CHOOSE, form)
    assert first["Location"] == again["Location"] == "/iuran/bayar/"
    assert Entry.objects.filter(verb="membership.registered").count() == 1
    assert broken_promises() == []


def test_another_form_under_the_same_key_is_refused(browser, newcomer):
    form = choice(browser)
    browser.post(CHOOSE, form)
    other = browser.post(CHOOSE, {**form, "care_class": "1"})
    assert other.status_code == 422
    assert registered(newcomer).care_class == "3"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("keys", ["one key", "a key each"])
def test_eight_presses_at_once_register_once(newcomer, register, keys):
    first = signed_in(newcomer)
    first.post(IDENTITY, TYPED)
    form = choice(first)
    browsers = [signed_in(newcomer) for _ in range(8)]

    def press(n):
        key = "k" if keys == "one key" else f"k{n}"
        return browsers[n].post(CHOOSE, {**form, "_key": key})

    answers = at_once([partial(press, n) for n in range(8)])
    told = {a.status_code for a in answers}
    assert told == {302} if keys == "one key" else 302 in told <= {302, 422}
    assert Entry.objects.filter(verb="membership.registered").count() == 1
    assert broken_promises() == []


def test_what_was_typed_is_forgotten_once_it_is_used(browser, newcomer):
    browser.post(CHOOSE, choice(browser))
    assert not Draft.objects.exists()


# Refused.


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"care_class": ""}, "Pilih kelas rawat."),
        ({"care_class": "KRIS"}, "Pilih kelas rawat."),
        ({"facility": ""}, "Pilih faskes pertama."),
        ({"facility": "3275X999"}, "Pilih faskes pertama."),
        ({"consent": ""}, "Centang persetujuan"),
        ({"kelurahan": "99.99.99.9999"}, "Pilih kelurahan"),
        ({"_key": "x" * 65}, "Idempotency-Key"),
    ],
)
def test_a_choice_that_is_none_is_refused_with_what_was_chosen(browser, newcomer, over, words):
    answer = browser.post(CHOOSE, choice(browser, **over))
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert words in page
    if "care_class" not in over:
        assert 'value="3" checked' in page
    nobody_registered(newcomer)
    assert browser.post(CHOOSE, choice(browser))["Location"] == "/iuran/bayar/"  # the key is free


def test_a_kelurahan_elsewhere_can_be_chosen_anew(newcomer, register):
    register.answer = {**MATCH, "address": {"kelurahan": "31.71.01.1001"}}
    client = signed_in(newcomer)
    client.post(IDENTITY, TYPED)
    assert client.get(CHOOSE).status_code == 200
    assert client.post(CHOOSE, choice(client))["Location"] == "/iuran/bayar/"


def test_where_somebody_of_the_family_is_registered_already_nothing_is(browser, newcomer):
    a_family(names=("Budi Santoso",))
    budi = Member.objects.filter(name="Budi Santoso").values_list("family_id", "id")[0]
    Directory.objects.filter(kind="nik", family_id=budi[0]).delete()
    enter(BUDI["nik"], *budi)
    answer = browser.post(CHOOSE, choice(browser))
    assert answer.status_code == 422
    assert "sudah terdaftar" in answer.content.decode()
    nobody_registered(newcomer)
    assert not StatusChange.objects.filter(family_id__gt=budi[0], event="registered").exists()


def enter(nik, family_id, member_id):
    enter_directory([Row("nik", nik, family_id, member_id)])


def test_who_is_a_member_already_joins_the_own_family(newcomer, register):
    family = a_family(names=("Siti Rahmawati",), kk=KK)
    siti = members_of(family)[0]
    Directory.objects.filter(kind="nik", family_id=family.family_id).delete()
    enter(NIK, family.family_id, siti.id)
    assert signed_in(newcomer).post(IDENTITY, TYPED)["Location"] == "/"
    assert Account.objects.get(id=newcomer.id).family_id == family.family_id
