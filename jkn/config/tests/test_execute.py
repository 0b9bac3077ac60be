"""`execute` behaves as Django's cursor does, whatever happened to the connection before."""

from __future__ import annotations

import datetime

import pytest
from django.db import DataError, IntegrityError, ProgrammingError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from jkn.core.db import execute

RATE = "INSERT INTO gate_rate (partner_id, second, count) VALUES (%s, %s, 1)"
COUNT = "SELECT count(*) FROM gate_rate"


def _count_and(act):
    with transaction.atomic():
        execute(RATE, [1, 2])
        act()


@pytest.mark.django_db
class TestValues:
    def test_each_kind_comes_back_as_it_went(self):
        day = datetime.date(2026, 11, 22)
        values = [1, 70_000, 2**40, "Siti 'S' %", b"\x00\xff", day, None, True, [1, 2], ["a", None]]
        types = ["int", "int", "bigint", "text", "bytea", "date", "text", "bool", "int[]", "text[]"]
        sql = "SELECT " + ", ".join(f"%s::{kind}" for kind in types)
        assert execute(sql, values) == [tuple(values)]

    def test_named_values_may_stand_twice_and_a_percent_sign_is_one(self):
        sql = "SELECT %(a)s::int + %(b)s::int, 7 %% 4, %(a)s::int"
        assert execute(sql, {"b": 2, "a": 1}) == [(3, 3, 1)]

    def test_small_and_large_integers_share_a_text(self):
        assert [execute("SELECT %s + 1", [n])[0][0] for n in (1, 2**20, 2**40)] == [
            2, 2**20 + 1, 2**40 + 1,
        ]  # fmt: skip

    def test_too_few_values_are_a_bug(self):
        with pytest.raises(ProgrammingError, match="2 placeholders but 1 parameters"):
            execute(RATE, [1])

    def test_what_yields_no_rows_gives_none(self):
        assert execute(RATE, [1, 2]) == []

    def test_a_counted_test_sees_it(self):
        with CaptureQueriesContext(connection) as seen:
            execute(COUNT)
        assert [q["sql"] for q in seen] == [COUNT]


@pytest.mark.django_db(transaction=True)
class TestTransactions:
    def test_what_fails_is_djangos_error_and_rolls_back(self):
        with pytest.raises(IntegrityError):
            _count_and(lambda: execute(RATE, [1, 2]))
        assert execute(COUNT) == [(0,)]
        with pytest.raises(DataError):
            execute("SELECT 1 / %s::int", [0])

    def test_it_begins_the_transaction_that_django_wants(self):
        with pytest.raises(ZeroDivisionError):
            _count_and(lambda: 1 // 0)
        assert execute(COUNT) == [(0,)]

    def test_nothing_runs_in_a_broken_transaction(self):
        with transaction.atomic():
            transaction.set_rollback(True)
            with pytest.raises(TransactionManagementError):
                execute(COUNT)

    def test_it_survives_that_psycopg_forgets_everything(self):
        """After ROLLBACK psycopg sends DEALLOCATE ALL with its next statement, if it had any."""
        for _ in range(5):
            for _ in range(4):
                with connection.cursor() as cursor:
                    cursor.execute("SELECT count(*) FROM gate_limit")
            execute(COUNT)
            with pytest.raises(ZeroDivisionError):
                _count_and(lambda: 1 // 0)
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM gate_limit")
            assert execute(COUNT) == [(0,)]

    def test_it_survives_a_new_connection(self):
        execute(COUNT)
        connection.close()
        assert execute(COUNT) == [(0,)]
