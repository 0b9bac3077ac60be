"""Clients that others wrote (bpjs-bridging, pybpjs) read a member from our own server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import bpjs
import pybpjs.bpjs
import pytest

from jkn.audit.models import Entry
from jkn.gate.actions import revoke_partner
from jkn.gate.tests.hospital import SECRET, USER_KEY, a_hospital
from jkn.gate.tests.served import Served, serving
from jkn.membership.tests.factories import a_family, a_nik, members_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def served(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve the tests' own database on 22 November 2026 with granian."""
    with serving(tmp_path_factory.mktemp("served") / "log", day="2026-11-22") as server:
        yield server


@pytest.fixture
def hospital():
    return a_hospital()


@pytest.fixture
def siti():
    return members_of(a_family())[0]


def with_bpjs_bridging(served: Served, endpoint: str, **keys: Any) -> Any:
    client = {"host": f"{served.url}/vclaim-rest/", **keys}
    return bpjs.Bridging(client, "vclaim").request(endpoint)


def with_pybpjs(served: Served, endpoint: str, **keys: Any) -> Any:
    credential = {"host": f"{served.url}/vclaim-rest/", "is_encrypt": 1, **keys}
    return pybpjs.bpjs.bridging(credential, endpoint, "get", None)


@pytest.fixture(params=[with_bpjs_bridging, with_pybpjs], ids=["bpjs-bridging", "pybpjs"])
def ask(request, served, hospital):
    """Ask with a client of others; `keys` replace what is right."""
    right = {"consid": hospital.client_id, "secret": SECRET, "user_key": USER_KEY}
    return lambda endpoint, **keys: request.param(served, endpoint, **{**right, **keys})


def code(answer):
    return answer["metaData"]["code"]


@pytest.mark.parametrize("how", ["nik", "nokartu"])
def test_they_read_a_member(ask, siti, how):
    number = siti.nik if how == "nik" else siti.card
    answer = ask(f"Peserta/{how}/{number}/tglSEP/2026-11-22")

    assert answer["metaData"] == {"code": "200", "message": "OK"}
    said = answer["response"]["peserta"]
    assert (said["nama"], said["nik"], said["noKartu"]) == (siti.name, siti.nik, siti.card)
    assert said["statusPeserta"] == {"kode": "0", "keterangan": "AKTIF"}
    assert Entry.objects.get(verb="membership.eligibility_checked").actor_name == "RS Contoh"


@pytest.mark.parametrize("where", ["nik/" + a_nik(9998), "nokartu/0009999999999"])
def test_they_get_201_for_nobody(ask, siti, where):
    answer = ask(f"Peserta/{where}/tglSEP/2026-11-22")
    assert answer == {
        "metaData": {"code": "201", "message": "Peserta Tidak Ditemukan"}, "response": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"secret": "wrong"}, "X-signature tidak sesuai"),
        ({"user_key": "wrong"}, "user_key tidak sesuai"),
        ({"consid": "99999"}, "X-cons-id tidak terdaftar"),
    ],
)
def test_they_are_refused_with_wrong_keys(ask, siti, keys, message):
    answer = ask(f"Peserta/nik/{siti.nik}/tglSEP/2026-11-22", **keys)

    assert answer == {"metaData": {"code": "401", "message": message}, "response": None}
    assert not Entry.objects.exists()


@pytest.mark.parametrize("away", [-400, 400])
def test_they_are_refused_with_a_clock_that_is_wrong(ask, siti, away, time_machine):
    """Only the client's clock: the server is another process."""
    time_machine.move_to(time.time() + away)
    answer = ask(f"Peserta/nik/{siti.nik}/tglSEP/2026-11-22")

    assert (code(answer), answer["response"]) == ("401", None)
    assert not Entry.objects.exists()


def test_they_are_refused_once_they_are_revoked(ask, siti, hospital):
    endpoint = f"Peserta/nik/{siti.nik}/tglSEP/2026-11-22"
    assert code(ask(endpoint)) == "200"
    revoke_partner(kind="bpjs", client_id=hospital.client_id)
    assert code(ask(endpoint)) == "401"


def test_they_understand_an_address_that_is_none(ask):
    assert (code(ask("Peserta/x")), ask("Peserta/x")["response"]) == (404, None)


def test_the_servers_log_holds_no_number(ask, siti, served):
    ask(f"Peserta/nik/{siti.nik}/tglSEP/2026-11-22")
    ask(f"Peserta/nokartu/{siti.card}/tglSEP/2026-11-22", secret="wrong")

    written = served.log.read_text()
    assert "membership:vclaim-by-nik" in written
    for secret in (siti.nik, siti.card, siti.name, SECRET, USER_KEY):
        assert secret not in written
