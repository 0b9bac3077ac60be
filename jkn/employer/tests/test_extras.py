"""Extra family of workers: asked for by the worker, billed by the employer's bill, covered with it."""

from __future__ import annotations

import json
from datetime import date
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jkn.account.queries import family_of as by_number
from jkn.audit.models import Entry
from jkn.contribution.models import Payment
from jkn.contribution.tests.crowd import at_once
from jkn.contribution.tests.factories import a_bank
from jkn.contribution.tests.snap import Bank
from jkn.contribution.wages import wage_shares
from jkn.core.errors import Conflict, NotFound
from jkn.core.month import Month
from jkn.employer.actions import end_work, run_day
from jkn.employer.enrolment import follow_paid
from jkn.employer.extras import Wish, ask_extra, withdraw_extra
from jkn.employer.models import BillLine, Employee, EmployerBill, Extra
from jkn.employer.queries import terms_of
from jkn.employer.rules import EndReason
from jkn.employer.tests.factories import (
    ON,
    acting,
    an_employer,
    an_employer_account,
    hired,
    va_of,
)
from jkn.employer.tests.test_journey import broken
from jkn.gate.tests.hospital import Hospital, a_hospital
from jkn.membership.acts import record_death
from jkn.membership.models import Family, Member, StatusChange
from jkn.membership.queries import family_of
from jkn.membership.rules import Status
from jkn.membership.tests.factories import (
    a_member,
    a_nik,
    a_staff_account,
    an_account,
    bearer,
    members_of,
    signed_in,
)
from jkn.membership.tests.register import register

__all__ = ["register"]
pytestmark = pytest.mark.django_db
HERE = "/keluarga/tambahan/"
DEC = date(2026, 12, 1)
NOV, DECEMBER = Month(2026, 11), Month(2026, 12)


@pytest.fixture(autouse=True)
def _november(on_day):
    on_day("2026-11-22")


class Home:
    """A worker of an employer, whose November is paid, with a fourth child and a parent."""

    def __init__(self, **over):
        self.employer = an_employer()
        (self.employee,) = hired(self.employer, **over)
        whose = by_number("nik", self.employee.nik)
        self.worker = Member.objects.get(family_id=whose.family_id, id=whose.member_id)
        self.family = Family.objects.get(family_id=whose.family_id)
        for n in range(3):
            a_member(
                self.family, name=f"Anak {n}", relation="child", birth_date=date(2012 + n, 1, 1)
            )
        self.fourth = a_member(
            self.family, name="Anak Keempat", relation="child", birth_date=date(2018, 1, 1),
            status="waiting_place",
        )  # fmt: skip
        self.parent = a_member(
            self.family, name="Sulastri", relation="parent", status="waiting_place"
        )
        self.account = an_account(self.worker)
        self.actor = self.account.as_actor()
        run_day(on=ON)
        bill = EmployerBill.objects.get(employer_id=self.employer.employer_id)
        self.pay("R0", bill.amount, on=ON)

    def ask(self, who, *, on=ON):
        wish = Wish(self.employer.employer_id, self.employee.id, who.id)
        return ask_extra(actor=self.actor, family_id=self.family.family_id, wish=wish, on=on)

    def withdraw(self, extra, *, on):
        return withdraw_extra(
            actor=self.actor, family_id=self.family.family_id, extra_id=extra.id, on=on
        )

    def status(self, who, on):
        return family_of(self.family.family_id, on=on).member(who.id).status

    def line(self, month):
        return BillLine.objects.get(employer_id=self.employer.employer_id, month=month.index)

    def pay(self, reference, amount, *, on):
        assert Bank(a_bank()).pay(va_of(self.employer), reference, amount).status_code == 200
        payment = Payment.objects.filter(family_id=self.employer.employer_id).latest("id")
        follow_paid(employer_id=self.employer.employer_id, payment_id=payment.id, on=on)

    def typed(self, who, /, **over):
        return {"job": str(self.employee.id), "who": str(who.id), "consent": "on", **over}


@pytest.fixture
def home():
    return Home()


