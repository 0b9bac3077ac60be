"""No code, NIK, telephone, password or token in any log."""

from __future__ import annotations

import logging

import pytest
from django.test import Client

from jkn.account import jobs
from jkn.account.actions import issue_token
from jkn.account.models import Code
from jkn.account.tests import factories as cast
from jkn.account.tests.test_codes import ask, run_jobs
from jkn.account.tests.test_sign_in import sign_in

pytestmark = pytest.mark.django_db


def test_nothing_about_people_is_logged(gateway, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    account = cast.siti()
    client = Client()
    sign_in(client, cast.SITI_NIK, "salah sekali")
    sign_in(client, cast.SITI_CARD)
    token = issue_token(account_id=account.id, label="Komputer")
    client.get("/api/v1/session", headers={"authorization": f"Bearer {token}"})
    client.get("/api/v1/session", headers={"authorization": f"Bearer {token}x"})
    other = Client()
    ask(other, cast.SITI_NIK)
    run_jobs(other)
    gateway.status = {"whatsapp": 500}
    third = Client()
    ask(third, cast.BUDI_NIK)
    ask(third, cast.SITI_PHONE)
    with pytest.raises(jobs.GatewaySilentError):
        jobs.send_code(Code.objects.order_by("-id")[0].id)
    digits = gateway.last_code()
    other.post("/masuk/kode/", {"kode": digits})
    kept = other.cookies["jkn"].value
    out, err = capfd.readouterr()
    written = "\n".join([caplog.text, out, err, *(str(r.__dict__) for r in caplog.records)])
    assert "account:sign-in" in written
    for secret in (
        digits, token, kept, cast.SITI_NIK, cast.BUDI_NIK, cast.SITI_CARD, cast.SITI_PHONE,
        cast.PASSWORD, "siti@contoh.id",
    ):  # fmt: skip
        assert secret not in written, secret
