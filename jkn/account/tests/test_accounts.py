"""Accounts and the directory: unique numbers, one account a person, levels, audit."""

from __future__ import annotations

import threading

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection, transaction

from jkn.account.actions import (
    Entry,
    NewContact,
    attach_family,
    create_account,
    enter_directory,
    leave_directory,
    raise_level,
    set_password,
)
from jkn.account.models import Account, Contact, Directory
from jkn.account.queries import (
    Whose,
    account_of_person,
    accounts_of_family,
    contact_of,
    families_of,
    family_of,
)
from jkn.account.rules import ContactKind, Key
from jkn.account.tests import factories as cast
from jkn.audit.models import Entry as AuditEntry
from jkn.core.actor import SYSTEM, Level, Role
from jkn.core.errors import Conflict, NotFound, Refused
from jkn.core.ids import new_id

pytestmark = pytest.mark.django_db


def test_a_number_leads_to_its_family_and_member():
    enter_directory([Entry(Key.NIK, cast.SITI_NIK, 7, 8), Entry(Key.FAMILY_CARD, "3275", 7)])
    assert family_of(Key.NIK, cast.SITI_NIK) == Whose(7, 8)
    assert family_of(Key.FAMILY_CARD, "3275") == Whose(7, 0)
    assert family_of(Key.CARD, cast.SITI_NIK) is None
    assert families_of(Key.NIK, [cast.SITI_NIK, cast.WATI_NIK]) == {cast.SITI_NIK: Whose(7, 8)}


def test_a_number_belongs_to_one_family_and_nothing_is_half_done():
    enter_directory([Entry(Key.NIK, cast.SITI_NIK, 7, 8)])
    with pytest.raises(Conflict) as refused, transaction.atomic():
        enter_directory([Entry(Key.NIK, cast.WATI_NIK, 9, 1), Entry(Key.NIK, cast.SITI_NIK, 9, 2)])
    assert refused.value.code == "directory.taken"
    assert family_of(Key.NIK, cast.WATI_NIK) is None
    assert family_of(Key.NIK, cast.SITI_NIK) == Whose(7, 8)


def test_the_directory_holds_no_number():
    enter_directory([Entry(Key.NIK, cast.SITI_NIK, 7, 8)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(d)::text FROM account_directory d")
        assert cast.SITI_NIK not in cursor.fetchone()[0]


def test_a_number_leaves_only_with_its_family():
    enter_directory([Entry(Key.VIRTUAL_ACCOUNT, "88888", 7)])
    leave_directory(kind=Key.VIRTUAL_ACCOUNT, value="88888", family_id=9)
    assert family_of(Key.VIRTUAL_ACCOUNT, "88888") == Whose(7, 0)
    leave_directory(kind=Key.VIRTUAL_ACCOUNT, value="88888", family_id=7)
    assert family_of(Key.VIRTUAL_ACCOUNT, "88888") is None


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_entering_the_same_number_one_wins():
    outcomes, barrier = [], threading.Barrier(4)

    def run(family: int) -> None:
        barrier.wait()
        try:
            enter_directory([Entry(Key.NIK, cast.SITI_NIK, family)])
            outcomes.append(family)
        except Conflict:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [family_of(Key.NIK, cast.SITI_NIK)] == [Whose(f, 0) for f in outcomes]


def test_a_person_has_one_account():
    siti = cast.siti()
    with pytest.raises(Conflict) as refused:
        create_account(role=Role.MEMBER, name="Siti", person_id=siti.person_id)
    assert refused.value.code == "account.exists"
    assert Account.objects.count() == 1
    assert account_of_person(siti.person_id or 0) == siti


def test_a_newcomer_grows_into_a_member():
    own = create_account(
        role=Role.MEMBER, name="Wati", contacts=[NewContact(ContactKind.PHONE, cast.WATI_PHONE)]
    )
    assert own.level == Level.CONTACT_PROVEN
    family, person = new_id(), new_id()
    for _ in range(2):  # twice is as once
        attach_family(
            account_id=own.id,
            family_id=family,
            person_id=person,
            name="Wati Lestari",
            level=Level.REGISTER_MATCHED,
        )
    assert accounts_of_family(family) == [own.id]
    assert account_of_person(person) == own
    assert Directory.objects.filter(kind="account").count() == 1
    raise_level(account_id=own.id, level=Level.SEEN_FACE_TO_FACE, actor=SYSTEM)
    raise_level(account_id=own.id, level=Level.REGISTER_MATCHED, actor=SYSTEM)
    assert Account.objects.get().level == Level.SEEN_FACE_TO_FACE


def test_nobody_is_attached_to_a_person_who_has_an_account():
    siti, wati = cast.siti(), cast.wati()
    with pytest.raises(Conflict):
        attach_family(
            account_id=wati.id,
            family_id=1,
            person_id=siti.person_id or 0,
            name="Siti",
            level=Level.REGISTER_MATCHED,
        )
    assert Account.objects.get(id=wati.id).family_id == wati.family_id


def test_contacts_are_sealed_and_opened_only_for_their_account():
    siti, wati = cast.siti(), cast.wati()
    assert contact_of(siti.id, "phone") == cast.SITI_PHONE
    stolen = Contact.objects.get(account_id=siti.id, kind="phone").sealed
    assert cast.SITI_PHONE.encode() not in bytes(stolen)
    Contact.objects.filter(account_id=wati.id, kind="phone").update(sealed=stolen)
    with pytest.raises(InvalidTag):
        contact_of(wati.id, "phone")


def test_every_act_leaves_an_audit_row():
    siti = cast.siti()
    set_password(account_id=siti.id, password="kata sandi lain", actor=siti.as_actor())
    verbs = list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["account.created", "account.password_set"]
    assert {e.group_id for e in AuditEntry.objects.all()} == {siti.family_id}


def test_a_refused_password_changes_nothing():
    siti = cast.siti()
    for bad in ("", "1234567", "x" * 129):
        with pytest.raises(Refused):
            set_password(account_id=siti.id, password=bad)
    assert Account.objects.get().password == siti.password
    with pytest.raises(NotFound):
        set_password(account_id=1, password="kata sandi lain")
