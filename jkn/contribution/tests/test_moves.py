"""Moves between segments and families: old debts stay, the person and their numbers follow."""

from __future__ import annotations

from datetime import date

import pytest

from jkn.account.models import Account
from jkn.account.queries import Whose
from jkn.account.queries import family_of as by_number
from jkn.audit.models import Entry
from jkn.contribution.actions import run_day
from jkn.contribution.models import Bill, VirtualAccount
from jkn.contribution.tests.crowd import broken_promises
from jkn.contribution.tests.factories import (
    NOW,
    a_bank,
    a_bill,
    a_billed_family,
    open_accounts,
    va_of,
)
from jkn.contribution.tests.snap import Bank
from jkn.core.actor import Level, Role
from jkn.core.month import Month
from jkn.membership.models import Family, Member
from jkn.membership.queries import family_of
from jkn.membership.rules import Status
from jkn.membership.tests.factories import a_family, a_staff_account, an_account, members_of

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)
NEW_KK = "3275010101999999"


@pytest.fixture
def andi(client, on_day):
    on_day("2026-11-22")
    client.force_login(
        a_staff_account(
            role=Role.BRANCH, name="Andi", facility_id="", level=Level.SEEN_FACE_TO_FACE
        )
    )
    return client


def move(client, family, who, key="k1", **over):
    form = {
        "people": [str(p.id) for p in who], "target": "new", "kk": NEW_KK, "segment": "ppu",
        "care_class": "1", "reason": "Mulai bekerja", "_key": key, **over,
    }  # fmt: skip
    return client.post(f"/petugas/kepesertaan/{family.family_id}/pindah/", form)


def family_after(answer):
    return Family.objects.get(family_id=int(answer.headers["Location"].split("/")[3]))


def rows_of(member):
    rows = Member.objects.filter(id=member.id).order_by("since", "ended_on")
    return {r.family_id: (r.status, r.ended_on) for r in rows}


def test_budi_begins_to_work_and_the_arrears_stay_with_the_old_family(andi):
    siti = a_billed_family(months=3, names=("Siti", "Budi"))
    budi = members_of(siti)[1]
    account = an_account(budi)
    answer = move(andi, siti, [budi])
    assert answer.status_code == 302
    new = family_after(answer)
    assert (new.segment, new.care_class) == ("ppu", "1")
    assert rows_of(budi) == {
        siti.family_id: ("moved_segment", DAY), new.family_id: ("active", None)
    }  # fmt: skip
    assert (
        by_number("nik", budi.nik) == by_number("card", budi.card) == Whose(new.family_id, budi.id)
    )
    assert by_number("kk", NEW_KK) == Whose(new.family_id, budi.id)
    moved = Account.objects.get(id=account.id)
    assert (moved.family_id, moved.person_id) == (new.family_id, budi.id)
    assert Member.objects.get(family_id=new.family_id, id=budi.id).relation == "head"
    debts = Bill.objects.filter(family_id=siti.family_id, status="open")
    assert sum(b.amount for b in debts) == 3 * 70_000
    assert not Bill.objects.filter(family_id=new.family_id).exists()
    assert broken_promises() == []
    assert Entry.objects.filter(verb="membership.moved_in", group_id=new.family_id).count() == 1
    run_day(on=date(2026, 12, 1))
    assert Bill.objects.get(family_id=siti.family_id, month=NOW.plus(1).index).persons == 1


def test_a_payment_for_a_family_that_just_split_is_taken(andi):
    siti = a_billed_family(months=2, names=("Siti", "Budi"))
    move(andi, siti, members_of(siti))
    answer = Bank(a_bank()).pay(va_of(siti), "R1", 140_000)
    assert answer.json()["responseCode"] == "2002500"
    assert not Bill.objects.filter(family_id=siti.family_id, status="open").exists()
    assert {m.status for m in members_of(siti)} == {"moved_segment"}
    assert broken_promises() == []


