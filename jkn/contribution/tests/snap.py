"""A bank's client for tests: signs as the standard says, and can be made to sign wrongly."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client

from jkn.contribution.tests.factories import KEY, SECRET
from jkn.gate.models import Partner

_serial = itertools.count(100_000)
BASE = "/openapi/v1.0"


def timestamp(minutes: int = 0) -> str:
    """Return the time as SNAP writes it, `minutes` away from now."""
    moment = datetime.now(ZoneInfo("Asia/Jakarta")) + timedelta(minutes=minutes)
    return moment.isoformat(timespec="seconds")


class Bank:
    """One bank's program that talks to our door through Django's test client."""

    def __init__(self, partner: Partner, client: Client | None = None) -> None:
        self.partner = partner
        self.client = client or Client()
        self.token = ""

    def ask_token(self, **over: Any) -> Any:
        """Ask for an access token; headers can be replaced."""
        at = over.pop("at", timestamp())
        text = f"{self.partner.client_id}|{at}".encode()
        signature = base64.b64encode(KEY.sign(text, PKCS1v15(), SHA256())).decode()
        headers = {
            "X-TIMESTAMP": at, "X-CLIENT-KEY": self.partner.client_id, "X-SIGNATURE": signature,
            **over.pop("headers", {}),
        }  # fmt: skip
        body = over.pop("body", json.dumps({"grantType": "client_credentials"}))
        return self.client.post(
            f"{BASE}/access-token/b2b", body, content_type="application/json",
            headers={k: v for k, v in headers.items() if v is not None},
        )  # fmt: skip

    def call(self, service: str, fields: Any, **over: Any) -> Any:
        """Send a signed call; `raw`, `headers`, `secret`, `at`, `token` replace what is right."""
        path = f"{BASE}/{service if '/' in service else f'transfer-va/{service}'}"
        raw = over.pop("raw", None) or json.dumps(fields).encode()
        at = over.pop("at", timestamp())
        token = over.pop("token", None) or self.signed_in()
        digest = hashlib.sha256(over.pop("minified", None) or _minified(raw)).hexdigest()
        text = f"POST:{path}:{token}:{digest}:{at}"
        mac = hmac.digest(over.pop("secret", SECRET).encode(), text.encode(), "sha512")
        headers = {
            "Authorization": f"Bearer {token}", "X-TIMESTAMP": at,
            "X-SIGNATURE": base64.b64encode(mac).decode(), "X-PARTNER-ID": self.partner.client_id,
            "X-EXTERNAL-ID": over.pop("external_id", None) or str(next(_serial)),
            "CHANNEL-ID": "95231", **over.pop("headers", {}),
        }  # fmt: skip
        return self.client.post(
            path, over.pop("sent", raw), content_type="application/json",
            headers={k: v for k, v in headers.items() if v is not None},
        )  # fmt: skip

    def signed_in(self) -> str:
        """Return a token, asked for once."""
        if not self.token:
            self.token = self.ask_token().json()["accessToken"]
        return self.token

    def inquire(self, va: str, request_id: str, **over: Any) -> Any:
        """Ask what a virtual account owes."""
        return self.call("inquiry", {**account(va), "inquiryRequestId": request_id}, **over)

    def pay(self, va: str, request_id: str, amount: int, **over: Any) -> Any:
        """Report a payment."""
        fields = {
            **account(va), "paymentRequestId": request_id, "paidAmount": money(amount),
            "referenceNo": over.pop("reference", f"REF{request_id}"), "trxDateTime": timestamp(),
            **over.pop("fields", {}),
        }  # fmt: skip
        return self.call("payment", fields, **over)

    def scan(self, code: str, reference: str, amount: int, **over: Any) -> Any:
        """Report that a QRIS was paid, by the bill number that it carries."""
        fields = {
            "originalReferenceNo": reference, "originalPartnerReferenceNo": code,
            "latestTransactionStatus": "00", "amount": money(amount),
            **over.pop("fields", {}),
        }  # fmt: skip
        return self.call("qr/qr-mpm-notify", fields, **over)


def account(va: str) -> dict[str, str]:
    """Return the three fields that name a virtual account."""
    service = va[:5].rjust(8)
    return {"partnerServiceId": service, "customerNo": va[5:], "virtualAccountNo": service + va[5:]}


def money(rupiah: int) -> dict[str, str]:
    """Return an amount as SNAP writes it."""
    return {"value": f"{rupiah}.00", "currency": "IDR"}


def _minified(raw: bytes) -> bytes:
    # Independent of the code under test: json keeps what Python itself wrote, without spaces.
    try:
        return json.dumps(json.loads(raw), separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        return raw
