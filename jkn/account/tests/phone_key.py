"""A phone's lock in software: makes and answers passkey questions as browsers do."""

from __future__ import annotations

import hashlib
import json
import secrets

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings

from jkn.account.authenticators import as_text

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class PhoneKey:
    """One passkey of one phone."""

    def __init__(
        self,
        *,
        origin: str = "",
        host: str = "localhost",
        verifies: bool = True,
        counts: bool = True,
    ) -> None:
        self.origin = origin or settings.ORIGIN
        self.host = host
        self.flags = PRESENT | (VERIFIED if verifies else 0)
        self.id = secrets.token_bytes(32)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.handle = b""
        self.count, self.step = 0, int(counts)  # keys that live in a cloud do not count

    def make(self, question: str, handle: bytes) -> str:
        """Return the answer to a question for a new key."""
        self.handle = handle
        numbers = self.key.public_key().public_numbers()
        cose = {
            1: 2,
            3: -7,
            -1: 1,
            -2: numbers.x.to_bytes(32, "big"),
            -3: numbers.y.to_bytes(32, "big"),
        }
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)
        data = self._data(self.flags | ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential(
            {
                "clientDataJSON": as_text(self._client("webauthn.create", question)),
                "attestationObject": as_text(attestation),
                "transports": ["internal"],
            }
        )

    def answer(self, question: str) -> str:
        """Return the answer to a question of signing in."""
        self.count += self.step
        client, data = self._client("webauthn.get", question), self._data(self.flags)
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._credential(
            {
                "clientDataJSON": as_text(client),
                "authenticatorData": as_text(data),
                "signature": as_text(signed),
                "userHandle": as_text(self.handle),
            }
        )

    def _client(self, kind: str, question: str) -> bytes:
        challenge = as_text(question.encode())
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _data(self, flags: int) -> bytes:
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([flags]) + self.count.to_bytes(4, "big")

    def _credential(self, response: dict[str, object]) -> str:
        own = as_text(self.id)
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": response})
