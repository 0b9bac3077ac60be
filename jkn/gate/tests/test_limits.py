"""Limits that protect people: in the database, so across workers and restarts; windows slide."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection
from django.test import RequestFactory

from jkn.core.errors import Limited
from jkn.core.ids import new_id
from jkn.gate import limits
from jkn.gate.limits import Allowance, check, forget, source_of, spend, spend_second
from jkn.gate.models import Limit, Rate

pytestmark = pytest.mark.django_db
NIK = "3275017101680001"


@pytest.fixture(autouse=True)
def _allowances(monkeypatch):
    monkeypatch.setitem(limits.ALLOWANCES, "t", (Allowance(3, 900), Allowance(5, 86_400)))


def shift(seconds):
    """Let time pass: everything that was counted is so much older."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE gate_limit SET hits ="
            " ARRAY(SELECT h - make_interval(secs => %s) FROM unnest(hits) h)", [seconds]
        )  # fmt: skip


def refused(name="t", key="a"):
    with pytest.raises(Limited) as limited:
        spend(name, key)
    return limited.value


def hits():
    return len(Limit.objects.get().hits)


def test_what_protects_people_has_its_numbers():
    wanted = {
        "code.send": (Allowance(3, 900), Allowance(6, 86_400)),
        "signin.source": (Allowance(300, 900),),
        "register.lookup": (Allowance(10, 3600),),
        "card.check": (Allowance(300, 3600),),
    }
    assert wanted.items() <= limits.ALLOWANCES.items()
    assert limits.ALLOWANCES["signin.account"][0] == Allowance(5, 900)  # then it rises


def test_the_fourth_is_refused_and_not_counted():
    for _ in range(3):
        spend("t", "a")
    limited = refused()
    assert (limited.code, hits()) == ("t.limit", 3)
    assert 895 <= limited.retry_after <= 900
    assert "15 menit" in str(limited)


def test_the_window_slides():
    spend("t", "a")
    shift(800)
    spend("t", "a")
    spend("t", "a")
    assert refused().retry_after <= 101
    shift(101)
    spend("t", "a")
    refused()


def test_the_longer_window_counts_beside_the_shorter():
    for _ in range(5):
        spend("t", "a")
        shift(901)
    assert refused().retry_after > 80_000
    shift(86_400)
    spend("t", "a")


def test_each_key_and_each_limit_counts_for_itself(monkeypatch):
    monkeypatch.setitem(limits.ALLOWANCES, "u", (Allowance(1, 60),))
    for _ in range(3):
        spend("t", "a")
    spend("t", "b")
    spend("u", "a")
    refused()
    refused("u")


def test_check_counts_nothing_and_says_the_same():
    check("t", "a")
    for _ in range(3):
        spend("t", "a")
        before = hits()
        try:
            check("t", "a")
        except Limited as limited:
            assert before == 3
            assert limited.retry_after >= 895
        assert hits() == before
    with pytest.raises(Limited):
        check("t", "a")


def test_a_good_sign_in_clears_its_limit():
    for _ in range(3):
        spend("t", "a")
    forget("t", "a")
    spend("t", "a")
    assert hits() == 1


def test_old_hits_are_dropped():
    for _ in range(3):
        spend("t", "a")
    shift(86_401)
    spend("t", "a")
    assert hits() == 1


def test_the_table_tells_nobody_whom_it_counts():
    spend("t", NIK)
    row = Limit.objects.get()
    assert NIK.encode() not in bytes(row.key)
    assert len(bytes(row.key)) == 32


def test_a_retry_is_at_least_a_second():
    for _ in range(3):
        spend("t", "a")
    shift(899.9)
    assert refused().retry_after == 1


@pytest.mark.django_db(transaction=True)
def test_of_sixteen_workers_at_once_three_pass():
    gate = threading.Barrier(16)

    def one(_):
        try:
            connection.ensure_connection()
            gate.wait(20)
            spend("t", "a")
            return True
        except Limited:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(one, range(16))) == 3
    assert hits() == 3


@pytest.mark.django_db(transaction=True)
def test_a_restart_forgets_nothing():
    """Another process of the same service, started anew, is refused too."""
    for _ in range(300):
        spend("card.check", "rina")
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
    program = (
        "import django; django.setup()\n"
        "from jkn.core.errors import Limited\nfrom jkn.gate.limits import spend\n"
        "try:\n    spend('card.check', 'rina')\nexcept Limited:\n    print('refused')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False,
        cwd=settings.BASE_DIR,
        env={
            "DJANGO_SETTINGS_MODULE": "jkn.config.settings", "DATABASE_URL": url,
            "JKN_VAR": str(settings.VAR), "SECRET_KEY": settings.SECRET_KEY,
        },
    )  # fmt: skip
    assert done.stdout.strip() == "refused", done.stderr[-500:]


# Partners.


def test_a_partner_has_so_many_requests_a_second(settings, monkeypatch):
    settings.PARTNER_REQUESTS_PER_SECOND = 3
    monkeypatch.setattr("time.time", lambda: 1_800_000_000.5)
    partner = new_id()
    for _ in range(3):
        spend_second(partner)
    with pytest.raises(Limited) as limited:
        spend_second(partner)
    assert limited.value.retry_after == 1
    spend_second(new_id())
    monkeypatch.setattr("time.time", lambda: 1_800_000_001.0)
    spend_second(partner)
    assert Rate.objects.get(partner_id=partner).count == 1


# Where a request comes from.


@pytest.mark.parametrize(
    ("peer", "forwarded", "source"),
    [
        ("10.0.0.9", "1.2.3.4", "10.0.0.9"),  # anybody can write this header
        ("10.0.0.1", "1.2.3.4", "1.2.3.4"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),  # what the proxy itself saw is the last
        ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "<script>", "10.0.0.1"),
        ("10.0.0.1", "1.2.3.4, ", "10.0.0.1"),
    ],
)
def test_a_source_is_the_peer_unless_a_trusted_proxy_says_otherwise(
    settings, peer, forwarded, source
):
    settings.TRUSTED_PROXIES = ["10.0.0.1"]
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers={"x-forwarded-for": forwarded})
    assert source_of(request) == source
