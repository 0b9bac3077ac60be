"""The journal: found by each way, page by page, exported safely; every look is recorded."""

from __future__ import annotations

import csv

import pytest

from jkn.audit.models import Entry
from jkn.contribution.models import Journal, Payment
from jkn.contribution.tests.factories import a_bank, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank
from jkn.core.errors import Refused
from jkn.core.ids import new_id
from jkn.membership.tests.factories import a_staff_account, an_account, members_of, signed_in
from jkn.treasury.actions import Payout, pay_refund
from jkn.treasury.journal import Criteria, found, lines
from jkn.treasury.presenters import SHEET_HEADS, sheet
from jkn.treasury.rules import receipt_id, seen_last
from jkn.treasury.tests.factories import (
    BANK,
    CREDIT,
    DAY,
    a_family_with_credit,
    an_approved_refund,
    an_officer,
    officer,
)

pytestmark = pytest.mark.django_db
HERE = "/petugas/keuangan/jurnal/"
FILE = f"{HERE}unduh.csv"


@pytest.fixture
def siti(on_day):
    on_day("2026-11-22")
    return a_family_with_credit()


@pytest.fixture
def andi():
    return signed_in(an_officer())


def text(answer):
    return answer.content.decode()


def kinds(**over):
    rows = found(Criteria(**{"since": DAY.replace(day=1), "until": DAY, **over}))
    return [row.kind for row in rows]


def rows_of(answer):
    return list(csv.reader(b"".join(answer.streaming_content).decode().splitlines()))


def test_each_way_of_searching_finds_its_own(siti):
    wati = a_billed_family(months=1, names=("Wati",))
    row = an_approved_refund(siti)
    pay_refund(
        actor=officer(), family_id=siti.family_id, refund_id=row.id, on=DAY,
        payout=Payout(BANK, "TRF-9", CREDIT),
    )  # fmt: skip
    first = Payment.objects.filter(family_id=siti.family_id).order_by("id")[0]
    mine = {"family_id": siti.family_id}
    assert kinds(**mine) == ["refund_paid", "refund_held", "paid", "paid", "billed"]
    assert kinds(family_id=wati.family_id) == ["billed"]
    assert len(kinds()) == 6
    assert kinds(kind="paid") == ["paid", "paid"]
    assert kinds(payment_id=receipt_id(first.receipt.lower())) == ["paid"]
    assert kinds(reference=first.reference) == ["paid"]
    assert kinds(reference="TRF-9") == ["refund_paid"]
    assert kinds(reference="TRF-8") == []
    assert kinds(amount=CREDIT, **mine) == kinds(**mine)
    assert kinds(amount=CREDIT + 1) == []
    assert kinds(until=DAY.replace(day=21)) == ["billed", "billed"]
    assert kinds(since=DAY) == ["refund_paid", "refund_held", "paid", "paid"]


def test_pages_follow_each_other_without_a_gap(siti):
    whole = found(Criteria(DAY.replace(day=1), DAY))
    after, seen = None, []
    while page := found(Criteria(DAY.replace(day=1), DAY), after=after, at_most=1):
        seen += page
        after = (page[-1].day, page[-1].id)
    assert seen == whole


def test_a_page_has_fifty_rows_and_a_link_to_the_next(siti, andi):
    for _ in range(60):
        Journal.objects.create(family_id=siti.family_id, kind="credit", day=DAY)
    page = text(andi.get(HERE))
    assert "Berikutnya" in page
    link = page.split('href="/petugas/keuangan/jurnal/?')[1].split('"')[0].replace("&amp;", "&")
    assert "after=2026-11-22." in link
    assert "Tagihan" in text(andi.get(f"{HERE}?{link}"))


def test_the_kinds_of_journals_are_chosen_in_the_readers_language(siti, andi):
    assert ">Pembayaran</option>" in text(andi.get(HERE))
    andi.cookies["lang"] = "en"
    assert ">Payment</option>" in text(andi.get(HERE))


