"""What each hot door costs in statements, and that none of them walks through a large table."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client

from jkn.account.models import Account
from jkn.contribution.queries import family_bills, family_rows
from jkn.contribution.tests.factories import DAY, a_bank, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank
from jkn.core.errors import NotFound
from jkn.core.ids import new_id
from jkn.membership.tests.factories import (
    a_family,
    a_staff_account,
    an_account,
    bearer,
    members_of,
    signed_in,
)

pytestmark = pytest.mark.django_db
CONTROL = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK", "SET ", "SELECT SET_CONFIG")
FAMILIES = 20_000


@pytest.fixture(autouse=True)
def _november(on_day):
    on_day("2026-11-22")


@contextmanager
def watched():
    """Give the statements that ran inside, each with its parameters."""
    seen = []

    def note(run, sql, params, many, context):
        if not str(sql).lstrip().upper().startswith(CONTROL):
            seen.append((str(sql), params))
        return run(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen


def execute(sql, params=()):
    """Run a statement of the test's own, which may look across families."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)  # parameters even where there are none: %% means %
        return cursor.fetchall() if cursor.description else []


def about(seen, *words):
    return [sql for sql, _ in seen if re.search(r"\b(" + "|".join(words) + r")", sql)]


@pytest.fixture
def family(db):
    return a_billed_family(months=2, names=("Siti Rahmawati", "Budi Santoso"))


@pytest.fixture
def siti(family):
    return an_account(members_of(family)[0])


def test_the_card_for_programs_costs_two_statements_and_audit(siti):
    client = Client(headers=bearer(siti))
    client.get("/api/v1/card")  # facilities and figures are remembered
    with watched() as seen:
        assert client.get("/api/v1/card").status_code == 200
    assert len(about(seen, "audit_entry")) == 1
    assert len(seen) == 3, seen


@pytest.mark.parametrize("path", ["/kartu/", "/iuran/", "/"])
def test_a_member_page_costs_three_statements_and_audit(siti, path):
    client = signed_in(siti)
    client.get(path)
    with watched() as seen:
        assert client.get(path).status_code == 200
    assert len(seen) - len(about(seen, "audit_entry")) <= 3, seen
    assert len(about(seen, "audit_entry")) <= 1


def test_the_ledger_part_of_a_payment_costs_four_statements(family):
    bank, va = Bank(a_bank()), va_of(family)
    bank.signed_in()
    bank.inquire(va, "R1")
    with watched() as seen:
        assert bank.pay(va, "R1", 140_000).status_code == 200
    ledger = about(seen, "contribution_", "membership_")
    assert len(ledger) <= 4, ledger
    assert len(seen) <= 12, [sql[:60] for sql, _ in seen]


def test_no_rule_of_money_hides_in_the_database():
    functions = execute(
        "SELECT proname FROM pg_proc p JOIN pg_language l ON l.oid = prolang"
        " JOIN pg_namespace n ON n.oid = pronamespace WHERE lanname = 'plpgsql'"
        " AND nspname = 'public' AND proname NOT LIKE 'procrastinate%%'"
    )
    # Two only refuse: what never changes, and what is dated in a closed month. One notes what left.
    known = {"refuse_change", "refuse_closed_month", "facility_departs"}
    assert {name for (name,) in functions} == known


def test_family_bills_says_what_the_plain_queryset_says(family):
    stranger = a_family(names=("Wati",))
    told = family_bills(family.family_id, on=DAY)
    plain = family_rows(family.family_id).get()
    assert told.family.family_id == plain[0] == family.family_id
    assert [b.amount for b in told.bills] == [70_000, 70_000]
    assert len(told.family.members) == 2
    assert family_bills(stranger.family_id, on=DAY).bills == ()
    with pytest.raises(NotFound):
        family_bills(new_id(), on=DAY)


# Plans on a city's worth of families.

