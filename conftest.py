"""What the whole suite shared: the database, real commits where a test needs them, the field's day."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.cache import caches
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import settings

from jkn.config import embedded
from jkn.nonprod import test_settings
from jkn.nonprod.guard import FamilyGuard

# `make test LONG=1`: more than 60 properties with 2,000 examples each, 120,000 in all.
settings.register_profile("short", deadline=None)
settings.register_profile("long", max_examples=2_000, deadline=None)
settings.load_profile("long" if os.environ.get("JKN_LONG") == "1" else "short")


def _kept_tables() -> set[str]:
    """Return the tables that migrations fill: a test with real commits leaves them alone."""
    return {
        model._meta.db_table
        for model in apps.get_models()
        if getattr(model, "distribution", "") == "reference"
        and model.__name__ not in ("Partner", "ClosedMonth")
    } | {"django_migrations", "django_content_type"}


def _empty_tables(self: TransactionTestCase) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = {row[0] for row in cursor.fetchall()} - _kept_tables()
        names = ", ".join(f'"{t}"' for t in sorted(tables))
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")


TransactionTestCase._fixture_teardown = _empty_tables  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _a_clean_process() -> Iterator[None]:
    """Forget what a process remembers between requests."""
    caches["memory"].clear()
    os.environ.pop("JKN_TODAY", None)
    yield
    os.environ.pop("JKN_TODAY", None)


@pytest.fixture
def on_day(monkeypatch: pytest.MonkeyPatch) -> object:
    """Set the field's day: `on_day("2026-11-22")`."""
    return lambda day: monkeypatch.setenv("JKN_TODAY", day)


@pytest.fixture(autouse=True)
def _one_family_at_a_time(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail where an action writes two families, or a statement forgets whose rows it wants."""
    if "db" not in request.fixturenames and "transactional_db" not in request.fixturenames:
        yield
        return
    with FamilyGuard().watching():
        yield


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server that this very run started."""
    if test_settings.STARTED_HERE and not hasattr(config, "workerinput"):
        embedded.stop(test_settings.DATA)
