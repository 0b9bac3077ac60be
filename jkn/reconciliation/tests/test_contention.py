"""Many at once, with real commits: a file, a decision and a transfer each count once."""

from __future__ import annotations

from functools import partial

import pytest

from jkn.contribution.models import Journal, Payment
from jkn.contribution.tests.crowd import at_once
from jkn.contribution.tests.factories import a_bank, va_of
from jkn.core.actor import Actor, Role
from jkn.core.errors import Refused
from jkn.reconciliation.acts import (
    ask_assignment,
    carry,
    decide_assignment,
    explain_line,
    on_their_way,
    owner_of,
)
from jkn.reconciliation.models import Statement, StatementLine, Transfer
from jkn.reconciliation.rules import SUSPENSE_GROUP, Reason
from jkn.reconciliation.tests.factories import (
    DAY,
    DUE,
    a_family_that_owes,
    a_payment,
    broken,
    reconciled,
)
from jkn.reconciliation.tests.paper import Move

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 4


def staff(number):
    return Actor(account_id=number, role=Role.BRANCH, name=f"Petugas {number}")


def tried(act):
    try:
        return act()
    except Refused as refused:
        return refused.code


def test_one_file_loaded_by_many_at_once_counts_once(monkeypatch):
    monkeypatch.setattr("jkn.reconciliation.actions.SLICE", 7)
    bank = a_bank()
    a_payment(bank, a_family_that_owes(), "R0")
    moves = [Move(DUE, "R0"), *(Move(n, f"X{n}") for n in range(1, 50))]
    done = at_once([partial(reconciled, moves)] * CROWD)
    assert {(d.lines, d.known) for d in done} == {(50, 0)}
    assert Statement.objects.count() == 1
    assert StatementLine.objects.filter(status="new").count() == 0
    assert StatementLine.objects.count() == 50
    assert Journal.objects.filter(family_id=SUSPENSE_GROUP).count() == 49
    assert broken() == []


def test_overlapping_files_at_once_count_their_common_lines_once():
    a_bank()
    moves = [Move(n, f"X{n}") for n in range(1, 41)]
    opening = sum(m.amount for m in moves[:20])
    at_once([partial(reconciled, moves[:30]), partial(reconciled, moves[20:], opening=opening)])
    assert StatementLine.objects.count() == 40
    assert broken() == []


def test_a_line_is_given_or_explained_never_both():
    a_bank()
    family = a_family_that_owes()
    reconciled([Move(DUE, "X1")])
    line = StatementLine.objects.get()
    owner = owner_of("va", va_of(family))
    number = ask_assignment(actor=staff(1), line_id=line.id, owner=owner, note="", on=DAY)
    decide = partial(decide_assignment, line_id=line.id, assignment_id=number, on=DAY)
    explain = partial(explain_line, line_id=line.id, reason=Reason.OTHER, note="x", on=DAY)
    told = at_once(
        [
            partial(tried, partial(decide, actor=staff(2), accepts=True)),
            partial(tried, partial(decide, actor=staff(3), accepts=False)),
            partial(tried, partial(explain, actor=staff(4))),
            partial(tried, partial(decide, actor=staff(5), accepts=True)),
        ]
    )
    assert None in told
    (transfers,) = [Transfer.objects.count()]
    line.refresh_from_db()
    assert (line.status == "matched") == (transfers == 1)
    assert broken() == []


def test_a_transfer_carried_by_many_at_once_arrives_once():
    a_bank()
    family = a_family_that_owes()
    reconciled([Move(DUE, "X1")])
    line = StatementLine.objects.get()
    number = ask_assignment(
        actor=staff(1), line_id=line.id, owner=owner_of("va", va_of(family)), note="", on=DAY
    )
    decide_assignment(actor=staff(2), line_id=line.id, assignment_id=number, accepts=True, on=DAY)
    (transfer,) = on_their_way()
    at_once([partial(carry, transfer_id=transfer, on=DAY)] * CROWD)
    assert Payment.objects.filter(family_id=family.family_id).count() == 1
    assert broken() == []
