"""A refund from asking to the bank: by page and by program, through two officers' hands."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, transaction

from jkn.audit.models import Entry
from jkn.contribution.actions import run_day, use_credit
from jkn.contribution.tests.factories import a_billed_family
from jkn.core.errors import Conflict, NotFound, Refused
from jkn.core.ids import new_id
from jkn.membership.tests.factories import a_staff_account, an_account, members_of, signed_in
from jkn.treasury.actions import (
    Payout,
    Wanted,
    approve_refund,
    pay_refund,
    propose_refund,
    refuse_refund,
    request_refund,
    return_refund,
)
from jkn.treasury.jobs import tell_refund
from jkn.treasury.models import Refund
from jkn.treasury.queries import refunds_awaiting_payout
from jkn.treasury.tests.factories import (
    ACCOUNT,
    BANK,
    CREDIT,
    DAY,
    TYPED,
    a_family_with_credit,
    a_refund,
    an_approved_refund,
    an_officer,
    balance,
    broken,
    member,
    officer,
)

pytestmark = pytest.mark.django_db
HERE = "/iuran/pengembalian/"
DESK = "/petugas/keuangan/pengembalian/"
API = "/api/v1/refunds"


@pytest.fixture
def siti(on_day):
    on_day("2026-11-22")
    return a_family_with_credit()


@pytest.fixture
def hers(siti):
    return signed_in(an_account(members_of(siti)[0]))


def text(answer):
    return answer.content.decode()


def refund(family):
    return Refund.objects.get(family_id=family.family_id)


def desk(row):
    return f"{DESK}{row.family_id}/{row.id}/"


def act(browser, row, name, key="", **typed):
    typed = {"act": name, "reason": "KTP dan buku tabungan cocok", "_key": key or name, **typed}
    return browser.post(desk(row), typed)


def test_an_overpayment_comes_back_through_two_officers(siti, hers):
    """The journey of issue 3: asked by the member, checked by Andi, approved by Dewi, paid."""
    assert "Pengembalian titipan" in text(hers.get("/iuran/"))
    assert "Rp70.000" in text(hers.get(HERE))
    assert hers.post(HERE, TYPED).headers["Location"] == HERE
    row = refund(siti)
    page = text(hers.get(HERE))
    assert "Diterima" in page
    assert "rekening berakhir 9012" in page
    assert "10 Desember 2026" in page
    assert "0123456789012" not in page
    assert (balance(siti, "credit"), balance(siti, "refund_payable")) == (0, CREDIT)

    andi, dewi = signed_in(an_officer("Andi")), signed_in(an_officer("Dewi"))
    assert "Rp70.000 · Diterima" in text(andi.get(DESK))
    page = text(andi.get(desk(row)))
    assert "0123456789012" in page
    assert "bernama seperti anggota keluarga" in page
    assert act(andi, row, "propose").headers["Location"] == desk(row)
    assert "Sudah diperiksa" in text(hers.get(HERE))
    alone = act(andi, row, "approve", key="a1")
    assert alone.status_code == 422
    assert "Petugas lain harus memutuskan" in text(alone)
    assert act(dewi, row, "approve").status_code == 302
    assert "Bank mengirim uangnya" in text(hers.get(HERE))
    paid = act(andi, row, "pay", bank=BANK, reference="TRF-20261122-1", reason="")
    assert paid.status_code == 302
    page = text(hers.get(HERE))
    assert "Sudah dikirim" in page
    assert "TRF-20261122-1" in page
    assert (balance(siti, "refund_payable"), balance(siti, f"clearing.{BANK}")) == (0, -CREDIT)
    assert DESK + str(siti.family_id) not in text(andi.get(DESK))
    told = Entry.objects.filter(group_id=siti.family_id, verb__startswith="treasury.refund_")
    assert list(told.order_by("id").values_list("verb", flat=True)) == [
        f"treasury.refund_{what}" for what in ("asked", "proposed", "approved", "paid")
    ]
    assert Entry.objects.filter(group_id=siti.family_id, verb="treasury.desk_looked").exists()
    assert "Membuka uang keluarga" in text(hers.get("/pengaturan/akses/"))
    assert broken() == []


def test_the_account_is_sealed_at_rest(siti, hers):
    hers.post(HERE, TYPED)
    sealed = bytes(refund(siti).account_sealed)
    assert b"0123456789012" not in sealed
    assert b"Siti" not in sealed


def test_each_step_is_told_once_to_every_account_of_the_family(siti, hers):
    row = a_refund(siti)
    for state in ("requested", "proposed", "approved", "paid", "refused", "returned"):
        for _ in range(2):
            tell_refund(siti.family_id, row.id, state)
    inbox = text(hers.get("/pemberitahuan/"))
    assert inbox.count("Permintaan pengembalian diterima") == 1
    assert "10 Desember 2026" in inbox
    assert inbox.count("Pengembalian ditolak") == 1


def test_twice_is_once_and_a_second_one_waits(siti, hers):
    assert hers.post(HERE, TYPED).status_code == 302
    assert hers.post(HERE, TYPED).status_code == 302
    second = hers.post(HERE, {**TYPED, "_key": "k2"})
    assert second.status_code == 409
    assert Refund.objects.filter(family_id=siti.family_id).count() == 1
    assert balance(siti, "refund_payable") == CREDIT


@pytest.mark.parametrize(
    ("over", "says"),
    [
        ({"amount": ""}, "Isi jumlah"),
        ({"amount": "0"}, "rupiah bulat"),
        ({"amount": "-5"}, "rupiah bulat"),
        ({"amount": "70.001"}, "paling banyak Rp70.000"),
        ({"number": "12"}, "6 sampai 20 angka"),
        ({"bank": "=BRI"}, "Tulis nama bank"),
        ({"holder": ""}, "buku tabungan"),
    ],
)
def test_bad_input_is_said_with_all_that_was_typed_and_nothing_is_kept(siti, hers, over, says):
    answer = hers.post(HERE, {**TYPED, **over})
    assert answer.status_code == 422
    assert says in text(answer)
    assert 'value="BRI"' in text(answer) or over.get("bank")
    assert not Refund.objects.exists()
    assert balance(siti, "credit") == CREDIT


def test_without_free_credit_there_is_nothing_to_ask(on_day):
    on_day("2026-11-22")
    family = a_billed_family(months=1)
    browser = signed_in(an_account(members_of(family)[0]))
    assert "Tidak ada titipan yang bebas" in text(browser.get(HERE))
    assert browser.post(HERE, TYPED).status_code == 422
    assert not Refund.objects.exists()


def test_credit_that_a_bill_needs_is_not_free(siti, on_day):
    """In December the credit is the new bill's, also before the daily run has used it."""
    on_day("2026-12-01")
    run_day(on=DAY.replace(month=12, day=1))
    with pytest.raises(Refused, match=r"refund\.none"):
        a_refund(siti)


