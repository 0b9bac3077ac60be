"""A SNAP BI client, as a bank runs one: token, inquiry, payment, status.

Written from docs/reference/snap.md, not from our server, so that the two can
disagree in a test. Pure: urllib3 and cryptography, no Django.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import urllib3
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from jkn.core.clock import JAKARTA

ROOT = "/openapi/v1.0"
TIMEOUT = urllib3.Timeout(total=10.0, connect=3.0)
_SPARE_SECONDS = 30  # a token is renewed so long before it ends
_CHANNEL = "95221"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a bank knows: where we are, who it is, its secret and its private key (PEM)."""

    base_url: str
    client_id: str
    secret: str
    private_key: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `code` is the responseCode, or "" where none could be read."""

    status: int
    body: dict[str, Any]

    @property
    def code(self) -> str:
        """The seven digits of SNAP: HTTP status, service, case."""
        return str(self.body.get("responseCode", ""))

    @property
    def is_accepted(self) -> bool:
        """Whether it is a 200xx00."""
        return self.code[:3] == "200" and self.code[5:] == "00"

    @property
    def account(self) -> dict[str, Any]:
        """The virtualAccountData, or an empty object."""
        found = self.body.get("virtualAccountData")
        return found if isinstance(found, dict) else {}

    @property
    def amount(self) -> int:
        """The total that an inquiry quoted, in whole rupiah; 0 where it quoted none."""
        value = self.account.get("totalAmount", {}).get("value", "0")
        return int(str(value).partition(".")[0] or 0)


class NoAnswer(Exception):
    """The other side did not answer, or not with JSON: nobody knows what happened there."""


def minified(text: str) -> str:
    """Return JSON text without the white space outside strings, otherwise byte for byte."""
    kept, in_string, escaped = [], False, False
    for letter in text:
        if in_string:
            kept.append(letter)
            if escaped:
                escaped = False
            elif letter == "\\":
                escaped = True
            elif letter == '"':
                in_string = False
        elif letter not in " \t\r\n":
            kept.append(letter)
            in_string = letter == '"'
    return "".join(kept)


def timestamp() -> str:
    """Return the real time as SNAP writes it: 2026-11-22T14:30:00+07:00."""
    return datetime.now(JAKARTA).isoformat(timespec="seconds")


def external_id() -> str:
    """Return a number that is unique for the day: 20 digits of time and chance."""
    return f"{time.time_ns() // 1000:016}{secrets.randbelow(10_000):04}"


def signature_of(secret: str, *, method: str, path: str, token: str, body: str, at: str) -> str:
    """Return X-SIGNATURE of a transaction: HMAC-SHA512 in base64."""
    digest = hashlib.sha256(minified(body).encode()).hexdigest()
    signed = f"{method}:{path}:{token}:{digest}:{at}"
    return base64.b64encode(hmac.digest(secret.encode(), signed.encode(), "sha512")).decode()


def account_fields(va: str) -> dict[str, str]:
    """Return the three fields that name a virtual account; the first is padded to 8."""
    service, customer = va[:5].rjust(8), va[5:]
    return {
        "partnerServiceId": service,
        "customerNo": customer,
        "virtualAccountNo": service + customer,
    }


def rupiah_value(amount: int) -> dict[str, str]:
    """Return an amount as SNAP writes it: {"value": "140000.00", "currency": "IDR"}."""
    return {"value": f"{amount}.00", "currency": "IDR"}


@dataclass
class SnapClient:
    """One bank's client; safe to use from several threads."""

    credentials: Credentials
    _token: str = ""
    _ends: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._http = urllib3.PoolManager(maxsize=64, retries=False, timeout=TIMEOUT)
        key = load_pem_private_key(self.credentials.private_key, password=None)
        if not isinstance(key, RSAPrivateKey):
            raise TypeError("SNAP needs an RSA key")
        self._key = key

    def close(self) -> None:
        """Close the connections."""
        self._http.clear()

    def ask_token(self) -> Answer:
        """Ask for an access token (service 73), signed with the private key."""
        at = timestamp()
        signed = f"{self.credentials.client_id}|{at}".encode()
        signature = base64.b64encode(self._key.sign(signed, padding.PKCS1v15(), SHA256())).decode()
        headers = {
            "X-TIMESTAMP": at,
            "X-CLIENT-KEY": self.credentials.client_id,
            "X-SIGNATURE": signature,
        }
        body = json.dumps({"grantType": "client_credentials"})
        return self._post(f"{ROOT}/access-token/b2b", body, headers)

    def token(self) -> str:
        """Return a token that still holds; raises `NoAnswer` where none is given."""
        with self._lock:
            if time.monotonic() < self._ends:
                return self._token
            answer = self.ask_token()
            token = answer.body.get("accessToken")
            if not answer.is_accepted or not isinstance(token, str):
                raise NoAnswer(f"no token: {answer.status} {answer.code}")
            seconds = int(str(answer.body.get("expiresIn", "0")) or 0)
            self._token, self._ends = token, time.monotonic() + max(0, seconds - _SPARE_SECONDS)
            return token

    def forget_token(self) -> None:
        """Ask for a new token next time, after a 401xx01."""
        with self._lock:
            self._ends = 0.0

    def inquiry(self, va: str, *, request_id: str) -> Answer:
        """Ask what is owed on a virtual account (service 24)."""
        return self.call("/transfer-va/inquiry", inquiry_body(va, request_id=request_id))

    def payment(
        self, va: str, *, request_id: str, amount: int, reference: str, is_repeat: bool = False
    ) -> Answer:
        """Tell that money was paid (service 25); a repetition carries flagAdvise Y."""
        body = payment_body(
            va, request_id=request_id, amount=amount, reference=reference, is_repeat=is_repeat
        )
        return self.call("/transfer-va/payment", body)

    def status(self, va: str, *, request_id: str) -> Answer:
        """Ask what became of a payment (service 26)."""
        return self.call("/transfer-va/status", inquiry_body(va, request_id=request_id))

    def scanned(self, code: str, *, reference: str, amount: int) -> Answer:
        """Tell that a QRIS was paid (service 52), by the bill number that it carries."""
        body = {
            "originalReferenceNo": reference,
            "originalPartnerReferenceNo": code,
            "latestTransactionStatus": "00",
            "transactionStatusDesc": "Success",
            "amount": rupiah_value(amount),
            "transactionDate": timestamp(),
            "additionalInfo": {},
        }
        return self.call("/qr/qr-mpm-notify", body)

    def call(
        self, path: str, body: dict[str, Any], *, secret: str = "", sent: str = "",
        headers: dict[str, str] | None = None,
    ) -> Answer:  # fmt: skip
        """Post a signed transaction.

        For tests of refusals: `secret` signs with another one, `sent` sends another text than was
        signed, `headers` replaces some. Raises `NoAnswer`.
        """
        token, at, text = self.token(), timestamp(), json.dumps(body)
        signature = signature_of(
            secret or self.credentials.secret,
            method="POST", path=f"{ROOT}{path}", token=token, body=text, at=at,
        )  # fmt: skip
        all_headers = {
            "Authorization": f"Bearer {token}",
            "X-TIMESTAMP": at,
            "X-SIGNATURE": signature,
            "X-PARTNER-ID": self.credentials.client_id,
            "X-EXTERNAL-ID": external_id(),
            "CHANNEL-ID": _CHANNEL,
            **(headers or {}),
        }
        answer = self._post(f"{ROOT}{path}", sent or text, all_headers)
        if answer.code[:3] == "401" and answer.code[5:] == "01":
            self.forget_token()
        return answer

    def _post(self, path: str, text: str, headers: dict[str, str]) -> Answer:
        try:
            response = self._http.request(
                "POST",
                self.credentials.base_url.rstrip("/") + path,
                body=text.encode(),
                headers={"Content-Type": "application/json", **headers},
                redirect=False,
            )
            body = response.json()
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise NoAnswer(type(error).__name__) from error
        if not isinstance(body, dict):
            raise NoAnswer("the answer is no object")
        return Answer(response.status, body)


def inquiry_body(va: str, *, request_id: str) -> dict[str, Any]:
    """Return the body of an inquiry or a status question."""
    return {
        **account_fields(va),
        "inquiryRequestId": request_id,
        "trxDateInit": timestamp(),
        "channelCode": 6011,
        "additionalInfo": {},
    }


def payment_body(
    va: str, *, request_id: str, amount: int, reference: str, is_repeat: bool = False
) -> dict[str, Any]:
    """Return the body of a payment's notification."""
    return {
        **account_fields(va),
        "paymentRequestId": request_id,
        "channelCode": 6011,
        "paidAmount": rupiah_value(amount),
        "totalAmount": rupiah_value(amount),
        "trxDateTime": timestamp(),
        "referenceNo": reference,
        "flagAdvise": "Y" if is_repeat else "N",
        "additionalInfo": {},
    }