def test_a_parent_is_billed_and_covered_from_the_next_month_on(home, on_day):
    home.ask(home.parent)
    assert home.status(home.parent, date(2026, 11, 30)) is Status.WAITING_PLACE
    assert home.status(home.parent, DEC) is Status.ACTIVE
    assert home.line(NOV).extras == 0
    run_day(on=DEC)
    line = home.line(DECEMBER)
    assert (line.employer_part, line.worker_part, line.extras, line.extra_part) == (
        260_000, 65_000, 1, 65_000
    )  # fmt: skip
    bill = EmployerBill.objects.get(employer_id=home.employer.employer_id, month=DECEMBER.index)
    assert (bill.extra_part, bill.amount) == (65_000, 390_000)
    assert broken() == []
    on_day("2026-12-05")
    home.pay("R1", 390_000, on=date(2026, 12, 5))
    assert Member.objects.get(id=home.parent.id).extra_month == DECEMBER.index
    assert home.status(home.parent, date(2027, 1, 31)) is Status.ACTIVE
    assert home.status(home.parent, date(2027, 2, 1)) is Status.SUSPENDED_ARREARS
    assert broken() == []


def test_an_unpaid_month_stops_cover_and_paying_brings_it_back(home, on_day):
    home.ask(home.parent)
    run_day(on=DEC)
    assert home.status(home.parent, date(2026, 12, 31)) is Status.ACTIVE
    assert home.status(home.parent, date(2027, 1, 1)) is Status.SUSPENDED_ARREARS
    on_day("2027-01-01")
    home.pay("R1", 390_000, on=date(2027, 1, 1))
    assert home.status(home.parent, date(2027, 1, 1)) is Status.ACTIVE


def test_withdrawn_it_ends_with_the_last_month_that_is_billed(home):
    extra = home.ask(home.parent)
    run_day(on=DEC)
    for _ in range(2):
        assert home.withdraw(extra, on=date(2026, 12, 15)).until_month == DECEMBER.index
    run_day(on=date(2027, 1, 1))
    assert home.line(DECEMBER).extras == 1
    assert home.line(DECEMBER.plus(1)).extras == 0
    assert home.status(home.parent, date(2026, 12, 31)) is Status.ACTIVE
    assert home.status(home.parent, date(2027, 1, 1)) is Status.WAITING_PLACE
    told = StatusChange.objects.filter(member_id=home.parent.id).order_by("id")
    assert [(c.event, c.since) for c in told][1:] == [
        ("extra_joined", DEC), ("extra_left", date(2027, 1, 1))
    ]  # fmt: skip
    assert broken() == []


def test_withdrawn_before_it_begins_it_costs_nothing(home):
    extra = home.ask(home.parent)
    home.withdraw(extra, on=ON)
    run_day(on=DEC)
    assert home.line(DECEMBER).extras == 0
    assert home.status(home.parent, DEC) is Status.WAITING_PLACE
    assert broken() == []


def test_asked_again_before_the_end_cover_goes_on_without_a_gap(home, on_day):
    extra = home.ask(home.parent)
    run_day(on=DEC)
    on_day("2026-12-05")
    home.pay("R1", 390_000, on=date(2026, 12, 5))
    home.withdraw(extra, on=date(2026, 12, 10))
    home.ask(home.parent, on=date(2026, 12, 20))
    for day in (DEC, date(2026, 12, 31), date(2027, 1, 1)):
        assert home.status(home.parent, day) is Status.ACTIVE
    run_day(on=date(2027, 1, 1))
    assert home.line(DECEMBER.plus(1)).extras == 1
    assert Extra.objects.count() == 2
    assert broken() == []


def test_a_child_that_gets_a_free_place_is_extra_no_more(home, on_day):
    home.ask(home.fourth)
    run_day(on=DEC)
    assert home.line(DECEMBER).extras == 1
    record_death(
        actor=home.actor, family_id=home.family.family_id, member_id=members_of(home.family)[2].id,
        day=date(2026, 12, 10), reason="contoh", on=date(2026, 12, 12),
    )  # fmt: skip
    on_day("2026-12-12")
    home.pay("R1", 390_000, on=date(2026, 12, 12))
    run_day(on=date(2026, 12, 12))
    assert home.status(home.fourth, date(2026, 12, 12)) is Status.ACTIVE
    assert Extra.objects.get().until_month == DECEMBER.index
    run_day(on=date(2027, 1, 1))
    assert home.line(DECEMBER.plus(1)).extras == 0
    assert home.status(home.fourth, date(2027, 1, 1)) is Status.ACTIVE
    assert broken() == []


def test_a_child_that_turns_21_on_the_first_is_not_billed_that_month(home, on_day):
    Member.objects.filter(id=home.fourth.id).update(birth_date=date(2006, 1, 1))
    home.ask(home.fourth)
    run_day(on=DEC)
    run_day(on=date(2027, 1, 1))
    assert (home.line(DECEMBER).extras, home.line(DECEMBER.plus(1)).extras) == (1, 0)
    assert home.status(home.fourth, date(2027, 1, 1)) is Status.OVER_AGE
    assert broken() == []