def test_the_whole_family_goes_back_to_paying_itself_once_nothing_is_owed(andi):
    siti = a_billed_family(months=2, names=("Siti", "Budi"))
    kk = siti.kk
    worker = family_after(move(andi, siti, members_of(siti), kk=kk))
    assert by_number("kk", kk) == Whose(worker.family_id, members_of(worker)[0].id)
    back = {"kk": kk, "segment": "pbpu", "care_class": "3"}
    refused = move(andi, worker, members_of(worker), key="k2", **back)
    assert refused.status_code == 409
    assert "Lunasi dulu" in refused.content.decode()
    assert {m.status for m in members_of(worker)} == {"active"}

    old_number = va_of(siti)
    assert Bank(a_bank()).pay(old_number, "R1", 140_000).status_code == 200
    new = family_after(move(andi, worker, members_of(worker), key="k3", **back))
    assert {m.status for m in members_of(new)} == {"candidate"}
    assert va_of(new) == old_number
    assert Bill.objects.get(family_id=new.family_id).due_on == new.pay_by
    assert not VirtualAccount.objects.filter(family_id=siti.family_id).exists()
    assert broken_promises() == []
    assert Bank(a_bank()).pay(old_number, "R2", 70_000).status_code == 200
    assert {m.status for m in members_of(new)} == {"active"}
    assert broken_promises() == []


@pytest.mark.parametrize(
    ("months", "status"), [(0, "active"), (1, "active"), (3, "suspended_arrears")]
)
def test_who_joins_a_family_stands_as_it_does_and_is_billed_from_next_month(andi, months, status):
    siti = a_family(names=("Siti", "Budi"))
    wati = a_billed_family(months=months, names=("Wati",)) if months else a_family(names=("Wati",))
    budi = members_of(siti)[1]
    answer = move(andi, siti, [budi], target="join", kk=wati.kk, segment="", care_class="")
    assert family_after(answer).family_id == wati.family_id
    assert rows_of(budi)[wati.family_id] == (status, None)
    assert Bill.objects.filter(family_id=wati.family_id).count() == months
    assert [m.name for m in family_of(siti.family_id, on=DAY).members] == ["Siti"]
    assert broken_promises() == []


def test_a_return_to_the_same_family_is_refused_and_changes_nothing(andi):
    siti, wati = a_family(names=("Siti", "Budi")), a_family(names=("Wati",))
    budi = members_of(siti)[1]
    join = {"target": "join", "segment": "", "care_class": ""}
    move(andi, siti, [budi], kk=wati.kk, **join)
    answer = move(andi, wati, [budi], kk=siti.kk, key="k2", **join)
    assert answer.status_code == 409
    assert rows_of(budi)[wati.family_id] == ("active", None)


def test_twice_is_once(andi):
    siti = a_family(names=("Siti", "Budi"))
    budi = members_of(siti)[1]
    first, again = move(andi, siti, [budi]), move(andi, siti, [budi])
    assert (again.status_code, again.headers["Location"]) == (302, first.headers["Location"])
    assert move(andi, siti, [budi], key="k2").status_code == 404
    assert len(rows_of(budi)) == 2


@pytest.mark.parametrize(
    "over",
    [
        {"kk": "123"}, {"segment": ""}, {"care_class": ""}, {"reason": ""}, {"people": []},
        {"target": "x"}, {"target": "join", "kk": NEW_KK}, {"people": ["1"]},
    ],
    ids=str,
)  # fmt: skip
def test_bad_input_changes_nothing(andi, over):
    siti = a_family(names=("Siti", "Budi"))
    budi = members_of(siti)[1]
    assert move(andi, siti, [budi], **over).status_code == 422
    assert rows_of(budi) == {siti.family_id: ("active", None)}


def test_the_dead_do_not_move_and_a_taken_kk_is_refused(andi):
    siti, wati = a_family(names=("Siti", "Budi")), a_family(names=("Wati",))
    budi = members_of(siti)[1]
    assert move(andi, siti, [budi], kk=wati.kk).status_code == 409
    Member.objects.filter(family_id=siti.family_id, id=budi.id).update(status="deceased")
    assert move(andi, siti, [budi], key="k2").status_code == 409
    assert set(rows_of(budi)) == {siti.family_id}
    assert by_number("nik", budi.nik) == Whose(siti.family_id, budi.id)


def test_rina_and_siti_may_not(client, on_day):
    on_day("2026-11-22")
    siti = a_family(names=("Siti", "Budi"))
    open_accounts(siti)
    budi = members_of(siti)[1]
    for account in (a_staff_account(), an_account(members_of(siti)[0])):
        client.force_login(account)
        assert move(client, siti, [budi]).status_code == 403
    assert rows_of(budi) == {siti.family_id: (Status.ACTIVE, None)}


