"""What pages and runs cost: three statements for a page, no table read through."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jkn.contribution import billing
from jkn.contribution.tests.factories import a_billed_family
from jkn.core.db import execute
from jkn.core.month import Month
from jkn.membership import actions, slices
from jkn.membership.tests.factories import a_family, an_account, members_of, signed_in

pytestmark = pytest.mark.django_db
_NO_WORK = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SELECT set_config")


@pytest.mark.parametrize(
    ("address", "most"), [("/iuran/", 3), ("/iuran/riwayat/", 3), ("/iuran/bayar/", 5)]
)
def test_a_page_of_contribution_asks_few_times(on_day, address, most):
    on_day("2026-11-22")
    browser = signed_in(an_account(members_of(a_billed_family(months=2))[0]))
    browser.get(address)  # facts that are the same for everyone are read once
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(address).status_code == 200
    texts = [q["sql"] for q in seen.captured_queries]
    asked = [t for t in texts if not t.startswith(_NO_WORK) and "audit_entry" not in t]
    assert len(asked) <= most, asked


VALUES = {
    "after": 0, "through": 2**62, "month": Month(2026, 12).index, "first": date(2026, 12, 1),
    "posted": date(2026, 12, 1), "due": date(2026, 12, 10), "since": date(2027, 1, 1),
}  # fmt: skip


@pytest.mark.parametrize(
    "sql", [billing._LOCK, billing._BILL, actions._LOCK_BEHIND, actions._SUSPEND]
)
def test_a_range_reads_no_table_through(sql):
    """Though the tables are new to the planner, and it knows nothing of them."""
    a_family()
    execute(slices.IN_ORDER)
    plan = "\n".join(row[0] for row in execute(f"EXPLAIN {sql}", VALUES))
    for table in ("membership_family", "membership_member", "contribution_bill"):
        assert f"Seq Scan on {table}" not in plan, plan


def test_the_border_of_a_range_is_read_from_the_key():
    a_family()
    execute(slices.IN_ORDER)
    plan = "\n".join(row[0] for row in execute(f"EXPLAIN {slices._BORDER}", [0, 10]))
    assert "membership_family_pkey" in plan, plan