def test_who_is_too_old_by_then_or_has_a_place_is_refused(home):
    Member.objects.filter(id=home.fourth.id).update(birth_date=date(2005, 12, 1))
    with pytest.raises(Conflict, match=r"extra\.too_old"):
        home.ask(home.fourth)
    with pytest.raises(Conflict, match=r"extra\.not_waiting"):
        home.ask(home.worker)
    home.ask(home.parent)
    with pytest.raises(Conflict, match=r"extra\.known"):
        home.ask(home.parent)
    assert Extra.objects.count() == 1


@pytest.mark.parametrize("reason", [EndReason.RESIGNED, EndReason.LAID_OFF])
def test_the_end_of_work_ends_it_with_the_month(home, reason):
    home.ask(home.parent)
    home.ask(home.fourth)
    run_day(on=DEC)
    end_work(
        actor=acting(home.employer), employer_id=home.employer.employer_id,
        employee_id=home.employee.id, day=date(2026, 11, 25), reason=reason, on=date(2026, 12, 3),
    )  # fmt: skip
    assert {x.until_month for x in Extra.objects.all()} == {DECEMBER.index}  # it is billed already
    assert home.status(home.parent, date(2026, 12, 31)) is Status.ACTIVE
    assert home.status(home.parent, date(2027, 1, 1)) is Status.WAITING_PLACE
    run_day(on=date(2027, 1, 1))
    assert BillLine.objects.filter(employer_id=home.employer.employer_id).count() == 2
    assert broken() == []
    with pytest.raises(Conflict, match=r"employee\.ended"):
        home.ask(home.parent, on=date(2026, 12, 4))


def test_who_moves_away_or_is_moved_is_taken_off_the_bill(home):
    home.ask(home.parent)
    run_day(on=DEC)
    Member.objects.filter(id=home.worker.id).update(ended_on=DEC)
    run_day(on=date(2027, 1, 1))
    assert Extra.objects.get().until_month == DECEMBER.index
    assert home.line(DECEMBER.plus(1)).extras == 0


