"""Partners' programs: registered by a command, secrets sealed, revoked at once; their tokens end."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import RequestFactory

from jkn.gate.actions import add_partner, revoke_partner
from jkn.gate.models import ExternalId, Partner
from jkn.gate.queries import partner_by_client
from jkn.gate.snap import TOKEN_SECONDS, SnapRefused, _client_of_token, issue_token, minify

pytestmark = pytest.mark.django_db
SECRET = "rahasia-bank-yang-panjang"


@pytest.fixture
def key_file(tmp_path):
    file = tmp_path / "bank.pem"
    file.write_text("-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----\n")
    return str(file)


def known_as(client_id, kind="snap") -> Any:
    """Return a program that is there."""
    return partner_by_client(kind, client_id)


def add(key_file, **over):
    values = {"client-id": "bank-1", "secret": SECRET, "public-key": key_file, **over}
    words = [word for name, value in values.items() for word in (f"--{name}", value)]
    call_command("partner", "add", "snap", *words)


def test_a_bank_is_added_and_its_secret_is_never_printed(key_file, capsys):
    add(key_file, name="bank-contoh")
    call_command("partner", "list")
    told = capsys.readouterr().out
    assert "bank-1" in told
    assert SECRET not in told

    known = known_as("bank-1")
    assert (known.name, known.secret) == ("bank-contoh", SECRET)
    assert SECRET.encode() not in bytes(Partner.objects.get().secret_sealed)


def test_its_name_is_its_client_id_unless_given(key_file):
    add(key_file)
    assert known_as("bank-1").name == "bank-1"


def test_adding_again_renews_the_keys_and_opens_it_again(key_file):
    add(key_file)
    first = known_as("bank-1")
    call_command("partner", "revoke", "snap", "bank-1")
    assert partner_by_client("snap", "bank-1") is None
    add(key_file, secret="lain")
    renewed = known_as("bank-1")
    assert (renewed.id, renewed.secret) == (first.id, "lain")
    assert Partner.objects.count() == 1


def test_a_hospitals_program_has_a_facility_and_a_user_key(capsys):
    call_command(
        "partner", "add", "bpjs", "--cons-id", "77", "--secret", SECRET, "--user-key", "u-key",
        "--facility", "3275R001",
    )  # fmt: skip
    known = known_as("77", "bpjs")
    assert (known.user_key, known.facility_id) == ("u-key", "3275R001")
    assert partner_by_client("snap", "77") is None
    call_command("partner", "list", "--json")
    rows = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert rows == [
        {"kind": "bpjs", "client_id": "77", "name": "77", "facility": "3275R001", "revoked": False}
    ]


def test_what_cannot_be_is_said_plainly(key_file, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        add(str(tmp_path / "nothing.pem"))
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    with pytest.raises(CommandError, match="ascii"):
        add(str(binary))
    with pytest.raises(CommandError, match=r"partner\.invalid"):
        add(key_file, secret="")
    with pytest.raises(CommandError, match=r"partner\.invalid"):
        add(key_file, **{"client-id": "x" * 65})
    with pytest.raises(CommandError, match="is not known"):
        call_command("partner", "revoke", "snap", "nobody")
    assert not Partner.objects.exists()


# Tokens.


@pytest.fixture
def bank(db):
    add_partner(kind="snap", client_id="bank|1", secret=SECRET)
    return partner_by_client("snap", "bank|1")


def client_of(token, scheme="Bearer"):
    request = RequestFactory().post("/", headers={"authorization": f"{scheme} {token}"})
    return _client_of_token(request)


def test_a_token_names_its_client_until_it_ends(bank):
    with time_machine.travel("2026-11-22T10:00:00+07:00", tick=False) as clock:
        token = issue_token(bank)
        clock.shift(TOKEN_SECONDS - 1)
        assert client_of(token) == client_of(token, "bearer") == bank
        clock.shift(1)
        with pytest.raises(SnapRefused) as refused:
            client_of(token)
    assert (refused.value.status, refused.value.case) == (401, "01")


def test_an_altered_or_made_up_token_is_refused(bank):
    token = issue_token(bank)
    raw = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    wrong = ["", "x", "é", "A" * 100, token[:-4], token + "AAAA"]
    for place in range(0, len(raw), 7):
        raw[place] ^= 1
        wrong.append(base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("="))
        raw[place] ^= 1
    for text in wrong:
        with pytest.raises(SnapRefused, match="Invalid Token"):
            client_of(text)
    with pytest.raises(SnapRefused):
        client_of(token, "Basic")


def test_a_refused_token_keeps_no_trace_in_memory(bank):
    """An exception that is raised again and again collects every caller's frames."""
    lengths = set()
    for _ in range(5):
        with pytest.raises(SnapRefused) as refused:
            client_of("forged")
        lengths.add(len(refused.traceback))
    assert len(lengths) == 1


def test_a_revoked_client_has_no_token(bank):
    token = issue_token(bank)
    revoke_partner(kind="snap", client_id="bank|1")
    with pytest.raises(SnapRefused, match="Invalid Token"):
        client_of(token)


@pytest.mark.parametrize(
    ("raw", "small"),
    [
        (b'{"a": 1,\n\t"b": "x y"}', b'{"a":1,"b":"x y"}'),
        (b'{"a": "say \\"hi there\\" "}', b'{"a":"say \\"hi there\\" "}'),
        (b'{"a": "\\\\" , "b": " "}', b'{"a":"\\\\","b":" "}'),
        (b"", b""),
        (b'{"a": "open', b'{"a":"open'),
    ],
)
def test_minifying_touches_nothing_inside_strings(raw, small):
    assert minify(raw) == small


def test_a_long_body_is_minified_in_little_time():
    with time_machine.travel(0, tick=True):
        minify(b'"' + b"\\" * 60_000)
        minify(b" " * 60_000 + b'"a' * 30_000)


def test_an_external_id_is_of_a_day_and_a_client():
    key = [f.name for f in ExternalId._meta.pk_fields]
    assert key == ["partner_id", "day", "external_id"]
