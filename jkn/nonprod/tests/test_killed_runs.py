"""Batch runs as real processes, killed where they stand and started beside each other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from django.db import connection

from jkn.config import embedded, environment
from jkn.contribution.models import Bill, Journal, Posting
from jkn.contribution.tests.crowd import broken_promises
from jkn.core.db import execute
from jkn.core.month import Month
from jkn.membership.models import Member, StatusChange
from jkn.nonprod import test_settings
from jkn.nonprod.seeding.plain import enter_plain_people, plain_families

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("servers")]
FAMILIES = 4_000
RANGE = "400"


@pytest.fixture(autouse=True)
def _families(transactional_db):
    """Many families that have paid November."""
    plain_families(FAMILIES, paid_until=Month(2026, 11))
    enter_plain_people(FAMILIES)


@pytest.fixture
def started():
    """Start a command as an operator does, on the database of this test; end what is left."""
    running = []

    def start(*words, today):
        name = connection.settings_dict["NAME"]
        url = os.environ.get("JKN_TEST_DATABASE_URL") or embedded.dsn(test_settings.DATA, name)
        env = {**os.environ, "DATABASE_URL": url, "JKN_TODAY": today}
        env["DJANGO_SETTINGS_MODULE"] = "jkn.config.settings"  # not those that start test servers
        words = [sys.executable, "manage.py", *words, "--slice", RANGE]
        running.append(
            subprocess.Popen(
                words, cwd=environment.ROOT, env=env, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )
        )  # fmt: skip
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.communicate()


def killed(process, *, when):
    """Kill the process as soon as `when()` holds; return whether it was still at work."""
    deadline = time.monotonic() + 60
    while not when() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    return process.returncode == -signal.SIGKILL


def finished(process):
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out, err


def all_billed():
    assert Bill.objects.count() == FAMILIES
    assert Bill.objects.values("family_id", "month").distinct().count() == FAMILIES
    assert Journal.objects.count() == Posting.objects.count() == FAMILIES
    whole = execute(
        "SELECT count(*) FROM contribution_bill b JOIN contribution_posting p"
        " ON p.family_id = b.family_id AND p.bill_id = b.id AND p.amount = b.amount"
        " AND p.debit = 'receivable' AND p.credit = 'income'"
        " JOIN contribution_journal j ON j.family_id = p.family_id AND j.id = p.journal_id"
    )
    assert whole == [(FAMILIES,)]
    assert broken_promises() == []


def test_a_billing_run_killed_at_several_points_ends_with_one_bill_each(on_day, started):
    on_day("2026-11-22")
    kills = 0
    for share in (0.1, 0.5, 0.8):
        run = started("bill_month", "2026-12", today="2026-11-22")
        kills += killed(run, when=lambda share=share: Bill.objects.count() >= share * FAMILIES)
    assert kills == 3
    assert Bill.objects.count() < FAMILIES
    out, err = finished(started("bill_month", "2026-12", today="2026-11-22"))
    assert "bills made in" in out
    assert f"100 %: {FAMILIES} of {FAMILIES} families" in err
    all_billed()


def test_two_billing_runs_side_by_side_and_one_of_them_killed(on_day, started):
    on_day("2026-11-22")
    first, second, third = (started("bill_month", "2026-12", today="2026-11-22") for _ in range(3))
    assert killed(first, when=lambda: Bill.objects.count() >= 0.3 * FAMILIES)
    finished(second)
    finished(third)
    all_billed()


def test_a_suspension_run_killed_and_started_twice_suspends_everybody_once(on_day, started):
    on_day("2027-01-05")
    members = Member.objects.count()
    noted = StatusChange.objects.filter(event="fell_behind")
    words = ("suspend_overdue", "--on", "2027-01-05")
    run = started(*words, today="2027-01-05")
    assert killed(run, when=lambda: noted.count() >= 0.2 * members)
    runs = [started(*words, today="2027-01-05") for _ in range(2)]
    for one in runs:
        finished(one)
    assert set(Member.objects.values_list("status", flat=True)) == {"suspended_arrears"}
    assert noted.count() == members
    assert noted.values("family_id", "member_id").distinct().count() == members
    ranges = execute(
        "SELECT count(*), count(DISTINCT args->>'through') FROM procrastinate_jobs"
        " WHERE task_name = 'contribution.tell_suspended'"
    )
    assert ranges == [(10, 10)]  # each range is told by one job
    assert broken_promises() == []
