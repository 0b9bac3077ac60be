"""The simulated bank: signs well, pays once, and misbehaves only when asked to."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from jkn.nonprod import paying
from jkn.nonprod.load import Storm, storm
from jkn.nonprod.partners.bank import Bank
from jkn.nonprod.paying import How, Order
from jkn.nonprod.snap_client import Credentials, NoAnswer, SnapClient, account_fields, minified
from jkn.nonprod.tests.fake_snap import CLIENT, SECRET, FakeSnap
from jkn.nonprod.tests.partners import serving

SITI, WATI = "8888800000000011", "8988800000000022"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture
def snap():
    return FakeSnap(KEY, {SITI: 140_000, WATI: 200_000})


@pytest.fixture
def address(snap):
    with serving(snap.app()) as client:
        yield str(client.base_url)


@pytest.fixture
def client(address):
    made = SnapClient(Credentials(address, CLIENT, SECRET, PEM))
    yield made
    made.close()


@pytest.fixture
def bank(address, tmp_path):
    (tmp_path / "key.pem").write_bytes(PEM)
    told = {
        "base_url": address, "client_id": CLIENT, "secret": SECRET, "private_key_file": "key.pem",
    }  # fmt: skip
    (tmp_path / "bank.json").write_text(json.dumps(told), encoding="utf-8")
    with serving(Bank(tmp_path / "bank.json").app()) as client:
        yield client


def no_pause(seconds):
    pass


def pay(client, **order):
    return paying.pay(client, Order(**order), pause=no_pause)


def test_what_is_owed_is_paid_with_one_token(client, snap):
    steps = pay(client, va=SITI)
    assert [(s.act, s.code, s.amount) for s in steps] == [
        ("inquiry", "2002400", 140_000),
        ("payment", "2002500", 140_000),
    ]
    pay(client, va=WATI)
    assert sorted(snap.paid.values()) == [(SITI, 140_000), (WATI, 200_000)]
    assert snap.tokens == 1
    assert snap.refused == 0


def test_a_repetition_keeps_its_request_id(client, snap):
    steps = pay(client, va=SITI, how=How.REPEAT)
    assert [s.code for s in steps] == ["2002400", "2002500", "2002500"]
    assert list(snap.paid.values()) == [(SITI, 140_000)]
    assert snap.order == [SITI, SITI]


def test_two_accounts_are_notified_in_the_other_order(client, snap):
    pay(client, va=SITI, other_va=WATI, how=How.REORDER)
    assert snap.order == [WATI, SITI]


def test_a_late_payment_waits(client, snap):
    waited: list[float] = []
    paying.pay(client, Order(SITI, how=How.DELAY, delay_seconds=600), pause=waited.append)
    assert waited == [60]
    assert list(snap.paid.values()) == [(SITI, 140_000)]


@pytest.mark.parametrize("how", [How.FORGE, How.ALTER])
def test_forged_and_altered_ones_are_really_that(client, snap, how):
    steps = pay(client, va=SITI, how=how)
    assert [s.code for s in steps] == ["2002400", "4012500"]
    assert snap.refused == 1
    assert snap.paid == {}


def test_another_amount_is_sent_as_typed(client, snap):
    pay(client, va=SITI, amount=1)
    assert list(snap.paid.values()) == [(SITI, 1)]


def test_an_unknown_account_is_not_paid(client, snap):
    assert [s.code for s in pay(client, va="8888899999999999")] == ["4042412"]
    assert snap.paid == {}


def test_a_lost_answer_is_asked_for_again_and_money_moves_once(client, snap):
    snap.cuts, snap.failures = 2, 1
    assert pay(client, va=SITI)[-1].code == "2002500"
    assert list(snap.paid.values()) == [(SITI, 140_000)]


def test_a_bank_gives_up_after_so_many_tries(client, snap):
    snap.cuts = 100
    assert pay(client, va=SITI)[-1].answer is None
    snap.cuts, snap.failures = 0, 100
    assert pay(client, va=SITI)[-1].code == "5002500"


def test_nobody_there_is_no_answer(address):
    client = SnapClient(Credentials("http://127.0.0.1:9", CLIENT, SECRET, PEM))
    with pytest.raises(NoAnswer):
        client.ask_token()
    assert [s.answer for s in pay(client, va=SITI)] == [None]
    client.close()


def test_a_wrong_key_gets_no_token(address):
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    client = SnapClient(Credentials(address, CLIENT, SECRET, pem))
    assert client.ask_token().code == "4017300"
    client.close()


def test_the_account_number_is_padded_to_eight():
    assert account_fields(SITI) == {
        "partnerServiceId": "   88888",
        "customerNo": "00000000011",
        "virtualAccountNo": "   8888800000000011",
    }


def test_minify_keeps_what_is_inside_strings():
    text = '{ "a" : "é … / \\" x" ,\n\t"b": [ 1 , 2 ] }'
    assert minified(text) == '{"a":"é … / \\" x","b":[1,2]}'


@given(st.recursive(st.text() | st.integers() | st.none(), st.lists))
def test_minify_equals_compact_json(value):
    spread = json.dumps({"v": value}, indent=3, ensure_ascii=False)
    assert minified(spread) == json.dumps({"v": value}, separators=(",", ":"), ensure_ascii=False)


def test_the_counter_pays_and_says_so_in_plain_words(bank, snap, address):
    shown = bank.get("/", params={"va": SITI}).text
    assert f'value="{SITI}"' in shown
    paid = bank.post("/", data={"va": "88888 0000 0000 011", "amount": ""}).text
    assert "Rp140.000" in paid
    assert "Berhasil." in paid
    assert "Nomor referensi" in paid
    assert f"{address}/iuran/" in paid
    assert list(snap.paid.values()) == [(SITI, 140_000)]


@pytest.mark.parametrize("typed", ["140000", "140.000", "Rp140.000", "Rp 140.000", "140000.00"])
def test_amounts_as_people_type_them(bank, snap, typed):
    bank.post("/", data={"va": SITI, "amount": typed})
    assert list(snap.paid.values()) == [(SITI, 140_000)]


@pytest.mark.parametrize(
    "form",
    [
        {"va": ""},
        {"va": "abc"},
        {"va": SITI, "amount": "-5"},
        {"va": SITI, "amount": "0.5"},
        {"va": SITI, "how": "magic"},
        {"va": SITI, "how": "reorder", "other_va": SITI},
        {"va": SITI, "how": "delay", "delay": "soon"},
    ],
)
def test_bad_input_is_said_and_nothing_is_paid(bank, snap, form):
    answer = bank.post("/", data=form)
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert bank.post("/pay", json=form).status_code == 400
    assert snap.paid == {}


def test_the_door_for_tests_tells_every_step(bank, snap):
    results = bank.post("/pay", json={"va": SITI, "how": "repeat"}).json()["results"]
    assert [(r["act"], r["code"], r["accepted"]) for r in results] == [
        ("inquiry", "2002400", True),
        ("payment", "2002500", True),
        ("payment", "2002500", True),
    ]
    assert results[1]["reference"] == results[2]["reference"]
    assert results[1]["amount"] == 140_000


def test_a_bank_that_is_not_registered_says_so(tmp_path):
    with serving(Bank(tmp_path / "bank.json").app()) as client:
        assert "belum terdaftar" in client.get("/").text
        assert "belum terdaftar" in client.post("/", data={"va": SITI}).text
        assert client.post("/pay", json={"va": SITI}).status_code == 503


def test_a_storm_pays_everybody_once(client, snap):
    vas = [f"88888{n:011}" for n in range(40)]
    snap.owed = dict.fromkeys(vas, 35_000)
    snap.cuts, snap.failures = 5, 5
    outcome = storm(client, vas, Storm(clients=8, repeat=0.5, forge=0.2, alter=0.2, shuffle_seed=3))
    assert outcome.accepted == dict.fromkeys(vas, 35000)
    assert outcome.unanswered == []
    assert outcome.breached == []
    assert outcome.forged == snap.refused
    assert sorted(snap.paid.values()) == [(va, 35_000) for va in vas]
    assert outcome.notifications >= 60
