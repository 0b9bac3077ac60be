"""Reminders of bills: seven days before, one day before, overdue; each once."""

from __future__ import annotations

from datetime import date

import pytest

from jkn.contribution.instalments import register_plan
from jkn.contribution.jobs import tell_due, tell_stage
from jkn.contribution.models import Bill, Reminded
from jkn.contribution.reminders import remind, remind_of_stages
from jkn.contribution.tests.factories import a_bank, a_bill, a_billed_family, open_accounts, va_of
from jkn.contribution.tests.snap import Bank
from jkn.core.actor import SYSTEM
from jkn.core.db import execute
from jkn.core.month import Month
from jkn.membership.models import Family
from jkn.membership.tests.factories import a_family, an_account, members_of
from jkn.notice.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def siti(on_day):
    on_day("2026-11-01")
    return a_billed_family(months=1)


def kinds(family):
    rows = Reminded.objects.filter(family_id=family.family_id).order_by("id")
    return list(rows.values_list("kind", flat=True))


def deferred():
    rows = execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'contribution.tell_due'")
    return [args for (args,) in rows]


def test_each_reminder_goes_out_once_on_its_day(siti):
    """November is due on the 10th."""
    assert [remind(on=date(2026, 11, day)) for day in range(1, 31)] == [
        1 if day in (3, 9, 11) else 0 for day in range(1, 31)
    ]
    assert kinds(siti) == ["in_7_days", "in_1_day", "overdue"]
    assert len(deferred()) == 3


def test_a_server_that_slept_reminds_later_and_never_of_what_is_past(siti):
    assert remind(on=date(2026, 11, 6)) == 1
    assert kinds(siti) == ["in_7_days"]
    assert remind(on=date(2026, 11, 25)) == 1
    assert kinds(siti) == ["in_7_days", "overdue"]


def test_a_newborns_bill_alone_is_reminded_of_once_for_twins(on_day):
    on_day("2026-11-05")
    ani = a_billed_family(months=0, names=("Ani", "Bayi", "Adik"), status="active")
    for baby in members_of(ani)[1:]:
        a_bill(ani, Month(2026, 11), persons=1, member_id=baby.id, due_on=date(2026, 11, 28))
    account = an_account(members_of(ani)[0])
    assert [d for d in range(1, 31) if remind(on=date(2026, 11, d))] == [21, 27, 29]
    first = Reminded.objects.filter(family_id=ani.family_id).earliest("id")
    tell_due(ani.family_id, first.bill_id, first.kind)
    assert Notice.objects.get(account_id=account.id).values["amount"] == "Rp70.000"


def test_a_newborns_bill_beside_the_familys_own_is_one_message_over_both(siti):
    baby = members_of(siti)[0]
    a_bill(siti, Month(2026, 11), persons=1, member_id=baby.id)
    account = an_account(members_of(siti)[0])
    assert remind(on=date(2026, 11, 3)) == 1
    row = Reminded.objects.get(family_id=siti.family_id)
    tell_due(siti.family_id, row.bill_id, row.kind)
    assert Notice.objects.get(account_id=account.id).values["amount"] == "Rp70.000"


def test_who_paid_or_is_behind_is_not_reminded(on_day):
    on_day("2026-11-01")
    wati = a_billed_family(months=1)
    assert Bank(a_bank()).pay(va_of(wati), "R1", 35_000).status_code == 200
    a_billed_family(months=4)
    assert remind(on=date(2026, 11, 3)) == 0


def test_the_family_reads_it_once(siti):
    account = an_account(members_of(siti)[0])
    bill = Bill.objects.get(family_id=siti.family_id)
    for _ in range(2):
        tell_due(siti.family_id, bill.id, "in_1_day")
    tell_due(siti.family_id, bill.id, "overdue")
    told = list(Notice.objects.filter(account_id=account.id).order_by("id"))
    assert [n.kind for n in told] == ["contribution.in_1_day", "contribution.overdue"]
    assert told[0].values == {"amount": "Rp35.000", "until": "2026-11-10"}


