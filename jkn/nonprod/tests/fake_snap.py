"""A tiny SNAP server that verifies every signature: what the bank's client is tested against."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from jkn.nonprod.partners.http import App, Cut, Request, Response, json_response

SECRET = "rahasia-bank"
CLIENT = "BANK-CONTOH"


@dataclass
class FakeSnap:
    """Accounts with what they owe; money moves once per paymentRequestId."""

    key: rsa.RSAPrivateKey
    owed: dict[str, int]
    cuts: int = 0  # so many payments are booked without an answer
    failures: int = 0  # so many payments are answered with 500
    external_ids: set[str] = field(default_factory=set)
    paid: dict[str, tuple[str, int]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    refused: int = 0
    tokens: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def app(self) -> App:
        app = App()
        app.route("POST", "/openapi/v1.0/access-token/b2b", self.token)
        app.route("POST", "/openapi/v1.0/transfer-va/inquiry", self.inquiry)
        app.route("POST", "/openapi/v1.0/transfer-va/payment", self.payment)
        return app

    def token(self, request: Request) -> Response:
        signed = f"{request.headers['x-client-key']}|{request.headers['x-timestamp']}".encode()
        signature = base64.b64decode(request.headers["x-signature"])
        try:
            self.key.public_key().verify(signature, signed, padding.PKCS1v15(), SHA256())
        except InvalidSignature:
            return json_response({"responseCode": "4017300"}, 401)
        assert request.json == {"grantType": "client_credentials"}
        self.tokens += 1
        return json_response(
            {"responseCode": "2007300", "accessToken": f"t{self.tokens}", "expiresIn": "900"}
        )

    def is_signed(self, request: Request) -> bool:
        headers = request.headers
        assert headers["x-partner-id"] == CLIENT
        assert headers["channel-id"]
        with self.lock:
            assert headers["x-external-id"].isdigit()
            assert headers["x-external-id"] not in self.external_ids
            self.external_ids.add(headers["x-external-id"])
        token = headers["authorization"].removeprefix("Bearer ")
        # json.dumps puts a space after ":" and ","; no test value holds one inside but the
        # padded account number, which json keeps.
        plain = json.dumps(json.loads(request.body), separators=(",", ":"))
        digest = hashlib.sha256(plain.encode()).hexdigest()
        text = f"POST:{request.path}:{token}:{digest}:{headers['x-timestamp']}"
        expected = hmac.digest(SECRET.encode(), text.encode(), "sha512")
        return hmac.compare_digest(base64.b64decode(headers["x-signature"]), expected)

    def inquiry(self, request: Request) -> Response:
        if not self.is_signed(request):
            return self.refuse()
        va = self.va_of(request)
        if va not in self.owed:
            return json_response({"responseCode": "4042412"}, 404)
        if not self.owed[va]:
            return json_response({"responseCode": "4042414"}, 404)
        total = {"value": f"{self.owed[va]}.00", "currency": "IDR"}
        return json_response(
            {"responseCode": "2002400", "virtualAccountData": {"totalAmount": total}}
        )

    def payment(self, request: Request) -> Response:
        if not self.is_signed(request):
            return self.refuse()
        va, body = self.va_of(request), request.json
        amount = int(body["paidAmount"]["value"].removesuffix(".00"))
        with self.lock:
            if self.failures:
                self.failures -= 1
                return json_response({"responseCode": "5002500"}, 500)
            first = self.paid.setdefault(body["paymentRequestId"], (va, amount))
            self.order.append(va)
            if self.cuts:
                self.cuts -= 1
                raise Cut
        assert first == (va, amount)
        return json_response({"responseCode": "2002500"})

    def refuse(self) -> Response:
        with self.lock:
            self.refused += 1
        return json_response({"responseCode": "4012500"}, 401)

    @staticmethod
    def va_of(request: Request) -> str:
        body = request.json
        assert body["virtualAccountNo"] == body["partnerServiceId"] + body["customerNo"]
        assert len(body["partnerServiceId"]) == 8
        return str(body["virtualAccountNo"]).strip()
