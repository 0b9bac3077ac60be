"""Autodebit by page and by program: given, shown masked, ended; who may not learns nothing."""

from __future__ import annotations

import json

import pytest
from django.core.cache import caches

from jkn.contribution.mandates import hear_mandate, mandate_of
from jkn.contribution.models import ContributionFigure, Mandate
from jkn.contribution.partner import MandateHeard
from jkn.contribution.tests.factories import DAY, a_billed_family
from jkn.membership.rules import Status
from jkn.membership.tests.factories import a_family, an_account, members_of

pytestmark = pytest.mark.django_db
URL, API = "/iuran/otomatis/", "/api/v1/autodebit"
TYPED = {
    "bank": "BRI", "account": "1234 5678 99", "holder": "Siti Rahmawati", "day": "20",
    "consent": "on", "_key": "k1",
}  # fmt: skip
ACTIVE = MandateHeard(is_active=True, problem=None, confirm_url="")


@pytest.fixture
def siti(client, on_day):
    on_day("2026-11-22")
    family = a_billed_family(months=1, names=("Siti Rahmawati",), status=Status.ACTIVE.value)
    client.force_login(an_account(members_of(family)[0]))
    return family


def text(answer):
    return answer.content.decode()


def test_giving_seeing_and_ending_it_by_one_press(client, siti):
    assert 'value="Siti Rahmawati"' in text(client.get(URL))
    assert "Bayar otomatis" in text(client.get("/iuran/"))
    given = client.post(URL, TYPED)
    assert (given.status_code, given.headers["Location"]) == (302, URL)
    assert client.post(URL, TYPED).status_code == 302  # the same key again
    row = Mandate.objects.get(family_id=siti.family_id)
    page = text(client.get(URL))
    assert "BRI •••• 7899" in page
    assert "1234567899" not in page
    assert "menanyakan rekening" in page

    waiting = MandateHeard(is_active=False, problem=None, confirm_url="https://bank.contoh/x")
    hear_mandate(siti.family_id, row.id, waiting, on=DAY)
    assert 'href="https://bank.contoh/x"' in text(client.get(URL))
    assert client.post(f"{URL}periksa/", {"_key": "k2"}).headers["Location"] == URL

    hear_mandate(siti.family_id, row.id, ACTIVE, on=DAY)
    assert "Bank mendebit Rp35.000 tanggal 20 Desember 2026" in text(client.get(URL))
    assert client.post(f"{URL}berhenti/", {"_key": "k3"}).headers["Location"] == URL
    assert mandate_of(siti.family_id).status == "ended"
    assert "Keluarga Anda menghentikannya" in text(client.get(URL))
    assert client.post(f"{URL}berhenti/", {"_key": "k4"}).status_code == 409


@pytest.mark.parametrize(
    "over",
    [{"account": "12"}, {"holder": ""}, {"day": "6"}, {"bank": "?"}, {"consent": ""}],
)
def test_what_is_wrong_is_said_with_everything_that_was_typed(client, siti, over):
    answer = client.post(URL, {**TYPED, **over})
    assert answer.status_code == 422
    assert "Periksa lagi isian Anda" in text(answer)
    assert mandate_of(siti.family_id) is None


def test_a_second_one_is_refused_in_words(client, siti):
    client.post(URL, TYPED)
    again = client.post(URL, {**TYPED, "_key": "k9"})
    assert again.status_code == 409
    assert "sudah terdaftar" in text(again)


def test_the_family_may_and_strangers_learn_nothing(client, siti):
    client.post(URL, TYPED)
    wati = a_family(names=("Wati Lestari",))
    client.force_login(an_account(members_of(wati)[0]))
    page = text(client.get(URL))
    assert "Rahmawati" not in page
    assert "••••" not in page
    assert client.get(API).json()["status"] == "none"
    assert client.post(f"{URL}berhenti/", {"_key": "s"}).status_code == 409
    assert client.post(f"{URL}periksa/", {"_key": "s"}).status_code == 302
    assert mandate_of(siti.family_id).status == "pending"
    client.logout()
    assert client.get(URL).status_code == 302
    assert client.get(API).status_code == 401


def test_without_a_bank_it_is_off(client, siti, settings):
    settings.AUTODEBIT = False
    refused = client.post(URL, TYPED)
    assert refused.status_code == 503
    assert "belum tersedia" in text(refused)
    assert mandate_of(siti.family_id) is None


def post(client, body, key=""):
    return client.post(
        API, json.dumps(body), content_type="application/json",
        headers={"Idempotency-Key": key} if key else {},
    )  # fmt: skip


def test_a_program_gives_reads_and_ends(client, siti):
    body = {"bank": "bri", "account": "1234567899", "holder": "Siti", "day": 5}
    assert client.get(API).json()["status"] == "none"
    made = post(client, body, "p1").json()
    assert made == post(client, body, "p1").json()
    assert (made["status"], made["bank"], made["account"]) == ("pending", "BRI", "•••• 7899")
    assert post(client, body, "p2").json()["code"] == "autodebit.running"
    assert post(client, {**body, "day": "x"}).status_code == 422
    assert client.delete(API).json()["status"] == "ended"
    assert client.delete(API).json()["code"] == "autodebit.none"


def test_compulsory_autodebit_is_a_dated_figure_that_is_off(client, siti):
    rows = ContributionFigure.objects.filter(name__startswith="autodebit_required")
    assert [row.value for row in rows] == [0, 0]
    family = a_billed_family(months=1, care_class="1", status=Status.ACTIVE.value)
    client.force_login(an_account(members_of(family)[0]))
    assert "wajib" not in text(client.get(URL))
    ContributionFigure.objects.create(
        name="autodebit_required_class_1", valid_from=DAY, value=1, basis="contoh"
    )
    caches["memory"].clear()
    assert "wajib bayar otomatis" in text(client.get(URL))
