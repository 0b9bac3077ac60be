"""A backup counts once it has been restored: the drill does so beside the running database."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from jkn.config import environment
from jkn.membership.models import Family
from jkn.membership.tests.factories import a_family

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("servers")]


def test_the_copy_is_proven_and_removed():
    a_family()
    out = StringIO()
    call_command("restore_drill", stdout=out)

    told = json.loads(out.getvalue())
    assert told["invariants_ok"] is True
    assert told["lost_seconds"] == 0.0
    assert not list(environment.var_folder().glob("drill-*"))
    assert Family.objects.count() == 1


def test_a_broken_promise_in_the_copy_ends_with_one():
    a_family(paid_month=1)  # stored as active, though the rule says suspended
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("restore_drill", stdout=out)

    assert json.loads(out.getvalue())["invariants_ok"] is False