def test_a_bill_paid_meanwhile_is_not_mentioned(siti):
    account = an_account(members_of(siti)[0])
    assert Bank(a_bank()).pay(va_of(siti), "R1", 35_000).status_code == 200
    tell_due(siti.family_id, Bill.objects.get(family_id=siti.family_id).id, "overdue")
    assert not Notice.objects.filter(account_id=account.id, kind="contribution.overdue").exists()


# One month, one year.


@pytest.fixture
def paid(client, on_day):
    on_day("2026-11-22")
    family = a_family(paid_month=Month(2026, 9).index)
    a_bill(family, Month(2026, 10))
    a_bill(family, Month(2026, 11))
    open_accounts(family)
    assert Bank(a_bank()).pay(va_of(family), "R1", 70_000).status_code == 200
    a_bill(family, Month(2026, 12))
    client.force_login(an_account(members_of(family)[0]))
    return family


@pytest.mark.parametrize(
    ("month", "word"),
    [("2026-10", "Lunas"), ("2026-12", "Belum dibayar"), ("2020-01", "Tidak ada tagihan")],
)
def test_any_month_can_be_looked_up(client, paid, month, word):
    page = client.get("/iuran/riwayat/bulan/", {"bulan": month}).content.decode()
    assert word in page
    assert ("Lihat kuitansi" in page) == (word == "Lunas")


@pytest.mark.parametrize("month", ["x", "2026-13", "2026", "0000-01", "٢٠٢٦-٠٣", "2026-03-01"])
def test_what_is_no_month_is_said(client, paid, month):
    answer = client.get("/iuran/riwayat/bulan/", {"bulan": month})
    assert answer.status_code == 422
    assert "Contoh: 2026-03" in answer.content.decode()


def test_years_are_offered_from_the_first_as_a_family(client, paid):
    Family.objects.filter(family_id=paid.family_id).update(registered_on=date(2025, 3, 1))
    page = client.get("/iuran/riwayat/bulan/").content.decode()
    assert "tahun/2026.pdf" in page
    assert "tahun/2025.pdf" in page
    assert "tahun/2024.pdf" not in page


def test_a_year_is_taken_along_as_pdf(client, paid):
    answer = client.get("/iuran/riwayat/tahun/2026.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert 'filename="iuran-2026.pdf"' in answer.headers["Content-Disposition"]
    assert answer.content.startswith(b"%PDF-")
    assert client.get("/iuran/riwayat/tahun/2027.pdf").status_code == 404
    assert client.get("/iuran/riwayat/tahun/1999.pdf").status_code == 404


def test_strangers_are_asked_to_sign_in(client, db):
    assert client.get("/iuran/riwayat/bulan/").status_code == 302
    assert client.get("/iuran/riwayat/tahun/2026.pdf").status_code == 302


def test_a_stage_is_reminded_of_seven_days_and_one_day_before_its_month_ends(on_day):
    on_day("2026-11-22")
    joko = a_billed_family(months=6)
    register_plan(actor=SYSTEM, family_id=joko.family_id, stages=12, on=date(2026, 11, 22))
    for month, days in ((11, 30), (12, 31)):
        told = {d: remind_of_stages(on=date(2026, month, d)) for d in range(1, days + 1)}
        assert {d for d, count in told.items() if count} == {days - 7, days - 1}
    assert remind_of_stages(on=date(2026, 12, 31)) == 0


def test_a_stage_that_is_paid_reminds_nobody(on_day):
    on_day("2026-11-24")
    joko = a_billed_family(months=6)
    account = an_account(members_of(joko)[0])
    register_plan(actor=SYSTEM, family_id=joko.family_id, stages=5, on=date(2026, 11, 24))
    assert remind_of_stages(on=date(2026, 11, 24)) == 1
    for _ in range(2):
        tell_stage(joko.family_id, "stage_7")
    (told,) = Notice.objects.filter(account_id=account.id, kind="instalments.due")
    assert (told.values, told.link) == ({"amount": "Rp70.000", "until": "2026-11-30"}, "/iuran/")
    assert Bank(a_bank()).pay(va_of(joko), "R1", 70_000).status_code == 200
    tell_stage(joko.family_id, "stage_1")
    assert Notice.objects.filter(kind="instalments.due").count() == 1
