"""/pemberitahuan/: one's own notices, newest first; opening marks them read."""

from __future__ import annotations

import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jkn.core.actor import Role
from jkn.notice.actions import tell
from jkn.notice.models import Notice
from jkn.notice.queries import PAGE_SIZE, unread

pytestmark = pytest.mark.django_db


@pytest.fixture
def siti(django_user_model):
    """Someone who is signed in: id and browser."""
    account = django_user_model.objects.create(role=Role.MEMBER, name="Siti")
    client = Client()
    client.force_login(account)
    return account.id, client


def some(account_id: int, count: int) -> None:
    for number in range(count):
        time.sleep(0.001)  # within one millisecond ids have no order
        tell(
            account_id, kind="test", title="Kabar {n}", body="Isi <b>{n}</b>", values={"n": number}
        )


def test_strangers_are_asked_to_sign_in(client):
    assert client.get("/pemberitahuan/")["Location"] == "/masuk/?lanjut=/pemberitahuan/"


def test_opening_marks_them_read_and_text_is_escaped(siti):
    account_id, client = siti
    some(account_id, 2)
    tell(99, kind="test", title="Milik orang lain", body="x")
    page = client.get("/pemberitahuan/").content.decode()
    assert page.index("Kabar 1") < page.index("Kabar 0")
    assert "&lt;b&gt;" in page
    assert "Milik orang lain" not in page
    assert unread(account_id) == 0
    assert unread(99) == 1


def test_a_long_inbox_has_pages(siti):
    account_id, client = siti
    some(account_id, PAGE_SIZE + 5)
    first = client.get("/pemberitahuan/").content.decode()
    assert first.count("<section") == PAGE_SIZE
    oldest = Notice.objects.order_by("-id")[PAGE_SIZE - 1].id
    assert f"?sebelum={oldest}" in first
    second = client.get(f"/pemberitahuan/?sebelum={oldest}").content.decode()
    assert second.count("<section") == 5
    assert "?sebelum=" not in second


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 30, "1%00", "١٢"])
def test_bad_page_marks_show_the_first_page(siti, before):
    account_id, client = siti
    some(account_id, 1)
    assert "Kabar 0" in client.get("/pemberitahuan/", {"sebelum": before}).content.decode()


def test_an_empty_inbox_says_so(siti):
    _, client = siti
    with CaptureQueriesContext(connection) as seen:
        page = client.get("/pemberitahuan/").content.decode()
    assert "Belum ada pemberitahuan" in page
    # Who asks, and the page; without a membership there is no bar that would count.
    assert len([q for q in seen if "SAVEPOINT" not in q["sql"]]) == 2