def test_a_refusal_gives_the_money_back_and_the_member_reads_why(siti, hers):
    row = a_refund(siti)
    andi = signed_in(an_officer())
    assert act(andi, row, "refuse", reason="").status_code == 422
    assert act(andi, row, "refuse", reason="Nama rekening lain").status_code == 302
    assert act(andi, row, "refuse", key="r2", reason="Lagi").status_code == 422  # nothing to choose
    page = text(hers.get(HERE))
    assert "Nama rekening lain" in page
    assert "kembali menjadi titipan" in page
    assert (balance(siti, "credit"), balance(siti, "refund_payable")) == (CREDIT, 0)
    assert hers.post(HERE, TYPED).status_code == 302  # and may be asked for again
    assert broken() == []


def test_what_the_bank_sends_back_is_credit_again(siti, hers):
    row = an_approved_refund(siti)
    andi = signed_in(an_officer("Cici"))
    act(andi, row, "pay", bank=BANK, reference="TRF-1", reason="")
    assert act(andi, row, "return", reason="Rekening tutup").status_code == 302
    assert "Dikembalikan bank" in text(hers.get(HERE))
    assert (balance(siti, "credit"), balance(siti, f"clearing.{BANK}")) == (CREDIT, -2 * CREDIT)
    assert broken() == []


