"""The first accounts of staff are made at the command line, where no page exists yet."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from jkn.account.models import Account
from jkn.core.actor import Role

pytestmark = pytest.mark.django_db
NIK = "3275014101900001"


def staff(*words):
    out = StringIO()
    call_command("staff", *words, stdout=out)
    return out.getvalue()


def add(**over):
    given = {"role": "branch", "name": "Andi Saputra", "nik": NIK, **over}
    return staff("add", *(part for k, v in given.items() for part in (f"--{k}", v)))


def test_andi_signs_in_with_the_password_that_is_shown_once(client):
    password = add().split()[-1]
    answer = client.post("/masuk/", {"siapa": NIK, "sandi": password, "cara": "sandi"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/petugas/")
    assert Account.objects.get().role == Role.BRANCH


def test_the_same_nik_twice_is_refused_and_makes_nothing():
    add()
    with pytest.raises(CommandError):
        add(name="Another")
    assert Account.objects.count() == 1


@pytest.mark.parametrize("over", [{"role": "facility"}, {"facility": "3275P001"}, {"nik": "12"}])
def test_what_does_not_fit_is_refused_and_makes_nothing(over):
    with pytest.raises(CommandError):
        add(**over)
    assert not Account.objects.exists()


def test_a_closed_account_is_refused_at_once(client):
    password = add().split()[-1]
    staff("close", "--nik", NIK)
    answer = client.post("/masuk/", {"siapa": NIK, "sandi": password, "cara": "sandi"})

    assert answer.status_code == 422
    with pytest.raises(CommandError):
        staff("close", "--nik", NIK)
