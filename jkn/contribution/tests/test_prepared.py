"""Prepared reads: what they give is what the plain queryset gives, and a slip fails at once."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from jkn.contribution.queries import family_rows
from jkn.contribution.tests.factories import a_billed_family
from jkn.core.db import Prepared, execute
from jkn.core.ids import new_id
from jkn.membership.models import Family, Member
from jkn.membership.tests.factories import a_family

pytestmark = pytest.mark.django_db
SENTINEL = 2**62 + 1


def test_a_prepared_read_equals_the_plain_queryset():
    siti = a_billed_family(months=3, names=("Siti", "Budi", "Ani"))
    wati = a_family(names=("Wati",))
    prepared = Prepared(family_rows, {"family_id": SENTINEL})
    for family_id in (siti.family_id, wati.family_id, new_id(), siti.family_id):
        assert prepared.rows(family_id=family_id) == list(family_rows(family_id))


def test_several_values_of_several_types_are_bound_each_in_its_place():
    siti = a_family(names=("Siti", "Budi"))

    def members(family_id, name, born, limit):
        rows = Member.objects.filter(family_id=family_id, name__gt=name, birth_date__lte=born)
        return rows.exclude(id=limit).order_by("name").values_list("name", "birth_date")

    prepared = Prepared(
        members,
        {"family_id": SENTINEL, "name": "~~~", "born": date(9999, 1, 1), "limit": SENTINEL + 1},
    )
    for name, born in (("", date(2026, 1, 1)), ("C", date(2026, 1, 1)), ("", date(1900, 1, 1))):
        values = {"family_id": siti.family_id, "name": name, "born": born, "limit": 0}
        assert prepared.rows(**values) == list(members(**values))


def test_a_sentinel_that_is_no_parameter_fails_when_it_is_compiled():
    prepared = Prepared(
        lambda family_id, status: Family.objects.filter(family_id=family_id).values_list("segment"),
        {"family_id": SENTINEL, "status": "never used"},
    )
    with pytest.raises(LookupError, match="sentinel status"):
        prepared.bound(family_id=1, status="x")


def test_a_value_that_is_not_given_fails():
    prepared = Prepared(family_rows, {"family_id": SENTINEL})
    with pytest.raises(KeyError):
        prepared.rows()


def test_it_is_compiled_once(django_assert_num_queries):
    calls = []

    def build(family_id):
        calls.append(family_id)
        return Family.objects.filter(family_id=family_id).values_list("segment")

    prepared = Prepared(build, {"family_id": SENTINEL})
    with django_assert_num_queries(3):
        for _ in range(3):
            prepared.rows(family_id=1)
    assert calls == [SENTINEL]


def test_the_databases_own_ids_have_the_same_layout():
    """Set-based statements use new_id() of SQL; rows of both kinds stand in one order."""
    before = new_id() >> 22
    ((made, spread),) = execute(
        "SELECT max(i), count(DISTINCT i) FROM (SELECT new_id() i FROM generate_series(1, 1000)) n"
    )
    assert 0 <= (made >> 22) - before < 10_000
    assert spread > 990
    assert made < 2**63


def test_a_statement_without_rows_gives_none():
    assert execute("CREATE TEMP TABLE nothing (a int)") == []
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE nothing")


# Hand-written statements stay prepared on their connection, whatever happens to a transaction.

SQL = "SELECT count(*) FROM gate_limit WHERE name = %s"


@pytest.mark.django_db(transaction=True)
def test_a_rollback_forgets_no_statement():
    """psycopg drops every prepared statement of a connection that rolls back."""
    for _ in range(3):
        Family.objects.filter(family_id=1).first()  # psycopg prepares some of its own
        assert execute(SQL, ["x"]) == [(0,)]
        with transaction.atomic():
            execute(SQL, ["x"])
            transaction.set_rollback(True)
        assert execute(SQL, ["x"]) == [(0,)]
        with transaction.atomic():
            with transaction.atomic():
                execute(SQL, ["x"])
                transaction.set_rollback(True)
            assert execute(SQL, ["x"]) == [(0,)]


@pytest.mark.django_db(transaction=True)
def test_a_refused_statement_is_a_database_error_and_the_next_transaction_works():
    for _ in range(2):
        with pytest.raises(DatabaseError), transaction.atomic():
            execute("SELECT 1 / %s::int", [0])
        assert execute("SELECT 1 / %s::int", [1]) == [(1,)]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_closed_prepares_anew():
    assert execute(SQL, ["x"]) == [(0,)]
    connection.close()
    assert execute(SQL, ["x"]) == [(0,)]


@pytest.mark.parametrize(
    "value",
    [None, 0, 2**31, 2**62, -1, "", "é", "%s", b"\x00\xff", date(2026, 11, 22), [1, 2], True],
)
def test_values_of_every_kind_come_back_as_they_went(value):
    kind = {bytes: "bytea", str: "text", date: "date", list: "bigint[]", bool: "bool"}
    cast = kind.get(type(value), "bigint")
    for _ in range(2):
        assert execute(f"SELECT %s::{cast}", [value]) == [(value,)]
        assert execute(f"SELECT %(v)s::{cast}, '%%'", {"v": value}) == [(value, "%")]
