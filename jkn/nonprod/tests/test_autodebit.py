"""Autodebit against the simulated bank over HTTP: exactly one debit and one posting, whatever fails."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from jkn.audit.models import Entry
from jkn.contribution import partner
from jkn.contribution.actions import run_day
from jkn.contribution.autodebit import announce, ask_bank, begin, debits_of, hear_debit, plan_debits
from jkn.contribution.dialogue import catch_up, settle_debit, settle_mandate
from jkn.contribution.instalments import register_plan
from jkn.contribution.jobs import tell_coming, tell_refused
from jkn.contribution.mandates import Wish, end_mandate, give_mandate, mandate_of
from jkn.contribution.models import Bill, Debit, Mandate, Payment
from jkn.contribution.tests.crowd import at_once, broken_promises
from jkn.contribution.tests.factories import a_bank, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank as Teller
from jkn.core.actor import SYSTEM, Actor, Role
from jkn.core.errors import Conflict, Refused, Unavailable
from jkn.membership.rules import Status
from jkn.membership.tests.factories import a_family, an_account, members_of
from jkn.nonprod.partners.debits import DebitDesk
from jkn.nonprod.partners.http import App
from jkn.nonprod.tests.partners import serving
from jkn.notice.models import Notice
from jkn.reconciliation.actions import reconcile
from jkn.reconciliation.queries import balance_of

pytestmark = pytest.mark.django_db(transaction=True)
DUE = 70_000
FIFTH, TWENTIETH = date(2026, 12, 5), date(2026, 12, 20)
GOOD, POOR, CLOSED, OTHER_NAME = "1234567899", "1234567801", "1234567802", "1234567803"


@pytest.fixture
def bank(settings, transactional_db):
    """The simulated bank's desk, served; slow is slower than we wait."""
    desk = DebitDesk(slow_seconds=0.6)
    settings.PARTNER_TIMEOUT_SECONDS = 0.4
    with serving(desk.add_to(App())) as client:
        settings.BANK_URL = str(client.base_url)
        desk.client = client
        yield desk


@pytest.fixture
def siti(transactional_db, on_day):
    """Siti's family of two is covered through November and owes December."""
    on_day("2026-12-02")
    family = a_billed_family(
        months=0, names=("Siti Rahmawati", "Budi Santoso"), status=Status.ACTIVE.value
    )
    run_day(on=date(2026, 12, 1))
    return family


def actor_of(family):
    return Actor(account_id=7, role=Role.MEMBER, name="Siti", family_id=family.family_id)


def given(family, number=GOOD, day=5):
    return give_mandate(
        actor=actor_of(family), family_id=family.family_id, on=date(2026, 12, 2),
        wish=Wish("BRI", number, "Siti Rahmawati", day),
    )  # fmt: skip


def active(family, bank, number=GOOD, day=5):
    """A mandate to which the holder has agreed at the bank's page."""
    mandate_id = given(family, number, day)
    settle_mandate(family.family_id, mandate_id)
    agreed = bank.client.post("/autodebit/agree", data={"id": str(mandate_id), "answer": "yes"})
    assert agreed.status_code == 303
    settle_mandate(family.family_id, mandate_id)
    assert mandate_of(family.family_id).status == "active"
    return mandate_id


def planned(family, on=FIFTH):
    """The one attempt of a dated day."""
    assert plan_debits(on=on) == 1
    assert plan_debits(on=on) == 0
    return debits_of(family.family_id)[0].id


def debited_once(family, bank, amount=DUE):
    """One debit at the bank, one payment here, every promise kept."""
    assert [d.amount for d in bank.debits.values() if d.status == "paid"] == [amount]
    payment = Payment.objects.get(family_id=family.family_id)
    assert (payment.amount, payment.credited) == (amount, 0)
    assert payment.bank == "autodebit-bri"
    debit = debits_of(family.family_id)[0]
    assert (debit.status, debit.payment_id) == ("paid", payment.id)
    assert bank.debits[str(debit.id)].reference == payment.reference
    assert broken_promises() == []


# The mandate.


