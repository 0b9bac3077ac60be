"""What was paid: the history, one receipt as a page and as PDF; nobody else's."""

from __future__ import annotations

import html
import re
import zlib

import pytest

from jkn.contribution.models import Payment
from jkn.contribution.tests.factories import a_bank, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank
from jkn.membership.tests.factories import an_account, members_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def family(on_day):
    on_day("2026-11-22")
    return a_billed_family(months=2, names=("Siti Rahmawati", "Budi Santoso"))


@pytest.fixture
def payment(family):
    bank = Bank(a_bank())
    bank.inquire(va_of(family), "R1")
    assert bank.pay(va_of(family), "R1", 140_000).status_code == 200
    return Payment.objects.get(family_id=family.family_id)


@pytest.fixture
def siti(family):
    return signed_in(an_account(members_of(family)[0]))


def pdf_text(raw):
    """Return the words of a PDF made with built-in fonts: its streams, unpacked."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", raw, re.DOTALL)
    return b"".join(zlib.decompress(s) for s in streams if s[:1] == b"x").decode("latin-1")


def test_the_history_lists_payments_newest_first(siti, family, payment):
    page = siti.get("/iuran/riwayat/").content.decode()
    assert "Rp140.000" in page
    assert f"/iuran/riwayat/{payment.id}/" in page


def test_an_empty_history_says_what_to_do(siti):
    assert "Belum ada pembayaran" in siti.get("/iuran/riwayat/").content.decode()


def test_the_receipt_names_sum_months_bank_and_number(siti, payment):
    page = html.unescape(siti.get(f"/iuran/riwayat/{payment.id}/").content.decode())
    for words in ("Rp140.000", "Oktober 2026", "November 2026", payment.receipt, "bank-contoh",
                  "REFR1", "Jumlah dibayar"):  # fmt: skip
        assert words in page, words


def test_the_receipt_as_pdf(siti, payment):
    answer = siti.get(f"/iuran/riwayat/{payment.id}/kuitansi.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="kuitansi-{payment.receipt}.pdf"'
    assert answer["Cache-Control"] == "no-store"
    assert answer.content.startswith(b"%PDF-")
    words = pdf_text(answer.content)
    for told in (
        "Rp140.000",
        payment.receipt,
        "Siti Rahmawati",
        "Iuran Okt 2026",
        va_of_paid(payment),
    ):
        assert told in words, told


def va_of_paid(payment):
    return payment.number


def test_letters_that_the_pdf_does_not_know_break_nothing(siti, family, payment):
    members = members_of(family)
    type(members[0]).objects.filter(family_id=family.family_id).update(name="Śiti 李")
    answer = siti.get(f"/iuran/riwayat/{payment.id}/kuitansi.pdf")
    assert answer.content.startswith(b"%PDF-")


def test_budi_on_her_card_may_see_it(family, payment):
    budi = signed_in(an_account(members_of(family)[1]))
    assert budi.get(f"/iuran/riwayat/{payment.id}/").status_code == 200


@pytest.mark.parametrize("page", ["", "kuitansi.pdf"])
def test_a_strangers_payment_is_as_one_that_does_not_exist(family, payment, page):
    wati = signed_in(an_account(members_of(a_billed_family(months=1, names=("Wati",)))[0]))
    hers = wati.get(f"/iuran/riwayat/{payment.id}/{page}")
    nobodys = wati.get(f"/iuran/riwayat/{payment.id + 1}/{page}")
    huge = wati.get(f"/iuran/riwayat/{'9' * 40}/{page}")
    assert hers.status_code == nobodys.status_code == huge.status_code == 404
    assert plain(hers) == plain(nobodys) == plain(huge)


def plain(answer):
    return re.sub(r'name="(csrfmiddlewaretoken|_key)" value="[^"]*"|<!--.*-->|\d{6,}', "",
                  answer.content.decode())  # fmt: skip


def test_a_surplus_is_shown_as_credit(family, siti):
    bank = Bank(a_bank())
    for request in ("R1", "R2"):
        bank.inquire(va_of(family), request)
    for request in ("R1", "R2"):
        bank.pay(va_of(family), request, 140_000)
    second = Payment.objects.get(family_id=family.family_id, request_id="R2")
    page = siti.get(f"/iuran/riwayat/{second.id}/").content.decode()
    assert "Titipan untuk iuran berikutnya" in page
    pdf = siti.get(f"/iuran/riwayat/{second.id}/kuitansi.pdf").content
    assert "Titipan untuk iuran berikutnya" in pdf_text(pdf)


@pytest.mark.parametrize(
    "when",
    [
        "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00",
        "1999-01-01T00:00:00+07:00", "2127-01-01T00:00:00+07:00",
    ],
)  # fmt: skip
def test_a_time_out_of_this_world_is_refused_and_breaks_no_page(family, siti, when):
    answer = Bank(a_bank()).pay(va_of(family), "R1", 140_000, fields={"trxDateTime": when})
    assert (answer.status_code, answer.json()["responseCode"]) == (400, "4002501")
    assert not Payment.objects.filter(family_id=family.family_id).exists()
    assert siti.get("/iuran/riwayat/").status_code == 200
