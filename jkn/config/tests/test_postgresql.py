"""The health check without a round trip: a server that went away is noticed all the same."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection

from jkn.core.db import execute

pytestmark = pytest.mark.django_db(transaction=True)


def _end_from_elsewhere():
    ((number,),) = execute("SELECT pg_backend_pid()")
    settings = connection.get_connection_params()
    where = {
        name: settings[name] for name in ("host", "port", "user", "dbname") if name in settings
    }
    with psycopg.connect(**where, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [number])
    return number


def test_a_living_connection_is_usable_and_is_asked_nothing(monkeypatch):
    connection.ensure_connection()
    monkeypatch.setattr(connection.connection, "cursor", None)  # SELECT 1 would need it
    assert connection.is_usable()


def test_a_connection_whose_server_ended_is_not_usable():
    _end_from_elsewhere()
    assert not connection.is_usable()
    connection.close()


def test_the_next_request_gets_a_new_connection():
    ended = _end_from_elsewhere()
    connection.close_if_unusable_or_obsolete()  # what Django does when a request begins
    assert execute("SELECT pg_backend_pid()") != [(ended,)]