def test_what_the_bank_never_sent_is_credit_again(siti):
    row = an_approved_refund(siti)
    ids = {"family_id": siti.family_id, "refund_id": row.id}
    for _ in range(2):
        return_refund(actor=officer("Cici"), **ids, reason="Nomor salah", on=DAY)
    assert (balance(siti, "credit"), balance(siti, "refund_payable")) == (CREDIT, 0)
    assert broken() == []


def test_staff_ask_for_a_family_at_the_counter_and_another_decides(siti):
    andi, dewi = signed_in(an_officer("Andi")), signed_in(an_officer("Dewi"))
    nik = members_of(siti)[0].nik
    found = andi.post(DESK, {"kind": "nik", "number": nik, "_key": "f"})
    assert found.headers["Location"] == f"{DESK}{siti.family_id}/"
    assert "Rp70.000" in text(andi.get(found.headers["Location"]))
    typed = {**TYPED, "reason": "Datang dengan KTP"}
    made = andi.post(found.headers["Location"], typed)
    row = refund(siti)
    assert made.headers["Location"] == desk(row)
    assert row.state == "proposed"
    assert act(andi, row, "approve", key="a1").status_code == 422
    assert act(andi, row, "refuse", key="a2").status_code == 422
    assert act(dewi, row, "approve").status_code == 302
    assert broken() == []


def test_a_family_is_found_by_each_of_its_numbers_and_by_no_other(siti):
    andi = signed_in(an_officer())
    row = members_of(siti)[0]
    for kind, number in (("card", row.card), ("va", f"88888{row.card[-11:]}")):
        answer = andi.post(DESK, {"kind": kind, "number": number})
        assert answer.status_code == 302, kind
    assert andi.post(DESK, {"kind": "nik", "number": "3275017101689999"}).status_code == 422
    assert andi.post(DESK, {"kind": "nik", "number": "x"}).status_code == 422


def test_the_database_itself_refuses_one_person_alone(siti):
    row = a_refund(siti)
    rows = Refund.objects.filter(family_id=siti.family_id, id=row.id)
    for values in (
        {"state": "approved", "proposed_by": 5, "decided_by": 5},
        {"state": "approved", "proposed_by": 5, "decided_by": row.asked_by},
        {"state": "approved", "decided_by": 6},
        {"state": "paid", "proposed_by": 5, "decided_by": 6},  # without a bank
        {"state": "refused"},  # without the journal that frees the money
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)


def test_the_database_refuses_orphans(siti):
    row = a_refund(siti)
    rows = Refund.objects.filter(family_id=siti.family_id, id=row.id)
    for values in ({"family_id": new_id()}, {"held_journal_id": new_id()}):
        with pytest.raises(IntegrityError, match="foreign key"), transaction.atomic():
            rows.update(**values)


def test_one_transfer_pays_one_refund_once(siti):
    row = an_approved_refund(siti)
    pay = {"actor": officer(), "on": DAY}
    payout = Payout(BANK, "TRF-1", CREDIT)
    ids = {"family_id": siti.family_id, "refund_id": row.id}
    with pytest.raises(Conflict, match="other_amount"):
        pay_refund(**pay, **ids, payout=Payout(BANK, "TRF-1", CREDIT - 1))
    with pytest.raises(Refused, match=r"refund\.bank"):
        pay_refund(**pay, **ids, payout=Payout("bank-lain", "TRF-1", CREDIT))
    (waiting,) = refunds_awaiting_payout()
    assert (waiting.family_id, waiting.refund_id, waiting.amount) == (
        siti.family_id, row.id, CREDIT,
    )  # fmt: skip
    assert waiting.account == ACCOUNT
    for _ in range(2):
        pay_refund(**pay, **ids, payout=payout)
    with pytest.raises(Conflict, match=r"refund\.state"):
        pay_refund(**pay, **ids, payout=Payout(BANK, "TRF-2", CREDIT))
    assert refunds_awaiting_payout() == []

    wati = a_family_with_credit(names=("Wati", "Citra"))
    other = an_approved_refund(wati)
    with pytest.raises(Conflict, match="taken"):
        pay_refund(**pay, family_id=wati.family_id, refund_id=other.id, payout=payout)
    assert broken() == []


