"""The whole way over HTTP: five hundred employees in one file, registered, billed, paid by bank."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Sum

from jkn.contribution.actions import run_day as run_families
from jkn.contribution.models import Payment, Posting
from jkn.contribution.tests.crowd import broken_promises
from jkn.contribution.tests.factories import a_bank
from jkn.contribution.tests.snap import Bank
from jkn.core.month import Month
from jkn.employer.actions import run_day
from jkn.employer.enrolment import follow_paid
from jkn.employer.models import BillLine, Employee, EmployerBill
from jkn.employer.promises import PROMISES
from jkn.employer.tests.factories import (
    a_member_with,
    an_employer,
    an_employer_account,
    enrol_all,
    va_of,
)
from jkn.membership.models import Family, Member
from jkn.membership.rules import Segment, Status
from jkn.membership.tests.factories import a_nik, signed_in

pytestmark = pytest.mark.django_db
HEADING = "NIK;Nama;Tanggal lahir;Upah;Mulai"


def a_file(niks, *, wage="6.500.000"):
    lines = [f"{nik};Siti Rahmawati;31-01-1968;{wage};01-11-2026" for nik in niks]
    text = "\r\n".join([HEADING, *lines])
    return SimpleUploadedFile("pekerja.csv", text.encode("utf-8-sig"), "text/csv")


def broken():
    return [*broken_promises(), *(p.name for p in PROMISES if p.broken())]


@pytest.mark.django_db(transaction=True)  # five hundred acts, each in its own transaction
def test_five_hundred_employees_are_uploaded_registered_billed_and_paid(on_day):
    on_day("2026-11-22")
    employer = an_employer()
    ratna = signed_in(an_employer_account(employer))
    niks = [a_nik() for _ in range(500)]
    for nik in niks:
        a_member_with(nik, segment=Segment.WORKER.value, paid_month=None)

    shown = ratna.post("/perusahaan/pekerja/unggah/", {"file": a_file(niks), "_key": "k1"})
    assert shown.status_code == 302, shown.content.decode()
    page = ratna.get(shown["Location"])
    assert "500" in page.content.decode()
    assert not Employee.objects.filter(employer_id=employer.employer_id).exists()
    assert ratna.post(shown["Location"], {"_key": "k2"}).status_code == 302
    assert ratna.post(shown["Location"], {"_key": "k2"}).status_code == 302
    assert Employee.objects.filter(employer_id=employer.employer_id).count() == 500

    assert set(enrol_all(employer)) == {"enrolled"}
    assert run_day(on=date(2026, 11, 22)).billed == 1
    bill = EmployerBill.objects.get(employer_id=employer.employer_id)
    assert (bill.persons, bill.amount) == (500, 500 * (260_000 + 65_000))
    assert bill.due_on == date(2026, 11, 30)
    assert BillLine.objects.filter(employer_id=employer.employer_id).count() == 500
    start = ratna.get("/perusahaan/").content.decode()
    assert "Rp162.500.000" in start
    assert va_of(employer) in start

    bank = Bank(a_bank())
    told = bank.inquire(va_of(employer), "I1").json()["virtualAccountData"]
    assert told["totalAmount"]["value"] == "162500000.00"
    assert told["virtualAccountName"] == "PT Contoh Sejahtera"
    assert bank.pay(va_of(employer), "R1", 162_499_999).status_code == 404
    assert bank.pay(va_of(employer), "R1", bill.amount).status_code == 200
    again = bank.pay(va_of(employer), "R1", bill.amount)
    assert again.status_code == 200
    assert again.json()["virtualAccountData"]["virtualAccountName"] == "PT Contoh Sejahtera"
    assert Payment.objects.filter(family_id=employer.employer_id).count() == 1
    assert bank.pay(va_of(employer), "R2", bill.amount).json()["responseMessage"] == "Paid Bill"

    payment = Payment.objects.get(family_id=employer.employer_id)
    follow_paid(employer_id=employer.employer_id, payment_id=payment.id, on=date(2026, 11, 22))
    paid_months = Family.objects.filter(segment="ppu").values_list("paid_month", flat=True)
    assert set(paid_months) == {Month(2026, 11).index}
    clearing = Posting.objects.filter(family_id=employer.employer_id, debit="clearing.bank-contoh")
    assert clearing.aggregate(sum=Sum("amount"))["sum"] == 162_500_000
    assert broken() == []
    receipt = ratna.get(f"/perusahaan/riwayat/{payment.id}/kuitansi.pdf")
    assert receipt.content.startswith(b"%PDF")


def test_unpaid_by_the_months_end_stops_cover_and_paying_brings_it_back(on_day):
    on_day("2026-11-22")
    employer = an_employer()
    from_nik = a_nik()
    member = a_member_with(from_nik, segment=Segment.WORKER.value, paid_month=None)
    ratna = signed_in(an_employer_account(employer))
    shown = ratna.post("/perusahaan/pekerja/unggah/", {"file": a_file([from_nik])})
    ratna.post(shown["Location"])
    enrol_all(employer)
    run_day(on=date(2026, 11, 22))

    def status():
        return Member.objects.get(family_id=member.family_id, id=member.id).status

    run_families(on=date(2026, 11, 30))
    assert status() == Status.ACTIVE
    on_day("2026-12-01")
    run_families(on=date(2026, 12, 1))
    assert status() == Status.SUSPENDED_ARREARS
    run_day(on=date(2026, 12, 1))
    bank = Bank(a_bank())
    bills = EmployerBill.objects.filter(employer_id=employer.employer_id).order_by("month")
    assert [b.amount for b in bills] == [325_000, 325_000]
    assert bank.pay(va_of(employer), "R1", 325_000).status_code == 200  # exactly the oldest
    payment = Payment.objects.get(family_id=employer.employer_id)
    follow_paid(employer_id=employer.employer_id, payment_id=payment.id, on=date(2026, 12, 1))
    assert status() == Status.ACTIVE
    assert bank.pay(va_of(employer), "R2", 650_000).status_code == 404
    assert broken() == []
