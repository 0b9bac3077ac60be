"""The service fine by the law's examples, at its edges, and on the page where one asks for it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.contribution.actions import run_day
from jkn.contribution.figures import fine_terms, last_return
from jkn.contribution.fines import Care, FineTerms, Payer, Reason, Stay, fine_amount, service_fine
from jkn.contribution.tests.factories import a_bank, a_billed_family, open_accounts, va_of
from jkn.contribution.tests.snap import Bank
from jkn.core.errors import Refused
from jkn.core.money import typed_rupiah
from jkn.core.month import Month
from jkn.membership.tests.factories import a_family, an_account, members_of

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
LAW = FineTerms(5, 12, 30_000_000, 45, "Perpres 64/2020 pasal 42")
BACK = date(2026, 11, 22)


def stay(days=0, care=Care.INPATIENT, estimate=4_000_000):
    return Stay(care, BACK + timedelta(days=days), estimate)


def fined(one, segment="pbpu", months=3, reactivated=BACK):
    return service_fine(
        one, segment=segment, reactivated=reactivated, months_owed=months, terms=LAW
    )


@pytest.mark.parametrize("case", VECTORS["denda_pelayanan"])
def test_the_fine_is_the_laws(case):
    assert fine_amount(case["cbg"], months_owed=case["bulan"], terms=LAW) == case["hasil"]


def test_half_a_rupiah_rounds_up():
    assert fine_amount(10, months_owed=1, terms=LAW) == 1
    assert fine_amount(9, months_owed=1, terms=LAW) == 0


@pytest.mark.parametrize(("days", "amount"), [(-1, 0), (0, 600_000), (45, 600_000), (46, 0)])
def test_day_45_counts_and_day_46_is_free(days, amount):
    assert fined(stay(days)).amount == amount


@pytest.mark.parametrize(
    ("one", "over", "reason"),
    [
        (stay(care=Care.OUTPATIENT), {}, Reason.OUTPATIENT),
        (stay(), {"segment": "pbi_jk"}, Reason.PAID_BY_GOVERNMENT),
        (stay(), {"segment": "pbi_apbd"}, Reason.PAID_BY_GOVERNMENT),
        (stay(), {"months": 0}, Reason.NOTHING_OWED),
        (stay(), {"reactivated": None}, Reason.NOTHING_OWED),
        (stay(46), {}, Reason.AFTER_WINDOW),
    ],
)
def test_who_is_not_fined_pays_nothing_and_learns_why(one, over, reason):
    fine = fined(one, **over)
    assert (fine.amount, fine.reason, fine.payer) == (0, reason, Payer.NOBODY)


def test_the_employer_pays_a_workers_fine():
    assert fined(stay(), segment="ppu").payer is Payer.EMPLOYER
    assert fined(stay()).payer is Payer.FAMILY


def test_an_estimate_below_zero_is_refused():
    with pytest.raises(Refused, match=r"fine\.estimate"):
        fine_amount(-1, months_owed=1, terms=LAW)


@given(st.integers(0, 10**12), st.integers(-3, 60))
def test_a_fine_is_never_negative_never_above_its_cap(estimate, months):
    amount = fine_amount(estimate, months_owed=months, terms=LAW)
    assert 0 <= amount <= LAW.ceiling
    assert amount <= fine_amount(estimate, months_owed=months + 1, terms=LAW)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("4000000", 4_000_000), ("4.000.000", 4_000_000), ("Rp 4.000.000,00", 4_000_000), ("5,-", 5)],
)
def test_an_amount_is_read_as_people_type_it(typed, amount):
    assert typed_rupiah(typed) == amount


@pytest.mark.parametrize("typed", ["", "0", "-5", "4.5", "4,5", "1e6", "1.0000", "٤", "9" * 20])
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(Refused, match=r"money\.invalid"):
        typed_rupiah(typed)


# On the page.

URL = "/iuran/denda/"
ASKED = {"care": "inpatient", "estimate": "4.000.000", "admitted": "2026-12-01"}


@pytest.fixture
def joko(client, on_day, db):
    """Joko's family has not paid since July: four months behind, and November."""
    on_day("2026-11-22")
    family = a_billed_family(months=5)
    client.force_login(an_account(members_of(family)[0]))
    return family


def test_the_figures_are_the_laws(db):
    assert fine_terms(on=BACK) == LAW


def test_who_is_behind_sees_what_paying_today_would_mean(client, joko):
    page = client.get(URL)
    assert page.status_code == 200
    assert "6 Januari 2027" in page.content.decode()  # 45 days after 22 November

    asked = client.get(URL, ASKED).content.decode()
    assert "Rp800.000" in asked  # four months at 5 % of 4,000,000
    assert "Rp30.000.000" in asked


def test_a_stay_after_the_window_is_free(client, joko):
    assert "Rp0" in client.get(URL, {**ASKED, "admitted": "2027-01-07"}).content.decode()


def test_after_reactivation_the_months_that_were_owed_count(client, on_day, db):
    on_day("2026-09-05")
    family = a_family(paid_month=Month(2026, 7).index)
    open_accounts(family)
    run_day(on=date(2026, 9, 5))
    on_day("2026-11-22")
    run_day(on=date(2026, 11, 22))
    bank = Bank(a_bank())
    assert bank.pay(va_of(family), "R1", 140_000).status_code == 200

    back = last_return(family.family_id)
    assert back is not None
    assert (back.on, back.months_owed) == (date(2026, 11, 22), 3)
    client.force_login(an_account(members_of(family)[0]))
    assert "Rp600.000" in client.get(URL, ASKED).content.decode()


def test_who_was_never_behind_has_no_fine(client, on_day, db):
    on_day("2026-11-22")
    client.force_login(an_account(members_of(a_family())[0]))
    assert "Tidak ada denda" in client.get(URL).content.decode()
    assert "Rp0" in client.get(URL, ASKED).content.decode()


@pytest.mark.parametrize(("paid", "fine"), [(9, "Rp200.000"), (8, "Rp400.000"), (2, "Rp1.600.000")])
def test_a_workers_fine_counts_the_months_that_the_employer_owes(client, on_day, db, paid, fine):
    """4,000,000 at 5 % for each month before November; there are no bills of the family's own."""
    on_day("2026-11-22")
    family = a_family(segment="ppu", paid_month=Month(2026, paid).index, status="suspended_arrears")
    client.force_login(an_account(members_of(family)[0]))
    page = client.get(URL).content.decode()
    assert "Denda ini dibayar pemberi kerja." in page
    asked = client.get(URL, ASKED).content.decode()
    assert fine in asked
    assert "Pemberi kerja yang membayar denda ini." in asked


def test_what_is_wrong_is_said_and_what_was_typed_stays(client, joko):
    page = client.get(URL, {"care": "inpatient", "estimate": "banyak", "admitted": "besok"})
    text = page.content.decode()
    assert page.status_code == 422
    assert "banyak" in text
    assert "besok" in text
    assert "Contoh: 31-08-2027" in text


def test_a_stranger_is_asked_to_sign_in(client, db):
    answer = client.get(URL)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/masuk/?lanjut={URL}")