@settings(
    max_examples=10, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(st.integers(1, 30_000_000), st.integers(0, 2))
def test_the_statement_is_the_rule(wage, extras):
    home = Home(wage=wage)
    for who in [home.parent, home.fourth][:extras]:
        home.ask(who)
    run_day(on=DEC)
    line = home.line(DECEMBER)
    ((_, terms),) = terms_of([DECEMBER])
    shares = wage_shares(wage, terms=terms, extras=extras)
    assert (line.extras, line.extra_part) == (extras, shares.extra)
    bill = EmployerBill.objects.get(employer_id=home.employer.employer_id, month=DECEMBER.index)
    assert bill.amount == shares.total


# The worker's page.


def test_the_page_says_the_price_and_takes_the_consent_once(home):
    siti = signed_in(home.account)
    page = siti.get(HERE).content.decode()
    assert "Rp65.000 sebulan tiap orang" in page
    assert "Desember 2026" in page
    assert "Sulastri" in page
    without = siti.post(HERE, home.typed(home.parent, consent="", _key="k0"))
    assert without.status_code == 422
    assert "Centang persetujuan" in without.content.decode()
    assert "Anak 0" not in without.content.decode()  # has a place: nothing to choose
    for _ in range(2):
        assert siti.post(HERE, home.typed(home.parent, _key="k1")).status_code == 302
    extra = Extra.objects.get()
    assert (extra.member_id, extra.consent) == (home.parent.id, "upah-2026-11")
    page = siti.get(HERE).content.decode()
    assert "Hentikan untuk Sulastri" in page
    assert "Menjadi keluarga tambahan" in siti.get("/keluarga/").content.decode()
    assert Entry.objects.filter(verb="employer.extra_asked").count() == 2
    for _ in range(2):
        assert siti.post(f"{HERE}{extra.id}/berhenti/", {"_key": "k2"}).status_code == 302
    assert Extra.objects.get().until_month == NOV.index


def test_others_of_the_family_and_strangers_learn_nothing(home):
    extra = home.ask(home.parent)
    other = signed_in(an_account(members_of(home.family)[0]))
    page = other.get(HERE).content.decode()
    assert "Rp65.000" not in page
    assert "Hanya pekerja" in page
    refused = other.post(HERE, home.typed(home.fourth))
    assert refused.status_code == 422
    strange = signed_in(Home().account)
    for browser in (other, strange):
        assert browser.post(f"{HERE}{extra.id}/berhenti/").status_code == 404
    theirs = strange.post(HERE, home.typed(home.parent))
    assert theirs.status_code == 422
    assert signed_in(a_staff_account()).get(HERE).status_code == 403
    assert Extra.objects.get().until_month is None


def test_the_employer_reads_how_many_and_not_who(home):
    ratna = signed_in(an_employer_account(home.employer))
    home.ask(home.parent)
    page = ratna.get(f"/perusahaan/pekerja/{home.employee.id}/").content.decode()
    assert "1 orang, mulai 1 Desember 2026" in page
    assert "Sulastri" not in page
    run_day(on=DEC)
    bill = EmployerBill.objects.get(employer_id=home.employer.employer_id, month=DECEMBER.index)
    page = ratna.get(f"/perusahaan/tagihan/{bill.id}/").content.decode()
    assert "1 orang, Rp65.000" in page
    assert "Sulastri" not in page
    assert (
        "Keluarga tambahan, 1 orang"
        in signed_in(home.account).get("/iuran/pemberi-kerja/").content.decode()
    )


def on_card(home, register, **over):
    """Let the register know a parent on the worker's card."""
    mother = {
        "nik": a_nik(9000), "name": "Wagiyem", "birth_date": "1950-02-01", "sex": "f",
        "relation": "parent", "alive": True, **over,
    }  # fmt: skip
    worker = {
        "nik": home.worker.nik, "name": home.worker.name, "birth_date": "1968-01-31", "sex": "f",
        "relation": "head", "alive": True,
    }  # fmt: skip
    register.answer = {**register.answer, "family": [worker, mother]}
    return {"who": "kk", "nik": mother["nik"], "birth_date": "01-02-1950"}


def test_a_parent_on_the_same_card_joins_the_family(home, register):
    siti = signed_in(home.account)
    typed = home.typed(home.parent, **on_card(home, register))
    for _ in range(2):
        assert siti.post(HERE, {**typed, "_key": "k1"}).status_code == 302
    mother = Member.objects.get(family_id=home.family.family_id, name="Wagiyem")
    assert (mother.relation, mother.status) == ("parent", "waiting_place")
    assert home.status(mother, DEC) is Status.ACTIVE
    assert register.asked[0]["kk"] == home.family.kk
    assert Extra.objects.get().member_id == mother.id
    assert broken() == []


@pytest.mark.parametrize("told", ["no match", "another relation", "another card"])
def test_whoever_is_no_parent_on_the_card_gets_one_answer(home, register, told):
    siti = signed_in(home.account)
    relation = "other" if told == "another relation" else "parent"
    typed = home.typed(home.parent, **on_card(home, register, relation=relation))
    if told == "no match":
        register.answer = {"match": False, "differs": ["kk"]}
    if told == "another card":
        register.answer = {**register.answer, "family": register.answer["family"][1:]}
    answer = siti.post(HERE, typed)
    assert answer.status_code == 422
    assert "bukan orang tua di KK Anda" in answer.content.decode()
    assert not Extra.objects.exists()


def test_a_parent_who_is_a_member_elsewhere_goes_to_the_branch(home, register):
    siti = signed_in(home.account)
    typed = on_card(home, register)
    other = Home()
    a_member(other.family, nik=typed["nik"], relation="parent", status="waiting_place")
    answer = siti.post(HERE, home.typed(home.parent, **typed))
    assert answer.status_code == 409
    assert "Kantor cabang memindahkannya" in answer.content.decode()
    assert broken() == []


def test_a_silent_register_keeps_what_was_typed(home, register):
    siti = signed_in(home.account)
    typed = on_card(home, register)
    register.status = 500
    answer = siti.post(HERE, home.typed(home.parent, **typed))
    assert answer.status_code == 503
    assert typed["nik"] in answer.content.decode()
    empty = siti.post(HERE, home.typed(home.parent, who="kk"))
    assert empty.status_code == 422


def test_family_page_and_card_say_from_when_and_until_when(home, on_day):
    siti = signed_in(home.account)
    pages = ("/keluarga/", f"/kartu/{home.parent.id}/")
    extra = home.ask(home.parent)
    for page in pages:
        assert "dijamin mulai 1 Desember 2026" in siti.get(page).content.decode()
    on_day("2026-12-01")
    for page in pages:
        assert "Keluarga tambahan sejak 1 Desember 2026" in siti.get(page).content.decode()
    run_day(on=DEC)
    home.withdraw(extra, on=DEC)
    for page in pages:
        assert "dijamin sampai 31 Desember 2026" in siti.get(page).content.decode()
    on_day("2027-01-01")
    assert "dijamin sampai 31 Desember" not in siti.get("/keluarga/").content.decode()


def test_a_hospital_reads_the_status_of_its_day(home):
    home.ask(home.parent)
    hospital = Hospital(a_hospital())
    told = [
        hospital.read(hospital.card(home.parent.card, day))["peserta"]["statusPeserta"][
            "keterangan"
        ]
        for day in ("2026-11-30", "2026-12-01", "2026-12-31")
    ]
    assert told == ["BELUM DITANGGUNG", "AKTIF", "AKTIF"]


# For programs.


def asked(client, account, body=None, *, method="get", path="/api/v1/extra-family", **headers):
    send = getattr(client, method)
    content = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    return send(path, **content, headers={**bearer(account), **headers})


def test_a_worker_reads_asks_and_withdraws_by_json(home, client):
    told = asked(client, home.account).json()
    assert told["jobs"][0]["each"] == 65_000
    assert told["jobs"][0]["first_month"] == "2026-12"
    assert {c["name"] for c in told["choices"]} == {"Anak Keempat", "Sulastri"}
    body = {"job": told["jobs"][0]["id"], "member_id": str(home.parent.id), "consent": True}
    for _ in range(2):
        made = asked(client, home.account, body, method="post", **{"Idempotency-Key": "k1"})
        assert made.status_code == 200
    (extra,) = made.json()["extras"]
    assert (extra["covered_from"], extra["covered_until"]) == ("2026-12-01", None)
    family = asked(client, home.account, path="/api/v1/family").json()
    days = {m["name"]: (m["extra_from"], m["extra_until"]) for m in family["members"]}
    assert days["Sulastri"] == ("2026-12-01", None)
    assert days["Anak Keempat"] == (None, None)
    ratna = an_employer_account(home.employer)
    (worker,) = asked(client, ratna, path="/api/v1/employer/employees").json()["employees"]
    assert worker["extra_family"] == 1
    path = f"/api/v1/extra-family/{extra['id']}"
    gone = asked(client, home.account, method="delete", path=path)
    assert gone.json()["extras"] == []
    assert broken() == []


@pytest.mark.parametrize(
    "over",
    [
        {"consent": False}, {"job": "1"}, {"job": "x"}, {"member_id": "1"}, {"member_id": "x"},
        {"member_id": ""}, {"member_id": "", "nik": "1", "birth_date": "1950-01-01"},
    ],
)  # fmt: skip
def test_bad_bodies_are_refused_and_change_nothing(home, client, over):
    body = {
        "job": str(home.employee.id), "member_id": str(home.parent.id), "consent": True, **over,
    }  # fmt: skip
    assert asked(client, home.account, body, method="post").status_code in (404, 409, 422)
    assert not Extra.objects.exists()


# Many at once.


@pytest.mark.django_db(transaction=True)
def test_two_consents_at_once_count_once(transactional_db):
    home = Home()

    def ask():
        try:
            home.ask(home.parent)
        except Conflict:
            return 0
        return 1

    assert sum(at_once([ask] * 6)) == 1
    assert Extra.objects.count() == 1
    assert broken() == []


@pytest.mark.django_db(transaction=True)
def test_a_bill_and_a_withdrawal_at_once_agree(transactional_db):
    homes = [Home() for _ in range(4)]
    rows = [h.ask(h.parent) for h in homes]
    at_once(
        [partial(h.withdraw, x, on=DEC) for h, x in zip(homes, rows, strict=True)]
        + [partial(run_day, on=DEC)] * 2
    )
    assert broken() == []
    for home, row in zip(homes, rows, strict=True):
        row.refresh_from_db()
        assert home.line(DECEMBER).extras == (row.until_month == DECEMBER.index)


def test_nobodys_id_is_not_found(home):
    with pytest.raises(NotFound):
        withdraw_extra(actor=home.actor, family_id=home.family.family_id, extra_id=1, on=ON)
    assert Employee.objects.count() == 1


def test_a_household_that_is_behind_takes_its_extra_family_with_it(home):
    home.ask(home.parent)
    run_day(on=DEC)
    Family.objects.filter(family_id=home.family.family_id).update(paid_month=NOV.index - 1)
    assert home.status(home.worker, DEC) is Status.SUSPENDED_ARREARS
    assert home.status(home.parent, DEC) is Status.SUSPENDED_ARREARS
