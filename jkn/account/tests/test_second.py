"""The second proof: an authenticator and recovery codes, limited, each used once."""

from __future__ import annotations

import re
import threading
import time

import pyotp
import pytest
from django.db import connection
from django.test import Client

from jkn.account.actions.proofs import (
    prove_second,
    renew_recovery_codes,
    seal_totp,
    set_totp,
)
from jkn.account.models import Account, DeviceSession, RecoveryCode
from jkn.account.queries import recovery_codes_left
from jkn.account.rules import How, Strength
from jkn.account.tests import factories as cast
from jkn.account.tests.test_codes import run_jobs
from jkn.account.tests.test_passkeys import proven_by
from jkn.account.tests.test_who_asks import signed_in
from jkn.core.errors import Limited, Refused

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def digits(step: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(int(time.time()) + 30 * step)


def with_authenticator(account) -> list[str]:
    sealed = seal_totp(account_id=account.id, secret=SECRET)
    return set_totp(
        actor=account.as_actor(), sealed=sealed, digits=digits(-1), strength=Strength.STRONG
    )


def test_siti_sets_up_an_authenticator_and_is_asked_for_it():
    account = cast.siti()
    client = signed_in(account)
    page = client.get("/pengaturan/masuk/autentikator/").content.decode()
    (secret,) = re.findall(r'id="rahasia">([A-Z2-7]+)<', page)
    assert 'src="data:image/svg+xml' in page
    assert client.post("/pengaturan/masuk/autentikator/", {"kode": "000000"}).status_code == 422
    assert Account.objects.get(id=account.id).totp_sealed is None
    now_code = pyotp.TOTP(secret).now()
    page = client.post("/pengaturan/masuk/autentikator/", {"kode": now_code}).content.decode()
    codes = re.findall(r'<li class="code">([0-9A-Z]{5}-[0-9A-Z]{5})<', page)
    assert len(set(codes)) == 8
    other = Client()
    form = {"siapa": cast.SITI_NIK, "sandi": cast.PASSWORD, "cara": "sandi", "lanjut": "/kartu/"}
    assert other.post("/masuk/", form)["Location"] == "/masuk/kedua/"
    assert not other.get("/api/v1/session").json()["signed_in"]
    # The step that set it up is used; a recovery code comes in.
    assert other.post("/masuk/kedua/", {"kode": now_code}).status_code == 422
    assert other.post("/masuk/kedua/", {"kode": codes[0].lower()})["Location"] == "/kartu/"
    assert other.get("/api/v1/session").json()["signed_in"]


def test_digits_count_once():
    account = cast.siti()
    with_authenticator(account)
    code = digits()
    assert prove_second(account_id=account.id, typed=code) == How.TOTP
    with pytest.raises(Refused, match=r"totp\.wrong"):
        prove_second(account_id=account.id, typed=code)


def test_a_recovery_code_counts_once_and_reads_misread_letters():
    account = cast.siti()
    codes = with_authenticator(account)
    typed = codes[0].replace("0", "O").replace("1", "l").replace("-", " ")
    assert prove_second(account_id=account.id, typed=typed) == How.RECOVERY
    with pytest.raises(Refused, match=r"recovery\.wrong"):
        prove_second(account_id=account.id, typed=codes[0])
    assert recovery_codes_left(account.id) == 7


def test_no_recovery_code_is_stored():
    codes = with_authenticator(cast.siti())
    stored = b"".join(bytes(r.digest) for r in RecoveryCode.objects.all())
    assert not any(c.encode() in stored or c.replace("-", "").encode() in stored for c in codes)


def test_the_sixth_try_is_refused_and_the_right_one_too():
    account = cast.siti()
    with_authenticator(account)
    for _ in range(5):
        with pytest.raises(Refused):
            prove_second(account_id=account.id, typed="000000")
    with pytest.raises(Limited):
        prove_second(account_id=account.id, typed=digits())


@pytest.mark.django_db(transaction=True)
def test_the_same_digits_at_two_workers_come_in_once():
    account = cast.siti()
    with_authenticator(account)
    code, outcomes, barrier = digits(), [], threading.Barrier(3)

    def run() -> None:
        barrier.wait()
        try:
            prove_second(account_id=account.id, typed=code)
            outcomes.append("ok")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["ok", "totp.wrong", "totp.wrong"]


def test_a_code_also_asks_for_the_authenticator(client, gateway):
    account = cast.siti()
    with_authenticator(account)
    client.post("/masuk/", {"siapa": cast.SITI_NIK, "cara": "kode"})
    run_jobs(client)
    assert client.post("/masuk/kode/", {"kode": gateway.last_code()})["Location"] == "/masuk/kedua/"
    assert not DeviceSession.objects.exists()
    assert client.post("/masuk/kedua/", {"kode": digits()})["Location"] == "/"


def test_the_page_of_the_second_proof_needs_the_first(client):
    assert client.get("/masuk/kedua/")["Location"] == "/masuk/"


def test_turning_it_off_needs_a_strong_proof():
    account = cast.siti()
    with_authenticator(account)
    other = Client()
    form = {"siapa": cast.SITI_NIK, "sandi": cast.PASSWORD, "cara": "sandi"}
    other.post("/masuk/", form)
    other.post("/masuk/kedua/", {"kode": digits()})
    proven_by(other, "code")
    asked = other.post("/pengaturan/masuk/autentikator/hapus/")
    assert asked["Location"].startswith("/pengaturan/bukti/")
    assert Account.objects.get(id=account.id).totp_sealed is not None
    proven_by(other, "totp")
    assert other.get("/pengaturan/masuk/autentikator/hapus/").status_code == 200
    assert other.post("/pengaturan/masuk/autentikator/hapus/").status_code == 302
    assert Account.objects.get(id=account.id).totp_sealed is None
    assert recovery_codes_left(account.id) == 0


def test_new_recovery_codes_end_the_old_ones():
    account = cast.siti()
    old = with_authenticator(account)
    client = Client()
    client.post("/masuk/", {"siapa": cast.SITI_NIK, "sandi": cast.PASSWORD, "cara": "sandi"})
    client.post("/masuk/kedua/", {"kode": digits()})
    assert client.get("/pengaturan/masuk/pemulihan/").status_code == 200
    page = client.post("/pengaturan/masuk/pemulihan/").content.decode()
    assert len(re.findall(r'<li class="code">', page)) == 8
    with pytest.raises(Refused, match=r"recovery\.wrong"):
        prove_second(account_id=account.id, typed=old[0])


def test_without_an_authenticator_nothing_fits():
    account = cast.siti()
    with pytest.raises(Refused, match=r"totp\.wrong"):
        prove_second(account_id=account.id, typed="123456")
    with pytest.raises(Refused, match=r"totp\.none"):
        renew_recovery_codes(actor=account.as_actor(), strength=Strength.STRONG)