def test_the_holder_agrees_at_the_bank_and_the_account_is_sealed(siti, bank):
    mandate_id = given(siti)
    row = mandate_of(siti.family_id)
    assert (row.status, row.is_known, row.confirm_url) == ("pending", False, "")
    assert GOOD.encode() not in bytes(row.account_sealed)
    settle_mandate(siti.family_id, mandate_id)
    row = mandate_of(siti.family_id)
    assert row.confirm_url == f"{bank.client.base_url}/autodebit?mandat={mandate_id}"
    assert "Siti Rahmawati" in bank.client.get(row.confirm_url).text
    settle_mandate(siti.family_id, mandate_id)  # nobody agreed yet
    assert mandate_of(siti.family_id).status == "pending"

    bank.client.post("/autodebit/agree", data={"id": str(mandate_id), "answer": "yes"})
    settle_mandate(siti.family_id, mandate_id)
    settle_mandate(siti.family_id, mandate_id)
    assert mandate_of(siti.family_id).status == "active"
    verbs = [e.verb for e in Entry.objects.filter(group_id=siti.family_id).order_by("id")]
    assert verbs.count("autodebit.asked") == verbs.count("autodebit.active") == 1
    assert not Entry.objects.filter(details__icontains=GOOD).exists()


@pytest.mark.parametrize(
    ("number", "reason"), [(OTHER_NAME, "name_differs"), ("1234567804", "account_unknown")]
)
def test_a_name_that_differs_ends_it_in_words_and_one_may_try_again(siti, bank, number, reason):
    settle_mandate(siti.family_id, given(siti, number))
    row = mandate_of(siti.family_id)
    assert (row.status, row.reason) == ("ended", reason)
    assert given(siti)


def test_a_holder_who_says_no_ends_it(siti, bank):
    mandate_id = given(siti)
    settle_mandate(siti.family_id, mandate_id)
    bank.client.post("/autodebit/agree", data={"id": str(mandate_id), "answer": "no"})
    settle_mandate(siti.family_id, mandate_id)
    assert mandate_of(siti.family_id).reason == "declined"


def test_nobody_agrees_for_three_days(siti, bank, on_day):
    mandate_id = given(siti)
    on_day("2026-12-05")
    settle_mandate(siti.family_id, mandate_id)
    assert mandate_of(siti.family_id).status == "pending"
    on_day("2026-12-06")
    settle_mandate(siti.family_id, mandate_id)
    assert mandate_of(siti.family_id).reason == "not_confirmed"


def test_one_mandate_at_a_time_and_an_end_that_counts_at_once(siti, bank):
    mandate_id = active(siti, bank)
    with pytest.raises(Conflict):
        given(siti)
    debit_id = planned(siti)
    end_mandate(actor=actor_of(siti), family_id=siti.family_id, on=FIFTH)
    settle_debit(siti.family_id, debit_id)
    assert debits_of(siti.family_id)[0].status == "dropped"
    assert bank.asked == 0
    assert plan_debits(on=TWENTIETH) == 0
    assert bank.mandates[str(mandate_id)].status == "active"
    catch_up()  # tells the bank
    assert bank.mandates[str(mandate_id)].status == "ended"
    assert Mandate.objects.get(family_id=siti.family_id).is_closed
    with pytest.raises(Conflict):
        end_mandate(actor=actor_of(siti), family_id=siti.family_id, on=FIFTH)


