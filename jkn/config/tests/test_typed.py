"""A form that comes too late, or to a service that is away, gives back what was typed."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client

from jkn.account import queries
from jkn.membership.tests.factories import a_family, an_account, members_of

OURS = {"origin": "http://testserver"}
BABY = {"_key": "k-1", "name": 'Bayi "Ny." <Siti>', "birth_date": "20-11-2026"}


def test_a_form_sent_after_the_session_ended_keeps_what_was_typed(client):
    answer = client.post("/keluarga/bayi/", BABY, headers=OURS)
    page = answer.content.decode()
    assert answer.status_code == 401
    assert 'name="name" value="Bayi &#34;Ny.&#34; &lt;Siti&gt;"' in page
    assert 'name="birth_date" value="20-11-2026"' in page
    assert 'name="_key" value="k-1"' in page, "the same key: it counts once"
    assert "Belum ada yang tercatat." in page
    assert 'href="/masuk/" target="_blank"' in page


@pytest.mark.parametrize("headers", [{}, {"origin": "https://elsewhere.example"}])
def test_what_another_site_sent_is_not_offered_to_anybody(client, headers):
    page = client.post("/keluarga/bayi/", BABY, headers=headers).content.decode()
    assert "20-11-2026" not in page
    assert "Kirim lagi" not in page


def test_secrets_are_never_given_back(client):
    answer = client.post(
        "/pengaturan/masuk/sandi/", {"lama": "rahasia-1", "sandi": "rahasia-2"}, headers=OURS
    )
    assert answer.status_code == 401
    assert "rahasia" not in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "is_kept"), [("/keluarga/bayi/", True), ("/masuk/", False), ("/tidak-ada/", False)]
)
def test_while_the_database_is_away_the_form_is_kept_too(monkeypatch, path, is_kept):
    def away(key):
        raise OperationalError("secret")

    monkeypatch.setattr(queries, "session_of", away)
    browser = Client(raise_request_exception=False)
    browser.cookies[settings.SESSION_COOKIE_NAME] = "somebody"
    answer = browser.post(path, BABY, headers=OURS)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert ('value="20-11-2026"' in page) is is_kept
    assert ("Belum pasti tercatat." in page) is is_kept


@pytest.mark.django_db
def test_an_old_form_is_sent_again_by_who_is_signed_in_now():
    browser = Client(enforce_csrf_checks=True)
    siti = members_of(a_family(names=("Siti Rahmawati",)))[0]
    browser.force_login(an_account(siti))
    page = browser.post("/keluarga/bayi/", BABY, headers=OURS).content.decode()
    assert "<h1>Formulir ini sudah lama</h1>" in page
    assert "Anda masuk sebagai Siti Rahmawati." in page
    assert 'value="20-11-2026"' in page
