"""Proofs by a device of the person: passkeys (WebAuthn) and authenticator apps (TOTP).

The WebAuthn package costs a worker 7 MB, and few sign-ins a minute need it: it is loaded at the
first passkey. Challenges are not stored: the page carries one that we signed.
"""

from __future__ import annotations

import base64
import importlib
import json
import secrets
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import pyotp

from jkn.core.errors import Refused
from jkn.core.words import N_

CHALLENGE_SECONDS = 15 * 60
STEP_SECONDS = 30
ISSUER = "jkn"


@dataclass(frozen=True, slots=True)
class Site:
    """Which pages a passkey belongs to: the host name and the whole origin."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class NewKey:
    """What is stored of a passkey that was just made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: str


@lru_cache(maxsize=1)
def _webauthn() -> Any:
    return importlib.import_module("webauthn")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def as_text(raw: bytes | memoryview) -> str:
    """Return bytes as scripts of pages read them: base64url without padding."""
    return base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()


def account_of(credential: str) -> int | None:
    """Return the account that a passkey's answer names (its user handle), before it is proven."""
    try:
        handle = json.loads(credential)["response"]["userHandle"]
        raw = _bytes(handle)
    except (ValueError, KeyError, TypeError):
        return None
    return int.from_bytes(raw, "big") if len(raw) == 8 else None


def credential_id_of(credential: str) -> bytes:
    """Return the id of the key that answered; refuses `passkey.invalid`."""
    try:
        return _bytes(json.loads(credential)["rawId"])
    except (ValueError, KeyError, TypeError):
        raise _refused() from None


def handle_of(account_id: int) -> bytes:
    """Return the user handle of an account: its id, which means nothing to a stranger."""
    return account_id.to_bytes(8, "big")


def check_new_key(credential: str, *, challenge: bytes, site: Site) -> NewKey:
    """Return the new passkey, proven; refuses `passkey.invalid`. The person was verified by it."""
    try:
        given = _webauthn().verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
        transports = json.loads(credential)["response"].get("transports", [])
    except _expected_errors():
        raise _refused() from None
    known = [t for t in transports if t in ("internal", "hybrid", "usb", "nfc", "ble")]
    return NewKey(
        given.credential_id, given.credential_public_key, given.sign_count, ",".join(known)
    )


def check_answer(
    credential: str, *, challenge: bytes, site: Site, public_key: bytes, sign_count: int
) -> int:
    """Return the key's new counter where its answer is good; refuses `passkey.invalid`."""
    try:
        given = _webauthn().verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except _expected_errors():
        raise _refused() from None
    return int(given.new_sign_count)


def _expected_errors() -> tuple[type[Exception], ...]:
    helpers = importlib.import_module("webauthn.helpers.exceptions")
    return (helpers.WebAuthnException, ValueError, KeyError, TypeError, AttributeError)


def _refused() -> Refused:
    return Refused(
        "passkey.invalid", N_("Kunci ponsel ini tidak cocok. Coba lagi, atau pakai cara lain.")
    )


def new_totp_secret() -> str:
    """Return a new secret for an authenticator app: 160 bits in base 32."""
    return pyotp.random_base32()


def totp_address(secret: str, *, name: str) -> str:
    """Return the address that an authenticator app reads from the QR code."""
    return f"otpauth://totp/{ISSUER}:{quote(name)}?secret={secret}&issuer={ISSUER}"


def totp_step(secret: str, digits: str, *, at: float | None = None) -> int | None:
    """Return the 30-second step that the digits belong to, or None; one step off is allowed."""
    totp, now = pyotp.TOTP(secret), int((time.time() if at is None else at) // STEP_SECONDS)
    for step in (now, now - 1, now + 1):
        if secrets.compare_digest(totp.at(step * STEP_SECONDS), digits):
            return step
    return None