def test_sixteen_presses_make_one_mandate(siti, bank):
    def press():
        try:
            return given(siti)
        except Conflict:
            return 0

    assert sum(1 for made in at_once([press] * 16) if made) == 1
    assert Mandate.objects.filter(family_id=siti.family_id).count() == 1


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (Wish("BRI", GOOD, "Siti", 6), "autodebit.day"),
        (Wish("XYZ", GOOD, "Siti", 5), "autodebit.bank"),
        (Wish("BRI", "123", "Siti", 5), "autodebit.account"),
        (Wish("BRI", GOOD, "?", 5), "autodebit.holder"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_written(siti, wish, code):
    with pytest.raises(Refused) as refused:
        give_mandate(
            actor=actor_of(siti), family_id=siti.family_id, wish=wish, on=date(2026, 12, 2)
        )
    assert refused.value.code == code
    assert mandate_of(siti.family_id) is None


def test_who_does_not_pay_gives_no_mandate(transactional_db):
    family = a_family(segment="pbi_jk")
    with pytest.raises(Refused) as refused:
        given(family)
    assert refused.value.code == "autodebit.not_payer"


# The debit.


def test_what_is_owed_is_announced_debited_posted_and_receipted(siti, bank, on_day):
    account = an_account(members_of(siti)[0])
    mandate_id = active(siti, bank)
    assert announce(on=date(2026, 12, 1)) == 0
    assert announce(on=date(2026, 12, 2)) == 1
    assert announce(on=date(2026, 12, 3)) == 0
    tell_coming(siti.family_id, mandate_id)
    tell_coming(siti.family_id, mandate_id)
    told = Notice.objects.get(account_id=account.id, kind="autodebit.coming")
    assert told.values["amount"] == "Rp70.000"
    assert told.values["day"] == "2026-12-05"

    on_day("2026-12-05")
    settle_debit(siti.family_id, planned(siti))
    debited_once(siti, bank)
    assert not Bill.objects.filter(family_id=siti.family_id, status="open").exists()
    assert plan_debits(on=TWENTIETH) == 0  # nothing is owed any more


def test_the_banks_statement_of_its_debits_is_matched_line_by_line(siti, bank):
    active(siti, bank)
    settle_debit(siti.family_id, planned(siti))
    told = bank.client.get("/autodebit/statement.csv", params={"bank": "BRI"}).content
    assert (
        bank.client.get("/autodebit/statement.csv", params={"bank": "BNI"}).text.count("AUTO") == 0
    )
    done = reconcile(told, actor=SYSTEM, on=FIFTH, bank="autodebit-bri")
    assert (done.lines, done.matched, done.suspense) == (1, 1, 0)
    assert balance_of("autodebit-bri").difference == 0
    assert reconcile(told, actor=SYSTEM, on=FIFTH, bank="autodebit-bri").matched == 1
    assert broken_promises() == []


def test_the_other_day_is_not_his(siti, bank):
    active(siti, bank, day=20)
    assert plan_debits(on=FIFTH) == 0
    assert plan_debits(on=TWENTIETH) == 1


def test_a_day_before_the_mandate_is_not_made_up_for(siti, bank):
    active(siti, bank)
    Mandate.objects.filter(family_id=siti.family_id).update(active_on=date(2026, 12, 6))
    assert plan_debits(on=date(2026, 12, 6)) == 0


def test_no_money_is_told_at_once_and_tried_on_the_next_dated_day(siti, bank, on_day):
    account = an_account(members_of(siti)[0])
    mandate_id = active(siti, bank, POOR)
    debit_id = planned(siti)
    settle_debit(siti.family_id, debit_id)
    tell_refused(siti.family_id, debit_id)
    assert "Saldo tidak cukup" in Notice.objects.get(account_id=account.id).body
    settle_debit(siti.family_id, debit_id)  # a late job asks nothing
    assert bank.asked == 1
    assert mandate_of(siti.family_id).status == "active"
    assert not Payment.objects.filter(family_id=siti.family_id).exists()

    bank.mandates[str(mandate_id)].account = GOOD  # the account was filled
    on_day("2026-12-20")
    settle_debit(siti.family_id, planned(siti, TWENTIETH))
    debited_once(siti, bank)
    assert not mandate_of(siti.family_id).is_retry


def test_a_closed_account_suspends_the_mandate(siti, bank):
    active(siti, bank, CLOSED)
    settle_debit(siti.family_id, planned(siti))
    row = mandate_of(siti.family_id)
    assert (row.status, row.reason) == ("suspended", "account_closed")
    assert plan_debits(on=TWENTIETH) == 0
    end_mandate(actor=actor_of(siti), family_id=siti.family_id, on=FIFTH)
    assert given(siti)


def test_who_paid_on_the_way_is_not_debited(siti, bank, on_day):
    active(siti, bank)
    debit_id = planned(siti)
    assert Teller(a_bank()).pay(va_of(siti), "R1", DUE).status_code == 200
    settle_debit(siti.family_id, debit_id)
    assert bank.asked == 0
    assert debits_of(siti.family_id)[0].status == "dropped"


def test_a_running_plan_is_debited_its_stage(bank, on_day):
    on_day("2026-11-02")
    family = a_billed_family(months=7)
    register_plan(
        actor=actor_of(family), family_id=family.family_id, stages=3, on=date(2026, 11, 2)
    )
    active(family, bank)
    on_day("2026-11-05")
    settle_debit(family.family_id, planned(family, date(2026, 11, 5)))
    assert Payment.objects.get(family_id=family.family_id).amount == 105_000  # 70.000 and November
    assert broken_promises() == []


# Faults.


@pytest.mark.parametrize("mood", ["down", "broken", "slow", "lost"])
def test_a_bank_in_trouble_debits_once_in_the_end(siti, bank, mood):
    active(siti, bank)
    debit_id = planned(siti)
    bank.mood = mood
    for _ in range(3):
        with pytest.raises(Unavailable):
            settle_debit(siti.family_id, debit_id)
    assert debits_of(siti.family_id)[0].status == "sent"
    assert not Payment.objects.filter(family_id=siti.family_id).exists()
    bank.mood = "normal"
    catch_up()
    debited_once(siti, bank)


def test_an_answer_that_was_lost_is_asked_for_and_not_sent_again(siti, bank):
    active(siti, bank)
    debit_id = planned(siti)
    bank.mood = "lost"
    with pytest.raises(Unavailable):
        settle_debit(siti.family_id, debit_id)
    bank.mood = "normal"
    settle_debit(siti.family_id, debit_id)
    assert bank.asked == 1
    debited_once(siti, bank)


def test_an_answer_that_comes_days_later_is_still_posted_whole(siti, bank, on_day):
    """The bank took the money; meanwhile the family paid elsewhere and a new month began."""
    active(siti, bank)
    debit_id = planned(siti)
    bank.mood = "lost"
    with pytest.raises(Unavailable):
        settle_debit(siti.family_id, debit_id)
    assert Teller(a_bank()).pay(va_of(siti), "R1", DUE).status_code == 200
    on_day("2027-01-08")
    bank.mood = "normal"
    settle_debit(siti.family_id, debit_id)
    payment = Payment.objects.get(family_id=siti.family_id, bank="autodebit-bri")
    assert (payment.amount, payment.credited) == (DUE, DUE)
    assert broken_promises() == []


def test_a_worker_killed_after_sending_leaves_it_to_the_next(siti, bank):
    active(siti, bank)
    debit_id = planned(siti)
    order = begin(siti.family_id, debit_id, on=FIFTH)
    ask_bank(order)  # and here the worker dies
    settle_debit(siti.family_id, debit_id)
    assert bank.asked == 1
    debited_once(siti, bank)


def test_a_worker_killed_before_sending_leaves_it_to_the_next(siti, bank):
    active(siti, bank)
    debit_id = planned(siti)
    begin(siti.family_id, debit_id, on=FIFTH)
    settle_debit(siti.family_id, debit_id)
    debited_once(siti, bank)


def test_an_answer_heard_twice_is_posted_once(siti, bank):
    active(siti, bank)
    debit_id = planned(siti)
    heard = ask_bank(begin(siti.family_id, debit_id, on=FIFTH))
    at_once([partial(hear_debit, siti.family_id, debit_id, heard, on=FIFTH)] * 8)
    debited_once(siti, bank)


def test_eight_workers_at_once_debit_once(siti, bank, settings):
    settings.PARTNER_TIMEOUT_SECONDS = 5
    active(siti, bank)
    debit_id = planned(siti)
    at_once([partial(settle_debit, siti.family_id, debit_id)] * 8)
    debited_once(siti, bank)


def test_runs_at_once_plan_one_attempt(siti, bank):
    active(siti, bank)
    assert sum(at_once([partial(plan_debits, on=FIFTH)] * 4)) == 1
    assert Debit.objects.filter(family_id=siti.family_id).count() == 1


def test_an_end_while_it_is_on_its_way_forbids_what_never_arrived(siti, bank):
    active(siti, bank)
    debit_id = planned(siti)
    begin(siti.family_id, debit_id, on=FIFTH)  # not sent: the worker died
    end_mandate(actor=actor_of(siti), family_id=siti.family_id, on=FIFTH)
    settle_debit(siti.family_id, debit_id)
    assert debits_of(siti.family_id)[0].status == "dropped"
    late = partner.debit(debit_id, mandate_id=mandate_of(siti.family_id).id, amount=DUE)
    assert late.problem == "cancelled"  # also where our message was only late
    assert not Payment.objects.exists()


def test_another_sum_than_asked_proves_nothing(siti, bank):
    active(siti, bank)
    debit_id = planned(siti)
    heard = ask_bank(begin(siti.family_id, debit_id, on=FIFTH))
    assert heard.problem is None
    bank.debits[str(debit_id)].amount = DUE - 1
    with pytest.raises(Unavailable):
        settle_debit(siti.family_id, debit_id)
    assert not Payment.objects.exists()


def test_one_that_cannot_be_written_does_not_hold_up_the_others(siti, bank, monkeypatch):
    wati = a_billed_family(months=0, names=("Wati", "Anak"), status=Status.ACTIVE.value)
    run_day(on=date(2026, 12, 1))
    for family in (siti, wati):
        active(family, bank)
    assert plan_debits(on=FIFTH) == 2
    monkeypatch.setattr(
        "jkn.contribution.dialogue.hear_debit",
        lambda family_id, *a, **k: (
            1 / 0 if family_id == siti.family_id else hear_debit(family_id, *a, **k)
        ),
    )
    assert catch_up() == 1
    debited = Payment.objects.get()
    assert debited.family_id == wati.family_id