def test_steps_out_of_order_change_nothing(siti):
    row = a_refund(siti)
    ids = {"family_id": siti.family_id, "refund_id": row.id}
    with pytest.raises(Conflict):
        approve_refund(actor=officer(), **ids, reason="x")
    with pytest.raises(Conflict):
        return_refund(actor=officer(), **ids, reason="x", on=DAY)
    andi, dewi = officer("Andi"), officer("Dewi")
    for _ in range(2):
        propose_refund(actor=andi, **ids, reason="x")
    with pytest.raises(Conflict):
        propose_refund(actor=dewi, **ids, reason="x")
    for _ in range(2):
        approve_refund(actor=dewi, **ids, reason="x")
    with pytest.raises(Conflict):
        refuse_refund(actor=officer("Cici"), **ids, reason="x", on=DAY)
    assert refund(siti).state == "approved"


def test_reserved_money_pays_no_bill(siti, on_day):
    a_refund(siti)
    assert use_credit(family_id=siti.family_id, on=DAY) == 0
    assert balance(siti, "refund_payable") == CREDIT


def test_strangers_learn_nothing_and_others_may_not(siti, hers):
    row = a_refund(siti)
    wati = a_billed_family(months=1, names=("Wati",))
    stranger = signed_in(an_account(members_of(wati)[0]))
    assert "70.000" not in text(stranger.get(HERE))
    assert stranger.get(API).json()["refunds"] == []
    for browser in (stranger, hers, signed_in(a_staff_account())):
        assert browser.get(desk(row)).status_code == 403
        assert act(browser, row, "propose").status_code == 403
        assert browser.get("/petugas/keuangan/").status_code == 403
        assert browser.get(DESK).status_code == 403
    andi = signed_in(an_officer())
    assert andi.get(f"{DESK}{wati.family_id}/{row.id}/").status_code == 404
    assert andi.get(f"{DESK}{new_id()}/").status_code == 404
    assert andi.get(f"{DESK}{10**30}/").status_code == 404
    assert andi.get(f"{DESK}{siti.family_id}/{10**30}/").status_code == 404
    with pytest.raises(NotFound):
        propose_refund(
            actor=officer(), family_id=wati.family_id, refund_id=row.id, reason="x"
        )  # fmt: skip
    with pytest.raises(NotFound):
        request_refund(
            actor=member(siti), family_id=new_id(), wanted=Wanted(5, ACCOUNT), on=DAY
        )  # fmt: skip
    assert refund(siti).state == "requested"


# For programs.


def post(browser, key="p1", **over):
    body = {"amount": 50_000, "bank": "BRI", "number": "0123456789", "holder": "Siti", **over}
    return browser.post(
        API, json.dumps(body), content_type="application/json", headers={"Idempotency-Key": key}
    )


def test_a_program_asks_and_reads(siti, hers):
    made = post(hers)
    assert made.status_code == 201
    told = made.json()
    assert (told["state"], told["amount"], told["due_on"]) == ("requested", 50_000, "2026-12-10")
    assert told["number_ending"] == "6789"
    assert post(hers).json() == told
    assert post(hers, "p2").status_code == 409
    assert hers.get(API).json() == {"free_credit": 20_000, "refunds": [told]}
    assert told["id"] == str(refund(siti).id)


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"amount": 0}, "refund.amount"),
        ({"amount": -1}, "refund.amount"),
        ({"amount": 70_001}, "refund.amount"),
        ({"amount": "5"}, "body.invalid"),
        ({"number": "1"}, "bank_account.number"),
    ],
)
def test_a_program_asks_wrongly(siti, hers, over, code):
    answer = post(hers, **over)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not Refund.objects.exists()
