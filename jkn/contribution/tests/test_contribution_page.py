"""/iuran/: how the family stands, what it owes line by line, and what to do now."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest

from jkn.contribution.actions import run_day
from jkn.contribution.tests.factories import (
    NOW,
    a_bank,
    a_bill,
    a_billed_family,
    open_accounts,
    va_of,
)
from jkn.contribution.tests.snap import Bank
from jkn.membership.rules import Segment, Status
from jkn.membership.tests.factories import a_family, an_account, members_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _november(on_day):
    on_day("2026-11-22")


def page_of(family, path="/iuran/", member=0):
    (page,) = pages_of(family, path, member=member)
    return page


def pages_of(family, *paths, member=0):
    client = signed_in(an_account(members_of(family)[member]))
    answers = [client.get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {200}
    return [html.unescape(answer.content.decode()) for answer in answers]


def test_a_suspended_family_sees_its_arrears_line_by_line():
    page = page_of(a_billed_family(months=3, names=("Siti", "Budi")))
    for words in ("Rp210.000", "Berhenti karena iuran", "September 2026", "Oktober 2026",
                  "November 2026", "2 orang × Rp35.000", "Perpres 64/2020", "Bayar Rp210.000",
                  "Jatuh tempo 10 November 2026"):  # fmt: skip
        assert words in page, words


def test_this_month_alone_is_no_arrears():
    page = page_of(a_billed_family(months=1))
    assert "Iuran bulan ini belum dibayar" in page
    assert "Bayar Rp35.000" in page


def test_a_family_that_has_paid_owes_nothing():
    page = page_of(a_family())
    assert "Iuran sudah dibayar" in page
    assert "Lunas sampai November 2026." in page
    assert "Rp0" in page
    assert "/iuran/bayar/" not in page


@pytest.mark.parametrize(
    ("segment", "payer"),
    [
        (Segment.PBI_NATIONAL, "Dibayar pemerintah pusat"),
        (Segment.PBI_REGIONAL, "Dibayar pemerintah daerah"),
        (Segment.WORKER, "Dibayar pemberi kerja"),
    ],
    ids=str,
)
def test_who_does_not_pay_reads_who_does(segment, payer):
    family = a_family(segment=segment.value, paid_month=None)
    page, automatic = pages_of(family, "/iuran/", "/iuran/otomatis/")
    assert payer in page
    assert 'href="/iuran/otomatis/"' not in page
    assert "Anda tidak perlu membayar iuran" in automatic
    assert "Nomor rekening" not in automatic


def test_after_the_guarantee_of_a_layoff_nobody_is_said_to_pay():
    family = a_family(
        segment=Segment.WORKER.value, paid_month=None, guarantee_until=date(2027, 4, 30)
    )
    page = page_of(family)
    assert "Jaminan setelah PHK" in page
    assert "Dibayar pemberi kerja" not in page


def test_who_fell_off_the_list_is_not_told_that_the_government_pays():
    family = a_family(
        segment=Segment.PBI_NATIONAL.value, paid_month=None, status=Status.REMOVED_PBI.value
    )
    page = page_of(family)
    assert "Dibayar pemerintah" not in page
    assert "dinas sosial" in page


def test_a_worker_is_not_asked_to_pay_what_the_employer_owes():
    family = a_family(
        segment=Segment.WORKER.value, paid_month=None, status=Status.SUSPENDED_ARREARS.value
    )
    for page in pages_of(family, "/", "/iuran/", "/kartu/", "/keluarga/"):
        assert "Pemberi kerja belum membayar" in page
        assert "Bayar tunggakan" not in page


def test_a_day_that_has_passed_is_not_asked_for_again(on_day):
    for page in pages_of(a_billed_family(months=1), "/", "/iuran/"):
        assert "Jatuh tempo 10 November 2026, sudah lewat." in page
        assert "Bayar sebelum bulan ini berakhir" in page
    on_day("2026-11-10")
    page = page_of(a_billed_family(months=1))
    assert "Jatuh tempo 10 November 2026." in page
    assert "Bayar paling lambat tanggal jatuh tempo" in page


def test_a_first_contribution_has_its_own_last_day():
    family = a_billed_family(
        months=1, paid_month=None, status=Status.CANDIDATE.value,
        pay_from=date(2026, 11, 18), pay_by=date(2026, 12, 18),
    )  # fmt: skip
    page = page_of(family)
    assert "Jatuh tempo 18 Desember 2026." in page
    assert "10 November" not in page


def test_a_running_plan_is_not_told_to_pay_all():
    family = a_billed_family(months=5)
    client = signed_in(an_account(members_of(family)[0]))
    typed = {"stages": "2", "consent": "on", "_key": "k1"}
    assert client.post("/iuran/cicilan/", typed).status_code == 302
    home = client.get("/").content.decode()
    assert "Cicilan berjalan" in home
    Bank(a_bank()).pay(va_of(family), "R1", bill_page_amount(client))
    home = client.get("/").content.decode()
    assert "Tahap bulan ini sudah dibayar" in home
    assert "Kartu aktif setelah semua tahap lunas" in home
    assert "Bayar tunggakan" not in home
    assert 'href="/iuran/cicilan/"' in home


def bill_page_amount(client):
    """Return what the pay page asks for, in rupiah."""
    page = client.get("/iuran/bayar/").content.decode()
    return int(re.search(r"Bayar Rp([0-9.]+)", page)[1].replace(".", ""))


def test_what_one_chose_to_pay_ahead_is_no_duty():
    family = a_family()
    open_accounts(family)
    client = signed_in(an_account(members_of(family)[0]))
    assert client.post("/iuran/di-muka/", {"months": "2", "_key": "k1"}).status_code == 302
    home, page = (html.unescape(client.get(p).content.decode()) for p in ("/", "/iuran/"))
    assert "Perlu Anda lakukan" not in home
    assert "Bayar di muka" in page
    assert "Iuran bulan ini sudah dibayar." in page
    assert "Tidak ada yang perlu dibayar" not in page
    assert "2 bulan di muka" in page


def test_what_lapsed_has_no_due_day_and_one_act():
    family = a_billed_family(
        months=1, paid_month=None, status=Status.REGISTRATION_LAPSED.value,
        pay_from=date(2026, 9, 1), pay_by=date(2026, 10, 1),
    )  # fmt: skip
    page, home = pages_of(family, "/iuran/", "/")
    assert "Jatuh tempo" not in page
    assert 'href="/iuran/">Minta nomor pembayaran baru' in home


def test_months_above_the_cap_are_told_with_the_law():
    page = page_of(a_billed_family(months=51))
    assert "Rp875.000" in page
    assert "26 bulan yang lebih lama tidak ditagih: paling banyak 24 bulan" in page
    assert "Perpres 64/2020 pasal 42" in page


def test_credit_lowers_the_sum(on_day):
    family = a_billed_family(months=1)
    bank = Bank(a_bank())
    for request in ("R1", "R2"):
        bank.inquire(va_of(family), request)
    for request in ("R1", "R2"):
        bank.pay(va_of(family), request, 35_000)
    a_bill(family, NOW.plus(1), per_person=50_000)
    on_day("2026-12-01")
    page = page_of(family)
    assert "Titipan Anda" in page
    assert "−Rp35.000" in page
    assert "Bayar Rp15.000" in page


def test_bills_show_the_tariff_that_they_were_made_with():
    family = a_family(paid_month=NOW.plus(-2).index)
    a_bill(family, NOW.plus(-1), per_person=25_500)
    run_day(on=date(2026, 11, 22))
    page = page_of(family)
    assert "1 orang × Rp25.500" in page
    assert "1 orang × Rp35.000" in page
    assert "Bayar Rp60.500" in page


def test_every_member_of_the_family_sees_the_same():
    family = a_billed_family(months=2, names=("Siti", "Budi"))
    assert "Rp140.000" in page_of(family, member=1)


def test_a_registration_in_its_waiting_days_says_when():
    family = a_family(
        status=Status.CANDIDATE.value, paid_month=None, pay_from=date(2026, 11, 24),
        pay_by=date(2026, 12, 10),
    )  # fmt: skip
    a_bill(family, NOW)
    page = page_of(family)
    assert "Dapat dibayar mulai 24 November 2026 sampai 10 Desember 2026" in page
    assert 'href="/iuran/bayar/"' not in page


def test_it_may_be_kept_on_the_phone_for_a_week():
    answer = signed_in(an_account(members_of(a_family())[0])).get("/iuran/")
    assert answer["X-Offline"] == str(7 * 86_400)
    assert answer["Cache-Control"] == "no-store"


# Where to pay.


def test_the_pay_page_offers_the_banks_and_then_the_number():
    family = a_billed_family(months=2, names=("Siti", "Budi"))
    page = page_of(family, "/iuran/bayar/")
    assert "Bayar Rp140.000" in page
    for bank in ("bri", "mandiri", "bni", "btn", "bca"):
        assert f'href="/iuran/bayar/{bank}/"' in page


@pytest.mark.parametrize(("bank", "prefix"), [("bri", "88888"), ("mandiri", "89888")])
def test_each_bank_has_its_number_and_its_steps(bank, prefix):
    family = a_billed_family(months=2)
    page = page_of(family, f"/iuran/bayar/{bank}/")
    number = va_of(family, prefix)
    assert f"{number[:5]} {number[5:10]} {number[10:]}" in page
    assert "Menunggu pembayaran" in page
    assert ("BRImo" in page) is (bank == "bri")


@pytest.mark.parametrize("path", ["/iuran/bayar/bank-lain/", "/iuran/bayar/88888/"])
def test_a_bank_that_we_do_not_have_is_not_found(path):
    family = a_billed_family(months=2)
    assert signed_in(an_account(members_of(family)[0])).get(path).status_code == 404


def test_once_the_bank_has_told_us_the_page_says_so():
    family = a_billed_family(months=2)
    client = signed_in(an_account(members_of(family)[0]))
    assert "Pembayaran belum kami terima" in client.get("/iuran/bayar/bri/").content.decode()
    Bank(a_bank()).pay(va_of(family), "R1", 70_000)
    page = client.get("/iuran/bayar/bri/").content.decode()
    assert "Pembayaran diterima" in page
    assert "Rp70.000" in page


def test_nothing_to_pay_is_said():
    family = a_family()
    open_accounts(family)
    page = page_of(family, "/iuran/bayar/")
    assert "Tidak ada yang perlu dibayar" in page
    assert "Lunas sampai November 2026." in page
    assert 'href="/iuran/riwayat/"' in page