def test_who_stays_has_numbers_of_their_own_when_the_head_takes_the_old_ones(andi):
    siti = a_billed_family(months=1, names=("Siti", "Budi"))
    head, budi = members_of(siti)
    old = va_of(siti)
    bank = Bank(a_bank())
    assert bank.pay(old, "R1", 70_000).status_code == 200
    new = family_after(move(andi, siti, [head], segment="pbpu", care_class="3"))
    assert va_of(new) == old
    assert va_of(siti) == f"88888{budi.card[2:]}"
    run_day(on=date(2026, 12, 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JKN_TODAY", "2026-12-01")
        assert bank.pay(va_of(siti), "R2", 35_000).status_code == 200
    assert broken_promises() == []


def test_who_joins_a_family_that_everybody_left_has_a_number_to_pay_to(andi):
    siti, wati = a_billed_family(months=1), a_billed_family(months=1, names=("Wati", "Budi"))
    assert Bank(a_bank()).pay(va_of(siti), "R1", 35_000).status_code == 200
    move(andi, siti, members_of(siti), segment="pbpu", care_class="3")
    assert not VirtualAccount.objects.filter(family_id=siti.family_id).exists()
    budi = members_of(wati)[1]
    joined = move(andi, wati, [budi], "k2", target="join", kk=siti.kk, segment="", care_class="")
    assert joined.status_code == 302
    assert va_of(siti) == f"88888{budi.card[2:]}"
    assert broken_promises() == []


def test_a_head_who_joins_a_family_that_everybody_left_brings_the_numbers_once_nothing_is_owed(
    andi,
):
    siti, wati = a_billed_family(months=1), a_billed_family(months=1, names=("Wati",))
    bank = Bank(a_bank())
    assert bank.pay(va_of(siti), "R1", 35_000).status_code == 200
    move(andi, siti, members_of(siti), segment="pbpu", care_class="3")
    (head,) = members_of(wati)
    number = va_of(wati)
    joins = {"target": "join", "kk": siti.kk, "segment": "", "care_class": ""}
    refused = move(andi, wati, [head], "k2", **joins)
    assert refused.status_code == 409
    assert "Tunggakan keluarga lama belum lunas" in refused.text
    assert set(rows_of(head)) == {wati.family_id}
    assert va_of(wati) == number
    assert bank.pay(number, "R2", 35_000).status_code == 200
    assert move(andi, wati, [head], "k3", **joins).status_code == 302
    assert va_of(siti) == number
    assert broken_promises() == []


def test_a_head_may_not_leave_behind_who_could_not_pay_anywhere(andi):
    """Budi's own numbers are his first family's, which owes."""
    budis, siti = a_billed_family(months=2, names=("Budi",)), a_billed_family(months=1)
    bank = Bank(a_bank())
    assert bank.pay(va_of(siti), "R1", 35_000).status_code == 200
    (budi,), (head,) = members_of(budis), members_of(siti)
    joins = {"target": "join", "kk": siti.kk, "segment": "", "care_class": ""}
    assert move(andi, budis, [budi], **joins).status_code == 302
    number = va_of(siti)
    leaves = {"segment": "pbpu", "care_class": "3"}
    assert move(andi, siti, [head], "k2", **leaves).status_code == 409
    assert set(rows_of(head)) == {siti.family_id}
    assert va_of(siti) == number
    own = va_of(budis)
    assert bank.pay(own, "R2", 70_000).status_code == 200
    assert move(andi, siti, [head], "k3", **leaves).status_code == 302
    assert va_of(siti) == own
    assert broken_promises() == []


def test_who_joins_a_family_whose_registration_lapsed_has_lapsed_with_it(andi, on_day):
    siti = a_family(
        status=Status.REGISTRATION_LAPSED.value, paid_month=None, pay_from=date(2026, 9, 1),
        pay_by=date(2026, 10, 1),
    )  # fmt: skip
    wati = a_family(names=("Wati", "Budi"))
    answer = move(
        andi, wati, members_of(wati)[1:], target="join", kk=siti.kk, segment="", care_class=""
    )
    assert answer.status_code == 302
    assert {m.status for m in members_of(siti)} == {Status.REGISTRATION_LAPSED}
    assert broken_promises() == []


def a_registration(**over):
    """Siti and Budi registered in September and never paid: 70.000 rupiah were asked for."""
    siti = a_family(
        names=("Siti", "Budi"), paid_month=None, pay_from=date(2026, 9, 1), **over
    )  # fmt: skip
    a_bill(siti, Month(2026, 9))
    open_accounts(siti)
    return siti


LAPSED = {"status": Status.REGISTRATION_LAPSED.value, "pay_by": date(2026, 10, 1)}
WAITING = {"status": Status.CANDIDATE.value, "pay_by": date(2026, 12, 1)}


@pytest.mark.parametrize("stands", [LAPSED, WAITING], ids=["lapsed", "waiting"])
@pytest.mark.parametrize("segment", ["ppu", "pbi_jk", "pbpu"])
def test_who_never_paid_finds_work_or_help_and_owes_nothing(andi, stands, segment):
    siti = a_registration(**stands)
    old = va_of(siti)
    bank = Bank(a_bank())
    new = family_after(move(andi, siti, members_of(siti), segment=segment, care_class="3"))
    pays = segment == "pbpu"
    assert {m.status for m in members_of(new)} == {"candidate" if pays else "active"}
    assert Bill.objects.get(family_id=siti.family_id).status == "cancelled"
    assert broken_promises() == []
    answer = bank.pay(old, "R1", 70_000).json()["responseCode"]
    assert answer == "2002500" if pays else answer.startswith("404")
    assert broken_promises() == []


def test_of_a_first_bill_the_part_of_who_leaves_is_not_owed(andi):
    siti = a_registration(**WAITING)
    move(andi, siti, members_of(siti)[1:])
    bill = Bill.objects.get(family_id=siti.family_id)
    assert (bill.status, bill.persons, bill.amount) == ("open", 1, 35_000)
    assert broken_promises() == []
    assert Bank(a_bank()).pay(va_of(siti), "R1", 35_000).status_code == 200
    assert members_of(siti)[0].status == "active"
    assert broken_promises() == []


def test_who_joins_before_the_first_payment_is_asked_for_with_it(andi):
    siti, wati = a_registration(**WAITING), a_family(names=("Wati", "Agus"))
    join = {"target": "join", "kk": siti.kk, "segment": "", "care_class": ""}
    move(andi, wati, members_of(wati)[1:], **join)
    assert Bill.objects.get(family_id=siti.family_id).amount == 3 * 35_000
    assert broken_promises() == []


def test_who_joins_a_registration_that_everybody_left_opens_its_bill_again(andi):
    siti, wati = a_registration(**WAITING), a_family(names=("Wati", "Agus"))
    kk = siti.kk
    move(andi, siti, members_of(siti))
    join = {"target": "join", "kk": kk, "segment": "", "care_class": ""}
    assert move(andi, wati, members_of(wati)[1:], "k2", **join).status_code == 302
    bill = Bill.objects.get(family_id=siti.family_id)
    assert (bill.status, bill.amount) == ("open", 35_000)
    assert broken_promises() == []


def test_a_newborn_who_is_not_paid_for_yet_does_not_hold_the_family(andi):
    siti = a_billed_family(months=1, names=("Siti", "Bayi"))
    head, baby = members_of(siti)
    Member.objects.filter(family_id=siti.family_id, id=baby.id).update(status="candidate")
    new = family_after(move(andi, siti, [head, baby]))
    assert {m.status for m in members_of(new)} == {"active"}
    assert broken_promises() == []


def test_a_question_about_the_data_goes_along(andi):
    siti = a_family(names=("Siti", "Bayi"))
    head, baby = members_of(siti)
    Member.objects.filter(family_id=siti.family_id, id=baby.id).update(status="data_hold")
    new = family_after(move(andi, siti, [head, baby]))
    assert [m.status for m in members_of(new)] == ["active", "data_hold"]


def test_who_lives_abroad_comes_back_first(andi):
    siti = a_family(names=("Siti", "Budi"))
    Member.objects.filter(family_id=siti.family_id).update(status="abroad")
    assert move(andi, siti, members_of(siti)).status_code == 409
    assert {m.status for m in members_of(siti)} == {"abroad"}
