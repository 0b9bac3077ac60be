"""KRIS, one class for everybody, replaces the classes 1, 2 and 3 by rows alone."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.cache import caches

from jkn.contribution.actions import run_day
from jkn.contribution.billing import without_tariff
from jkn.contribution.models import Bill, Tariff
from jkn.contribution.queries import care_classes
from jkn.contribution.tests.factories import NOW, a_bank, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank
from jkn.core.month import Month
from jkn.gate.tests.hospital import Hospital, a_hospital
from jkn.membership.models import Family
from jkn.membership.tests.factories import a_family, an_account, members_of, signed_in

pytestmark = pytest.mark.django_db
BEGINS = date(2027, 1, 1)
JANUARY = Month(2027, 1)


@pytest.fixture
def kris(on_day):
    """The law of KRIS as rows: its tariff, the end of the others, and everybody's next class."""
    on_day("2026-11-22")
    rows = [("KRIS", 70_000), ("1", 0), ("2", 0), ("3", 0)]
    Tariff.objects.bulk_create(
        Tariff(
            segment=segment, care_class=care_class, valid_from=BEGINS, monthly=monthly,
            government=0, basis="Perpres contoh tentang KRIS",
        )
        for segment in ("pbpu", "bp")
        for care_class, monthly in rows
    )  # fmt: skip
    caches["memory"].clear()

    def move_everybody():
        Family.objects.filter(segment__in=["pbpu", "bp"]).update(
            next_class="KRIS", next_class_from=BEGINS
        )

    return move_everybody


def bills_of(family):
    rows = Bill.objects.filter(family_id=family.family_id).order_by("month")
    return [(str(Month.at(b.month)), b.care_class, b.amount) for b in rows]


def test_classes_that_can_be_chosen_come_from_the_tariffs(kris):
    assert care_classes(segment="pbpu", on=date(2026, 12, 31)) == ("1", "2", "3")
    assert care_classes(segment="pbpu", on=BEGINS) == ("KRIS",)
    assert care_classes(segment="bp", on=date(2020, 6, 30)) == ()


def test_bills_follow_and_old_ones_stay(kris, on_day):
    siti = a_billed_family(months=1, names=("Siti", "Budi"))
    kris()
    for day in (date(2026, 12, 1), BEGINS):
        on_day(day.isoformat())
        run_day(on=day)
    assert bills_of(siti) == [
        ("2026-11", "3", 70_000), ("2026-12", "3", 70_000), ("2027-01", "KRIS", 140_000),
    ]  # fmt: skip
    assert without_tariff(JANUARY) == []
    assert Family.objects.get(family_id=siti.family_id).care_class == "KRIS"
    bank = Bank(a_bank())
    assert bank.pay(va_of(siti), "R1", 280_000).status_code == 200


def test_pages_and_programs_say_kris_from_the_first_day(kris, on_day):
    siti = a_family(paid_month=NOW.plus(1).index)
    kris()
    browser = signed_in(an_account(members_of(siti)[0]))
    assert "KRIS" not in browser.get("/kartu/").content.decode()
    on_day("2027-01-05")
    assert "KRIS" in browser.get("/kartu/").content.decode()
    late = a_family(paid_month=JANUARY.index)  # still in class 3: KRIS is all there is to choose
    page = signed_in(an_account(members_of(late)[0])).get("/keluarga/kelas/").content.decode()
    assert 'value="KRIS"' in page
    assert 'value="1"' not in page


def test_hospitals_read_kris(kris, on_day):
    siti = a_family(paid_month=NOW.plus(2).index)
    kris()
    on_day("2027-01-05")
    hospital = Hospital(a_hospital())
    answer = hospital.read(hospital.card(members_of(siti)[0].card, day="2027-01-05"))
    assert answer["peserta"]["hakKelas"] == {"kode": "KRIS", "keterangan": "KRIS"}
