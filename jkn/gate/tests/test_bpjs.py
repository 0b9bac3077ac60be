"""The X-cons layer: who is believed, what is sealed, what is counted; LZ-String as others have it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from lzstring import LZString

from jkn.gate.actions import revoke_partner
from jkn.gate.bpjs import VCLAIM, Service, XconsRefused, any_case, declined, signed_call, xcons
from jkn.gate.lzstring import compress_to_encoded_uri_component
from jkn.gate.models import Rate
from jkn.gate.tests.hospital import USER_KEY, Hospital, a_hospital, opened, seconds


@pytest.fixture
def hospital(db):
    return Hospital(a_hospital())


def request(hospital, body=b"", content_type="application/json", **over):
    return RequestFactory().generic(
        "POST", "/", body, content_type, headers=hospital.headers(**over)
    )


@xcons(VCLAIM, methods=("POST",))
def echo(call, **path):
    return {"fields": call.fields(), **path}


def said_by(answer: Any) -> Any:
    return json.loads(answer.content)


def refused_with(hospital, **over):
    with pytest.raises(XconsRefused) as caught:
        signed_call(request(hospital, **over))
    return caught.value


def test_a_signed_call_names_its_program_and_facility(hospital):
    call = signed_call(request(hospital))

    assert call.client.client_id == hospital.partner.client_id
    assert (call.actor.role, call.actor.name) == ("partner", "RS Contoh")
    assert (call.actor.account_id, call.actor.facility_id) == (hospital.partner.id, "3275R001")


def test_names_of_headers_in_any_case(hospital):
    headers = {name.upper(): value for name, value in hospital.headers().items()}
    assert signed_call(RequestFactory().get("/", headers=headers)).client.name == "RS Contoh"
    headers = {name.lower(): value for name, value in hospital.headers().items()}
    assert signed_call(RequestFactory().get("/", headers=headers)).client.name == "RS Contoh"


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ({"secret": "not the secret"}, "X-signature tidak sesuai"),
        ({"secret": ""}, "X-signature tidak sesuai"),
        ({"headers": {"X-signature": "AAAA"}}, "X-signature tidak sesuai"),
        ({"headers": {"X-signature": "é"}}, "X-signature tidak sesuai"),
        ({"user_key": "another key"}, "user_key tidak sesuai"),
        ({"user_key": USER_KEY.upper()}, "user_key tidak sesuai"),
        ({"client_id": "99999"}, "X-cons-id tidak terdaftar"),
        ({"client_id": "9" * 65}, "X-cons-id tidak terdaftar"),
        ({"headers": {"X-cons-id": "1\x00"}}, "X-cons-id tidak terdaftar"),
        ({"headers": {"X-timestamp": "now"}}, "X-timestamp bukan detik Unix (UTC)"),
        ({"headers": {"X-timestamp": "١٢٣"}}, "X-timestamp bukan detik Unix (UTC)"),
        ({"headers": {"X-timestamp": "-1"}}, "X-timestamp bukan detik Unix (UTC)"),
        ({"headers": {"X-timestamp": "9" * 13}}, "X-timestamp bukan detik Unix (UTC)"),
        ({"headers": {"X-timestamp": "0"}}, "X-timestamp sudah kedaluwarsa"),
    ],
)
def test_a_caller_that_cannot_be_believed(hospital, over, message):
    refused = refused_with(hospital, **over)

    assert (refused.status, refused.code, refused.message) == (401, 401, message)
    assert not Rate.objects.exists()


@pytest.mark.parametrize("name", ["X-cons-id", "X-timestamp", "X-signature", "user_key"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_header(hospital, name, value):
    refused = refused_with(hospital, headers={name: value})
    assert (refused.status, refused.message) == (401, f"Header {name} wajib diisi")


@pytest.mark.parametrize("away", [-301, 302, -36_000, 7 * 3600])
def test_a_stale_time(hospital, away):
    assert refused_with(hospital, at=seconds(away)).message == "X-timestamp sudah kedaluwarsa"


@pytest.mark.parametrize("away", [-290, 290])
def test_a_clock_that_is_a_little_off(hospital, away):
    assert signed_call(request(hospital, at=seconds(away))).timestamp == hospital.at


def test_the_window_is_a_setting(hospital, settings):
    settings.SIGNATURE_WINDOW_SECONDS = 10
    assert refused_with(hospital, at=seconds(-60)).message == "X-timestamp sudah kedaluwarsa"


def test_the_texts_are_a_setting(hospital, settings):
    settings.BPJS_WORDS = {"signature": "Signature Not Match"}
    assert refused_with(hospital, secret="wrong").message == "Signature Not Match"


def test_a_revoked_program_is_refused_at_once(hospital):
    signed_call(request(hospital))
    revoke_partner(kind="bpjs", client_id=hospital.partner.client_id)
    assert refused_with(hospital).message == "X-cons-id tidak terdaftar"


def test_new_keys_end_the_old_ones(hospital):
    a_hospital(client_id=hospital.partner.client_id, secret="new", user_key="newer")

    assert refused_with(hospital).message == "X-signature tidak sesuai"
    assert refused_with(hospital, secret="new").message == "user_key tidak sesuai"
    signed_call(request(hospital, secret="new", user_key="newer"))


def test_a_bank_is_no_hospital_even_with_the_same_id(hospital):
    a_hospital(kind="snap", client_id="bank-1")
    assert refused_with(hospital, client_id="bank-1").message == "X-cons-id tidak terdaftar"


def test_a_program_without_user_key_is_refused(db):
    hospital = Hospital(a_hospital(user_key=""))
    assert refused_with(hospital).message == "user_key tidak sesuai"


@time_machine.travel(1_795_392_500, tick=False)
def test_more_than_the_limit_is_429_and_forged_calls_never_count(hospital, settings):
    settings.PARTNER_REQUESTS_PER_SECOND = 3
    for _ in range(10):
        refused_with(hospital, secret="forged")
        refused_with(hospital, user_key="forged")
    for _ in range(3):
        signed_call(request(hospital))
    refused = refused_with(hospital)

    assert (refused.status, refused.code) == (429, 429)
    assert Rate.objects.get(partner_id=hospital.partner.id).count == 4
    signed_call(request(Hospital(a_hospital())))  # another hospital is not held back


def test_a_forged_call_is_logged_without_what_it_sent(hospital, caplog):
    refused_with(hospital, secret="forged")

    (record,) = caplog.records
    assert (record.name, record.msg, record.code) == ("jkn.bpjs", "forged", "bpjs.signature")
    assert not record.args


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data",
     "", "nonsense"],
)  # fmt: skip
def test_a_body_is_json_whatever_its_type_says(hospital, content_type):
    answer = echo(request(hospital, b'{"a": "1"}', content_type), sub="1")

    assert answer.status_code == 200
    told = said_by(answer)
    assert told["metaData"] == {"code": "200", "message": "OK"}
    said = opened(told["response"], client_id=hospital.partner.client_id, at=hospital.at)
    assert said == {"fields": {"a": "1"}, "sub": "1"}
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{", b"\xff\xfe", b"[" * 50_000, b'"x"', b"a=1", b'{"a":"' + b"x" * 70_000,
     b"x" * 3_000_000, b'{"a":"\\u0000"}', b'{"a":["\\ud800"]}'],
)  # fmt: skip
def test_a_body_that_is_no_object(hospital, body):
    answer = echo(request(hospital, body))

    assert answer.status_code == 400
    assert said_by(answer) == {
        "metaData": {"code": "400", "message": "Isi permintaan bukan JSON"}, "response": None,
    }  # fmt: skip


def test_each_call_is_sealed_for_itself(hospital):
    """The key is made of the call's own time: a later call cannot be opened with it."""
    first = said_by(echo(request(hospital, b"{}", at=seconds(-5))))["response"]
    later = said_by(echo(request(hospital, b"{}")))["response"]
    assert first != later