def test_a_family_is_opened_by_number_and_the_look_is_recorded(siti, andi):
    nik = members_of(siti)[0].nik
    answer = andi.post(HERE, {"kind": "nik", "number": nik})
    assert answer.headers["Location"] == f"{HERE}?family={siti.family_id}"
    page = text(andi.get(answer.headers["Location"]))
    assert "Siti Rahmawati" in page
    assert "Rp70.000" in page
    looks = Entry.objects.filter(group_id=siti.family_id, verb="treasury.desk_looked")
    assert looks.count() == 1
    journal = Journal.objects.filter(family_id=siti.family_id, kind="paid")[0]
    page = text(andi.get(f"{HERE}{siti.family_id}/{journal.id}/"))
    assert f"Debit {BANK}" in page
    assert "Kredit Piutang iuran" in page
    assert looks.count() == 2
    assert looks.filter(subject=journal.id, purpose="counter").exists()
    assert andi.post(HERE, {"kind": "nik", "number": "3275017101689999"}).status_code == 422


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("since=2026-11-22&until=2026-11-21", "lebih awal"),
        ("since=2020-01-01&until=2026-11-21", "paling banyak 366 hari"),
        ("since=x", "tanggal, bulan, tahun"),
        ("receipt=123", "13 huruf"),
        ("reference==1", "referensi"),
        ("amount=-5", "rupiah bulat"),
        ("family=99999999999999999999", "Periksa lagi isian Anda"),
        ("kind=x", "Pilih salah satu"),
    ],
)
def test_a_search_that_cannot_be_is_said(siti, andi, query, says):
    answer = andi.get(f"{HERE}?{query}")
    assert answer.status_code == 422
    assert says in text(answer)
    assert andi.get(f"{FILE}?{query}").status_code == 422


@pytest.mark.parametrize("after", ["x", "2026-13-01.5", "2026-11-22.99999999999999999999"])
def test_a_place_that_nobody_was_at_begins_anew(siti, andi, after):
    assert seen_last(after) is None
    assert "Rp70.000" in text(andi.get(f"{HERE}?after={after}"))


@pytest.mark.parametrize("text_", ["", "123", "U" * 13, "Z" * 13, "0" * 12, "0" * 14])
def test_a_receipt_that_is_none_is_refused(text_):
    with pytest.raises(Refused, match="receipt"):
        receipt_id(text_)


# The file.


def test_the_file_holds_every_line_and_its_sums(siti, andi):
    answer = andi.get(f"{FILE}?since=2026-11-01&until=2026-11-22")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="jurnal-2026-11-01-2026-11-22.csv"' in answer.headers["Content-Disposition"]
    heads, *rows = rows_of(answer)
    assert tuple(heads) == SHEET_HEADS
    assert [r[-1] for r in rows] == ["70000"] * 3
    assert {r[0] for r in rows} == {"2026-11-01", "2026-11-22"}
    told = Entry.objects.get(verb="treasury.exported")
    assert (told.group_id, told.details["since"]) == (0, "2026-11-01")


def test_a_familys_file_is_written_down_for_the_family(siti, andi):
    andi.get(f"{FILE}?family={siti.family_id}")
    assert Entry.objects.filter(group_id=siti.family_id, verb="treasury.exported").count() == 1


def test_what_a_bank_sent_cannot_run_in_a_spreadsheet(siti, andi):
    bank = Bank(a_bank(name="=cmd|'/C calc'!A0"))
    bank.inquire(va_of(siti), "evil")
    wati = a_billed_family(months=1, names=("Wati",))
    told = bank.pay(va_of(wati), "evil2", 35_000, reference="@SUM(A1)")
    assert told.status_code == 200
    rows = rows_of(andi.get(FILE))
    cells = {c for row in rows[1:] for c in row}
    assert "'=cmd|'/C calc'!A0" in cells
    assert "'@SUM(A1)" in cells
    assert not [c for c in cells if c.startswith(("=", "+", "-", "@"))]


def test_a_large_file_is_read_in_slices(siti, monkeypatch):
    monkeypatch.setattr("jkn.treasury.journal._ROWS_OF_A_SLICE", 2)
    from_slices = list(sheet(iter_lines()))
    monkeypatch.undo()
    assert from_slices == list(sheet(iter_lines()))
    assert len(from_slices) == 4


def iter_lines():
    return lines(Criteria(DAY.replace(day=1), DAY))


def test_exports_are_limited(siti, andi):
    assert [andi.get(FILE).status_code for _ in range(21)] == [200] * 20 + [429]


def test_others_may_not_look(siti):
    journal = Journal.objects.filter(family_id=siti.family_id)[0]
    for browser in (signed_in(an_account(members_of(siti)[0])), signed_in(a_staff_account())):
        for path in (HERE, FILE, f"{HERE}{siti.family_id}/{journal.id}/"):
            assert browser.get(path).status_code == 403
    andi = signed_in(an_officer())
    wati = a_billed_family(months=1, names=("Wati",))
    assert andi.get(f"{HERE}{wati.family_id}/{journal.id}/").status_code == 404
    assert andi.get(f"{HERE}{new_id()}/{journal.id}/").status_code == 404
