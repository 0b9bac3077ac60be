"""Instalments for members: compared, simulated, registered and stopped, by page and by program."""

from __future__ import annotations

import json

import pytest

from jkn.contribution.models import InstalmentPlan
from jkn.contribution.tests.factories import a_bank, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank
from jkn.membership.tests.factories import a_family, an_account, members_of

pytestmark = pytest.mark.django_db
URL = "/iuran/cicilan/"
API = "/api/v1/instalments"
REGISTER = {"stages": "6", "consent": "on", "_key": "k1"}


@pytest.fixture
def joko(client, on_day):
    on_day("2026-11-22")
    family = a_billed_family(months=31)
    client.force_login(an_account(members_of(family)[0]))
    return family


def plans(family):
    return InstalmentPlan.objects.filter(family_id=family.family_id)


def text(answer):
    return answer.content.decode()


def test_both_ways_out_stand_side_by_side(client, joko):
    page = text(client.get("/iuran/"))
    assert "Rp875.000" in page  # 24 months and November
    assert "Rp105.000" in page  # 2 months and November, twelve times
    assert "Oktober 2027" in page
    assert "Paling cepat dan paling murah" in page


def test_the_page_of_what_is_owed_takes_three_statements_at_most(
    client, joko, django_assert_max_num_queries
):
    client.get("/iuran/")
    with django_assert_max_num_queries(5):  # session and account beside the page's own
        client.get("/iuran/")


def test_each_number_of_stages_can_be_looked_at_first(client, joko):
    page = text(client.get(URL, {"tahap": "12"}))
    assert "Rincian 12 tahap" in page
    assert "28 November 2026" in page
    assert "Rincian" not in text(client.get(URL, {"tahap": "13"}))
    assert "Rincian" not in text(client.get(URL, {"tahap": "x"}))
    assert not plans(joko).exists()


def test_the_number_that_was_looked_at_stands_in_the_form(client, joko):
    page = client.get("/iuran/cicilan/?tahap=3").content.decode()
    assert 'name="stages" value="3"' in page


def test_registering_paying_and_stopping(client, joko):
    answer = client.post(URL, REGISTER)
    assert (answer.status_code, answer.headers["Location"]) == (302, URL)
    assert client.post(URL, REGISTER).status_code == 302  # the same key again
    assert plans(joko).count() == 1

    page = text(client.get(URL))
    assert "Tahap 6, April 2027" in page
    assert "Rp175.000" in text(client.get("/iuran/bayar/bri/"))
    assert Bank(a_bank()).pay(va_of(joko), "R1", 175_000).status_code == 200
    assert "Tahap bulan ini sudah dibayar" in text(client.get(URL))
    assert "Tahap bulan ini sudah dibayar" in text(client.get("/iuran/"))

    stopped = client.post(f"{URL}berhenti/", {"_key": "k2"})
    assert stopped.headers["Location"] == "/iuran/"
    assert plans(joko).get().status == "stopped"
    assert "Rp700.000" in text(client.get("/iuran/"))


def test_a_second_registration_is_refused_in_words(client, joko):
    client.post(URL, REGISTER)
    again = client.post(URL, {**REGISTER, "_key": "k9"})
    assert again.status_code == 409
    assert "sudah berjalan" in text(again)


@pytest.mark.parametrize(
    ("over", "status"),
    [({"stages": "banyak"}, 422), ({"consent": ""}, 422), ({"stages": "13"}, 409)],
)
def test_what_is_wrong_is_said_and_nothing_is_written(client, joko, over, status):
    answer = client.post(URL, {**REGISTER, **over})
    assert answer.status_code == status
    assert "Periksa lagi isian Anda" in text(answer)
    assert not plans(joko).exists()


def test_who_may_not_is_told_why(client, on_day):
    on_day("2026-11-22")
    client.force_login(an_account(members_of(a_family())[0]))
    assert "lebih dari 3 bulan" in text(client.get(URL))
    assert "Dua jalan keluar" not in text(client.get("/iuran/"))


def test_strangers_are_asked_to_sign_in(client, db):
    assert client.get(URL).status_code == 302
    assert client.post(f"{URL}berhenti/").status_code in (302, 401)
    assert client.post(API, "{}", content_type="application/json").status_code == 401


# For programs.


def post(client, stages, query="", key=""):
    return client.post(
        f"{API}{query}", json.dumps({"stages": stages}), content_type="application/json",
        headers={"Idempotency-Key": key} if key else {},
    )  # fmt: skip


def test_a_program_simulates_and_registers(client, joko):
    dry = post(client, 12, "?dry=1").json()
    assert (dry["id"], dry["total"], dry["active_from"]) == (None, 12 * 105_000, "2027-10")
    assert dry["stages"][0] == {
        "number": 1, "month": "2026-11", "share": 70_000, "monthly": 35_000, "amount": 105_000,
    }  # fmt: skip
    assert not plans(joko).exists()

    made = post(client, 12, key="p1").json()
    assert made["id"] == str(plans(joko).get().id)
    assert made["stages"] == dry["stages"]
    assert post(client, 12, key="p1").json() == made
    assert post(client, 12, key="p2").json()["code"] == "instalments.running"
    assert post(client, 12, "?dry=1").json()["code"] == "instalments.running"
    assert client.get("/api/v1/bills").json()["amount_due"] == 105_000


@pytest.mark.parametrize("stages", [1, 13, -5])
def test_a_program_asks_for_too_few_or_many(client, joko, stages):
    answer = post(client, stages, "?dry=1")
    assert (answer.status_code, answer.json()["code"]) == (422, "instalments.stages")


def test_a_repeated_key_tells_the_plan_that_it_made(client, joko):
    """Not the newest one: the family stopped the first plan and began another meanwhile."""
    first = post(client, 12, key="p1").json()
    client.post(f"{URL}berhenti/", {"_key": "k2"})
    second = post(client, 3, key="p2").json()
    assert post(client, 12, key="p1").json() == first != second