def test_letters_of_every_kind_arrive(hospital):
    said = {"nama": "Siti “Ñ” 语 😀 \x00"}
    call = signed_call(request(hospital))
    sealed = call.sealed(said)
    assert opened(sealed, client_id=hospital.partner.client_id, at=hospital.at) == said


def test_a_service_may_write_its_head_otherwise():
    told = json.loads(Service("metadata", int).refusal(declined("x", "Tidak ada")).content)
    assert told == {"metadata": {"code": 201, "message": "Tidak ada"}, "response": None}


@pytest.mark.parametrize(
    ("error", "status", "code"), [(OperationalError("x"), 503, "503"), (KeyError("x"), 500, "500")]
)
def test_a_fault_of_ours_is_told_in_the_envelope(hospital, error, status, code):
    @xcons(VCLAIM, methods=("POST",))
    def broken(call):
        raise error

    answer = broken(request(hospital))
    told = said_by(answer)
    assert (answer.status_code, told["metaData"]["code"], told["response"]) == (status, code, None)


@pytest.mark.parametrize(
    "path", ["vclaim-rest/SEP/2.0/x1", "VCLAIM-REST/sep/2.0/x1", "vclaim-rest/Sep/2.0/x1/"]
)
def test_routes_match_in_any_case_and_keep_what_they_are_given(path):
    route = any_case("vclaim-rest/SEP/2.0/<no>", echo, name="sep")
    assert str(route.pattern) == "vclaim-rest/SEP/2.0/<no>"
    match = route.resolve(path)
    assert match is not None
    assert match.kwargs == {"no": "x1"}


@pytest.mark.parametrize(
    "path", ["vclaim-rest/SEP/200/x1", "vclaim-rest/SEP/2.0/x/1", "a/vclaim-rest/SEP/2.0/x1",
             "vclaim-rest/SEP/2.0/"],
)  # fmt: skip
def test_other_routes_do_not_match(path):
    assert any_case("vclaim-rest/SEP/2.0/<no>", echo, name="sep").resolve(path) is None


LETTERS = st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"])


@given(st.one_of(st.text(LETTERS), st.text("ab"), st.text("é语a0"), st.text(LETTERS, min_size=300)))
def test_lz_string_as_the_others_have_it(text):
    ours = compress_to_encoded_uri_component(text)

    assert ours == LZString().compressToEncodedURIComponent(text)
    assert text == (LZString().decompressFromEncodedURIComponent(ours) or "")


def test_lz_string_of_a_known_text():
    """From the program that made the format (lz-string 1.5 in JavaScript)."""
    assert compress_to_encoded_uri_component("") == "Q"
    assert compress_to_encoded_uri_component("hello") == "BYUwNmD2Q"


def test_lz_string_refuses_what_the_others_would_garble():
    with pytest.raises(ValueError, match="above U"):
        compress_to_encoded_uri_component("😀")


def test_a_signature_made_by_another_program(db):
    """printf '%s' '12345&1795392600' | openssl dgst -sha256 -hmac rahasia -binary | base64."""
    a_hospital(client_id="12345", secret="rahasia")
    headers = {
        "X-cons-id": "12345", "X-timestamp": "1795392600", "user_key": USER_KEY,
        "X-signature": "s4tVKfe34lNh1obdwjDdveu+zzQ4joU+USj26GVCCfw=",
    }  # fmt: skip
    with time_machine.travel(1_795_392_500, tick=False):
        assert signed_call(RequestFactory().get("/", headers=headers)).client.client_id == "12345"