_CITY = """
CREATE TEMP TABLE city ON COMMIT DROP AS
  SELECT 8 * n AS family_id, 8 * n + 1 AS member_id, 8 * n + 2 AS payment_id,
    8 * n + 3 AS journal_id, n FROM generate_series(1::bigint, %s) n;
INSERT INTO membership_family (family_id, kk_sealed, segment, care_class, village, registered_on,
    paid_month, consent)
  SELECT family_id, '\\x00', 'pbpu', '3', '32.75.01.1001', '2021-03-01', 24322, '' FROM city;
INSERT INTO membership_member (family_id, id, name, nik_sealed, card_sealed, birth_date, sex,
    relation, status, facility_id, since)
  SELECT family_id, m.id, 'Orang ' || n, '\\x00', '\\x00', '1980-01-01', 'f', m.relation, 'active',
    '3275P001', '2021-03-01'
  FROM city CROSS JOIN LATERAL (VALUES (member_id, 'head'), (new_id(), 'child')) m (id, relation);
INSERT INTO account_directory (kind, digest, family_id, member_id)
  SELECT kind, sha256((kind || n)::bytea), family_id, member_id
  FROM city CROSS JOIN (VALUES ('nik'), ('card'), ('va'), ('payment')) k (kind);
INSERT INTO contribution_payment (family_id, id, partner_id, bank, request_id, reference, number,
    amount, credited, months, day, paid_at, receipt, received_at)
  SELECT family_id, payment_id, 1, 'b', 'r' || n, 'r' || n, 'v' || n, 70000, 0, 1, '2026-10-05',
    now(), 'x', now() FROM city;
INSERT INTO contribution_bill (family_id, id, month, persons, care_class, per_person, amount, basis,
    due_on, status, payment_id)
  SELECT family_id, new_id(), m, 2, '3', 35000, 70000, 'x', '2026-10-10',
    CASE WHEN m = 24322 THEN 'open' ELSE 'paid' END, CASE WHEN m < 24322 THEN payment_id END
  FROM city CROSS JOIN generate_series(24319, 24322) m;
INSERT INTO contribution_journal (family_id, id, kind, day, payment_id, at)
  SELECT family_id, journal_id, 'paid', '2026-10-05', payment_id, now() FROM city;
INSERT INTO contribution_posting (family_id, id, journal_id, debit, credit, amount, bill_id)
  SELECT family_id, new_id(), journal_id, 'clearing.b', 'receivable', 70000, NULL
  FROM city CROSS JOIN generate_series(1, 3);
INSERT INTO contribution_virtualaccount (family_id, id, prefix, number)
  SELECT family_id, new_id(), prefix, prefix || n
  FROM city CROSS JOIN (VALUES ('88888'), ('89888')) p (prefix);
INSERT INTO contribution_quote (family_id, id, partner_id, request_id, amount, at)
  SELECT family_id, new_id(), 1, 'r' || n, 70000, now() FROM city;
INSERT INTO account_account (id, role, level, name, password, is_active, family_id, person_id,
    facility_id, created_at, totp_last_step)
  SELECT member_id, 'member', 1, 'Orang ' || n, '!', true, family_id, member_id, '', now(), 0
  FROM city;
INSERT INTO account_devicesession (digest, id, account_id, label, data, created_at, last_seen,
    expires_at)
  SELECT sha256(('s' || n)::bytea), new_id(), member_id, '', '{}', now(), now(), now() FROM city;
INSERT INTO account_apitoken (digest, id, account_id, label, created_at)
  SELECT sha256(('t' || n)::bytea), new_id(), member_id, '', now() FROM city;
INSERT INTO audit_entry (group_id, id, at, day, actor_id, actor_role, actor_name, facility_id,
    session_id, verb, subject, purpose, details, is_own_read)
  SELECT family_id, new_id(), now(), '2026-11-01', member_id, 'member', 'x', '', n,
    'membership.card', 0, '', '{}', true FROM city;
INSERT INTO notice_notice (account_id, id, kind, title, body, values, link, once, created_at)
  SELECT member_id, new_id(), 'x', 'x', 'x', '{}', '', '', now() FROM city
"""
_LARGE = re.compile(
    r"membership_(family|member|statuschange)|contribution_(bill|payment|posting|journal|quote"
    r"|virtualaccount)|account_(account|directory|devicesession|apitoken|contact)|audit_entry"
    r"|notice_\w+"
)


@pytest.fixture
def city(db):
    """Twenty thousand families, set-based, and a planner that knows of them."""
    for statement in _CITY.replace("%s", str(FAMILIES)).split(";"):
        execute(statement)
    for table in {m._meta.db_table for m in Account._meta.apps.get_models()}:
        if _LARGE.fullmatch(table):
            execute(f"ANALYZE {table}")


def scans(node):
    """Yield the tables that a plan reads from end to end."""
    if node.get("Node Type") == "Seq Scan":
        yield node["Relation Name"]
    for below in node.get("Plans", ()):
        yield from scans(below)


def walked(seen):
    """Return (table, statement) for each large table that a statement walks through."""
    found = []
    for sql, params in seen:
        ((plan,),) = execute(f"EXPLAIN (FORMAT JSON) {sql}", params or ())
        tree = (plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]
        found += [(t, " ".join(sql.split())[:200]) for t in scans(tree) if _LARGE.fullmatch(t)]
    return found


def test_no_hot_door_walks_through_a_large_table(city, family, siti):
    bank, va = Bank(a_bank()), va_of(family)
    rina = Client(headers=bearer(a_staff_account()))
    program, browser = Client(headers=bearer(siti)), signed_in(siti)
    nik = members_of(family)[0].nik
    with watched() as seen:
        for path in ("card", "bills", "payments", "statement", "sessions"):
            assert program.get(f"/api/v1/{path}").status_code == 200
        for path in ("/", "/kartu/", "/iuran/", "/iuran/bayar/bri/", "/iuran/riwayat/",
                     "/pengaturan/akses/", "/pengaturan/perangkat/", "/pemberitahuan/"):  # fmt: skip
            assert browser.get(path).status_code == 200
        body = json.dumps({"nik": nik, "purpose": "counter"})
        assert rina.post("/api/v1/card-checks", body, "application/json").status_code == 200
        assert bank.inquire(va, "R1").status_code == 200
        assert bank.pay(va, "R1", 140_000).status_code == 200
        assert bank.pay(va, "R1", 140_000).status_code == 200
    assert len(seen) > 50
    assert walked(seen) == [], walked(seen)
