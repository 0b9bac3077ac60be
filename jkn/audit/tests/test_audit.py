"""The audit: append-only, sealed in order, and a broken chain is noticed."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from jkn.audit import actions, promises
from jkn.audit.actions import mark_own_read, record, record_read, seal
from jkn.audit.models import Entry, Seal
from jkn.audit.queries import broken_seals, oldest_unsealed, reads_of_family
from jkn.audit.rules import FIRST_DIGEST, chain
from jkn.core.actor import Actor, Role
from jkn.core.clock import now

pytestmark = pytest.mark.django_db
RINA = Actor(account_id=7, role=Role.FACILITY, name="Rina", facility_id="3275P001", session_id=3)
SITI = Actor(account_id=8, role=Role.MEMBER, name="Siti", family_id=1, session_id=4)

rows = st.lists(st.text(max_size=20), max_size=8)


@given(rows, rows)
def test_a_chain_depends_on_every_row_and_its_place(one, other):
    assert (chain(FIRST_DIGEST, one) == chain(FIRST_DIGEST, other)) == (one == other)
    assert chain(chain(FIRST_DIGEST, one), other) != FIRST_DIGEST


def test_rows_cannot_be_shifted_between_neighbours():
    assert chain(FIRST_DIGEST, ["ab", "c"]) != chain(FIRST_DIGEST, ["a", "bc"])


def test_an_act_is_one_row_with_who_where_and_what():
    record(actor=RINA, verb="x.done", group=1, subject=2, amount=5, how="qr")
    row = Entry.objects.get()
    assert (row.group_id, row.subject, row.verb) == (1, 2, "x.done")
    assert (row.actor_id, row.actor_role, row.actor_name) == (7, "facility", "Rina")
    assert (row.facility_id, row.session_id, row.details) == (
        "3275P001",
        3,
        {"amount": 5, "how": "qr"},
    )


def test_an_act_that_fails_leaves_no_row():
    with transaction.atomic():
        record(actor=RINA, verb="x.done", group=1)
        transaction.set_rollback(True)
    assert not Entry.objects.exists()


def test_own_reads_leave_one_row_a_day_and_device():
    for _ in range(3):
        mark_own_read(actor=SITI, verb="card", group=1)
    mark_own_read(actor=SITI, verb="bills", group=1)
    other_phone = Actor(account_id=8, role=Role.MEMBER, name="Siti", session_id=5)
    mark_own_read(actor=other_phone, verb="card", group=1)
    assert Entry.objects.count() == 3
    assert reads_of_family(1) == []


def test_others_reads_leave_each_one_row():
    for _ in range(3):
        record_read(actor=RINA, verb="card", group=1, purpose="counter")
    record_read(actor=RINA, verb="card", group=2, purpose="counter")
    assert [e.purpose for e in reads_of_family(1)] == ["counter"] * 3


@pytest.mark.parametrize("sql", ["UPDATE audit_entry SET verb = 'y'", "DELETE FROM audit_entry"])
def test_rows_are_never_changed(sql):
    record(actor=RINA, verb="x.done", group=1)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        run(sql)
    assert Entry.objects.get().verb == "x.done"


def run(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def behind_our_back(sql, *params):
    """Change rows as somebody would who owns the database: with the triggers off."""
    run("SET session_replication_role = replica")
    run(sql, *params)
    run("SET session_replication_role = origin")


def seal_whole(rows):
    """Seal until so many rows are sealed: transactions of tests beside this one may still run."""
    done, patience = 0, time.monotonic() + 60
    while done < rows and time.monotonic() < patience:
        done += seal()
        time.sleep(0.01)
    assert done == rows


@pytest.fixture
def sealed(transactional_db):
    """Three rows under two seals, and one that is not sealed yet."""
    record(actor=RINA, verb="first", group=1)
    record(actor=RINA, verb="second", group=2)
    seal_whole(2)
    record(actor=SITI, verb="third", group=1)
    seal_whole(1)
    record(actor=SITI, verb="fourth", group=1)
    seal_whole(1)
    assert seal() == 0
    assert broken_seals() == []


def test_a_whole_chain_is_whole(sealed):
    assert sum(s.rows for s in Seal.objects.all()) == 4
    assert oldest_unsealed() is None
    assert [p.broken() for p in promises.PROMISES] == [0, 0]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_entry SET verb = 'other' WHERE verb = 'second'",
        "UPDATE audit_entry SET purpose = 'x' WHERE verb = 'third'",
        "UPDATE audit_entry SET at = at + interval '1 second' WHERE verb = 'fourth'",
        "UPDATE audit_entry SET actor_name = 'Dewi' WHERE verb = 'first'",
        "DELETE FROM audit_entry WHERE verb = 'third'",
        "DELETE FROM audit_seal WHERE number = 2",
        "UPDATE audit_seal SET rows = 3 WHERE number = 1",
        "INSERT INTO audit_entry (group_id, id, tx, day, actor_id, actor_role, actor_name,"
        " facility_id, session_id, verb, subject, purpose, details, is_own_read, at)"
        " SELECT group_id, id + 1, tx, day, actor_id, actor_role, actor_name, facility_id,"
        " session_id, verb, subject, purpose, details, is_own_read, at"
        " FROM audit_entry WHERE verb = 'first'",
    ],
)
def test_what_was_tampered_with_is_noticed(sealed, sql):
    behind_our_back(sql)
    assert len(broken_seals()) >= 1
    assert promises.PROMISES[0].broken() >= 1


def test_a_row_that_waits_five_minutes_is_noticed(sealed):
    record(actor=RINA, verb="fifth", group=1)
    assert promises.PROMISES[1].broken() == 0
    behind_our_back("UPDATE audit_entry SET at = now() - interval '6 minutes' WHERE verb = 'fifth'")
    assert promises.PROMISES[1].broken() == 1
    oldest = oldest_unsealed()
    assert oldest
    assert now() - oldest > timedelta(minutes=5)
    seal_whole(1)
    assert promises.PROMISES[1].broken() == 0


@pytest.mark.django_db(transaction=True)
def test_a_row_of_a_slow_transaction_is_sealed_after_it_ends_and_none_is_left_out():
    """The slow one wrote first and commits last: its row may not slip between two seals."""
    wrote, may_end = threading.Event(), threading.Event()

    def slowly():
        try:
            with transaction.atomic():
                record(actor=RINA, verb="slow", group=1)
                wrote.set()
                may_end.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=slowly)
    thread.start()
    assert wrote.wait(20)
    record(actor=SITI, verb="fast", group=2)
    assert seal() == 0  # the slow one still runs, so nothing after it is sealed
    may_end.set()
    thread.join()
    seal_whole(2)
    assert broken_seals() == []


@pytest.mark.django_db(transaction=True)
def test_sealers_at_once_make_one_chain():
    for n in range(40):
        record(actor=RINA, verb=f"v{n}", group=n % 3)

    def one():
        try:
            patience = time.monotonic() + 60
            while sum(s.rows for s in Seal.objects.all()) < 40 and time.monotonic() < patience:
                seal(at_most=7)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(s.rows for s in Seal.objects.all()) == 40
    assert broken_seals() == []


@pytest.mark.django_db(transaction=True)
def test_a_phone_that_looks_all_day_costs_one_statement_a_day(
    django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr(actions, "_marked", OrderedDict())
    with django_assert_num_queries(1):
        for _ in range(5):
            mark_own_read(actor=SITI, verb="card", group=1)
    monkeypatch.setattr(actions, "_MARKED_AT_MOST", 3)
    for group in range(2, 9):  # what this process remembers is bounded; the constraint decides
        mark_own_read(actor=SITI, verb="card", group=group)
    mark_own_read(actor=SITI, verb="card", group=1)
    assert len(actions._marked) <= 4
    assert Entry.objects.filter(group_id=1).count() == 1
