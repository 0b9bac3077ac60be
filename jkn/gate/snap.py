"""The wire layer of SNAP BI that every bank door shares: signatures, tokens, answers.

Source: the official SNAP developer pages, in docs/reference/snap.md. Signatures are checked over
the raw bytes; nothing is ever re-serialised.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import logging
import re
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.conf import settings
from django.http import HttpRequest, JsonResponse

from jkn.core.clock import day_of, now
from jkn.core.db import execute
from jkn.core.errors import Limited
from jkn.core.sealing import derived_key
from jkn.gate.limits import spend_second
from jkn.gate.queries import KnownPartner, partner_by_client

log = logging.getLogger("jkn.snap")

TOKEN_SECONDS = 900
_OUTSIDE_STRINGS = re.compile(rb'("(?:[^"\\]|\\.)*")|[ \t\r\n]+')
_MAX_BODY = 64 * 1024


class SnapRefused(Exception):
    """A refusal in SNAP's own words: HTTP status, case of two digits, message."""

    def __init__(self, status: int, case: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.case = case
        self.message = message

    def response(self, service: str) -> JsonResponse:
        """Return the answer for a service code such as `25`."""
        code = f"{self.status}{service}{self.case}"
        return JsonResponse(
            {"responseCode": code, "responseMessage": self.message}, status=self.status
        )


def missing(field: str) -> SnapRefused:
    """Return the refusal for a mandatory field or header that is not there."""
    return SnapRefused(400, "02", f"Invalid Mandatory Field {{{field}}}")


def malformed(field: str) -> SnapRefused:
    """Return the refusal for a field or header in the wrong form."""
    return SnapRefused(400, "01", f"Invalid Field Format {{{field}}}")


def unauthorized(reason: str) -> SnapRefused:
    """Return the refusal for a signature, client or time that cannot be believed."""
    return SnapRefused(401, "00", f"Unauthorized. [{reason}]")


def _invalid_token() -> SnapRefused:
    # Made anew each time: an exception that is kept collects the traceback of every raise.
    return SnapRefused(401, "01", "Invalid Token (B2B)")


def minify(raw: bytes) -> bytes:
    """Return a JSON text without the white space outside its strings; nothing else changes."""
    return _OUTSIDE_STRINGS.sub(rb"\1", raw)


def fields_of(raw: bytes) -> dict[str, Any]:
    """Return the JSON object of a body, numbers with a fraction kept as text.

    Raises `SnapRefused` 400 00 for anything that is not one JSON object in UTF-8.
    """
    try:
        if len(raw) > _MAX_BODY:
            raise ValueError("too large")
        fields = json.loads(raw.decode("utf-8"), parse_float=str, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise SnapRefused(400, "00", "Bad Request") from None
    if not isinstance(fields, dict):
        raise SnapRefused(400, "00", "Bad Request")
    return fields


def _no_constant(name: str) -> None:
    raise ValueError(name)


def header(request: HttpRequest, name: str) -> str:
    """Return a mandatory header; raises `SnapRefused` 400 02 where it is missing."""
    value = request.headers.get(name, "").strip()
    if not value:
        raise missing(name)
    return value


def _fresh_timestamp(request: HttpRequest) -> str:
    text = header(request, "X-TIMESTAMP")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise malformed("X-TIMESTAMP") from None
    if moment.tzinfo is None or "T" not in text:
        raise malformed("X-TIMESTAMP")
    if abs((now() - moment).total_seconds()) > settings.SIGNATURE_WINDOW_SECONDS:
        raise unauthorized("X-TIMESTAMP")
    return text


def client_of_token_request(request: HttpRequest) -> KnownPartner:
    """Return the client of an access-token request after its RSA signature was verified."""
    client_id = header(request, "X-CLIENT-KEY")
    signature = header(request, "X-SIGNATURE")
    timestamp = _fresh_timestamp(request)
    client = partner_by_client("snap", client_id)
    if client is None:
        raise unauthorized("Unknown Client")
    if not _rsa_matches(client.public_key, f"{client_id}|{timestamp}", signature):
        log.warning("forged", extra={"code": "snap.signature"})
        raise unauthorized("Signature")
    _within_rate(client)
    return client


def _rsa_matches(public_key: str, text: str, signature: str) -> bool:
    try:
        key = load_pem_public_key(public_key.encode())
        raw = base64.b64decode(signature, validate=True)
        if not isinstance(key, RSAPublicKey):
            return False
        key.verify(raw, text.encode(), PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def issue_token(client: KnownPartner) -> str:
    """Return an access token for 900 seconds; it needs no table and survives a restart."""
    claim = f"{client.client_id}|{int(time.time()) + TOKEN_SECONDS}|{secrets.token_hex(4)}"
    raw = claim.encode()
    return base64.urlsafe_b64encode(_token_mac(raw) + raw).decode().rstrip("=")


@lru_cache(maxsize=1)
def _token_key() -> bytes:
    return derived_key(settings.SECRET_KEY, "snap.token")


def _token_mac(claim: bytes) -> bytes:
    return hmac.digest(_token_key(), claim, hashlib.sha256)[:20]


def _client_of_token(request: HttpRequest) -> KnownPartner:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise _invalid_token()
    try:
        raw = base64.urlsafe_b64decode(token.strip() + "=" * (-len(token.strip()) % 4))
        mac, claim = raw[:20], raw[20:]
        client_id, ends, _ = claim.decode().rsplit("|", 2)
        is_valid = hmac.compare_digest(mac, _token_mac(claim)) and int(ends) > time.time()
    except (ValueError, binascii.Error):
        raise _invalid_token() from None
    client = partner_by_client("snap", client_id) if is_valid else None
    if client is None:
        raise _invalid_token()
    return client


@dataclass(frozen=True, slots=True)
class SignedCall:
    """A transaction call whose token and signature were verified."""

    client: KnownPartner
    external_id: str
    fields: dict[str, Any]


def signed_call(request: HttpRequest) -> SignedCall:
    """Return the verified call; raises `SnapRefused` in the order header, token, signature, body.

    A call that fails here never counts against the client that it names, nor blocks its source.
    """
    signature = header(request, "X-SIGNATURE")
    header(request, "X-PARTNER-ID")
    header(request, "CHANNEL-ID")
    external_id = header(request, "X-EXTERNAL-ID")
    timestamp = _fresh_timestamp(request)
    client = _client_of_token(request)
    if not _hmac_matches(request, client, timestamp, signature):
        log.warning("forged", extra={"code": "snap.signature", "partner": client.name})
        raise unauthorized("Signature")
    _within_rate(client)
    if not (external_id.isascii() and external_id.isdigit() and len(external_id) <= 36):
        raise malformed("X-EXTERNAL-ID")
    return SignedCall(client, external_id, fields_of(request.body))


def _hmac_matches(
    request: HttpRequest, client: KnownPartner, timestamp: str, signature: str
) -> bool:
    token = request.headers.get("Authorization", "").partition(" ")[2].strip()
    body_hash = hashlib.sha256(minify(request.body)).hexdigest()
    path = request.get_full_path()
    # The standard signs the path after the host; some banks leave out what stands before /v1.0.
    for signed_path in (path, path.removeprefix("/openapi")):
        text = f"{request.method}:{signed_path}:{token}:{body_hash}:{timestamp}"
        digest = hmac.digest(client.secret.encode(), text.encode(), hashlib.sha512)
        for expected in (base64.b64encode(digest).decode(), digest.hex()):
            if hmac.compare_digest(expected.encode(), signature.encode()):
                return True
    return False


def _within_rate(client: KnownPartner) -> None:
    try:
        spend_second(client.id)
    except Limited:
        raise SnapRefused(429, "00", "Too Many Requests") from None


def claim_external_id(call: SignedCall) -> None:
    """Take the call's X-EXTERNAL-ID for today (WIB, real clock), in the caller's transaction.

    Raises `SnapRefused` 409 00 where this client has used it today.
    """
    claimed = execute(
        "INSERT INTO gate_externalid (partner_id, day, external_id) VALUES (%s, %s, %s)"
        " ON CONFLICT DO NOTHING RETURNING 1",
        [call.client.id, day_of(now()), call.external_id],
    )
    if not claimed:
        raise SnapRefused(409, "00", "Conflict")
