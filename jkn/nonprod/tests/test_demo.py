"""What the demo tells: keys and tokens only to its owner, addresses, people to try."""

from __future__ import annotations

import json
import stat

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from jkn.gate.queries import partner_by_client
from jkn.nonprod import demo
from jkn.nonprod.management.commands.register_bank import Command
from jkn.nonprod.partners.run import credentials_file, words_of


@pytest.fixture
def place(tmp_path):
    return demo.Place(tmp_path, 8000, "http://localhost:8000", "postgresql://x/jkn")


def told(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_banks_keys_are_made_once_and_are_private(place):
    assert demo.bank_keys(place) is True
    file = credentials_file(place.var)
    first = told(file)
    assert demo.bank_keys(demo.Place(place.var, 9000, "http://localhost:9000", "")) is False
    again = told(file)
    assert again["secret"] == first["secret"]
    assert again["base_url"] == "http://127.0.0.1:9000"
    private = file.parent / first["private_key_file"]
    for path, mode in ((file, 0o600), (private, 0o600), (file.parent, 0o700)):
        assert stat.S_IMODE(path.stat().st_mode) == mode
    public = load_pem_public_key((file.parent / first["public_key_file"]).read_bytes())
    key = load_pem_private_key(private.read_bytes(), password=None)
    assert key.public_key() == public


def test_the_file_tells_everything_and_is_private(place):
    account = {"role": "member", "nik": "1", "password": "p", "name": "Siti", "story": "lunas"}
    demo.write_private(place.accounts_file, [account])
    demo.describe(place, {"supervisor": 5, "workers": [6, 7]})
    assert stat.S_IMODE(place.file.stat().st_mode) == 0o600
    found = told(place.file)
    assert found["base_url"] == "http://localhost:8000"
    assert found["accounts"] == [account]
    assert found["partners"] == {
        "bank": "http://127.0.0.1:8001",
        "messages": "http://127.0.0.1:8002",
        "register": "http://127.0.0.1:8003",
    }
    assert found["processes"] == {"supervisor": 5, "workers": [6, 7]}
    assert found["database_url"] == place.database_url
    assert len(found["newcomers"]) == 40
    assert {"nik", "card", "kk", "birth_date", "phone"} <= set(found["without_account"][0])


def test_words_for_a_newcomer(place):
    staff = {"role": "branch", "nik": "2", "password": "q", "name": "Andi", "story": "cabang"}
    member = {"role": "member", "nik": "1", "password": "p", "name": "Siti", "story": "lunas"}
    demo.write_private(place.accounts_file, [member, staff])
    text = demo.words(place)
    for expected in (
        "http://localhost:8000",
        ":8001/",
        ":8002/",
        ":8003/",
        "Siti",
        "Andi",
        "NIK 3275",
    ):
        assert expected in text


def test_words_where_somebody_else_seeded(place):
    assert "tidak tercatat" in demo.words(place)


def test_no_secret_stands_in_a_command_line(place):
    demo.bank_keys(place)
    secret = told(credentials_file(place.var))["secret"]
    for name in ("bank", "messages", "register"):
        assert secret not in " ".join(words_of(name, port=8000, var=place.var, seed=1))


@pytest.mark.django_db
def test_the_bank_is_registered_with_its_name_as_clearing_account(place, settings):
    settings.VAR = place.var
    demo.bank_keys(place)
    for _ in range(2):
        Command().handle()
    bank = partner_by_client("snap", "bank-contoh")
    assert bank
    assert (bank.name, bank.secret) == (
        "Bank Contoh",
        told(credentials_file(place.var))["secret"],
    )
    assert "BEGIN PUBLIC KEY" in bank.public_key
