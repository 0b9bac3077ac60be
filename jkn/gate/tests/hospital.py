"""A hospital's client for tests: signs as the catalogue says, and can be made to sign wrongly.

It opens answers with the package that real clients use, never with our own code.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import time
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from django.test import Client
from lzstring import LZString

from jkn.gate.actions import add_partner
from jkn.gate.models import Partner

SECRET, USER_KEY = "s3cret-of-a-hospital", "key-of-the-user"
FACILITY = "3275R001"
_serial = itertools.count(10_001)


def a_hospital(**over: Any) -> Partner:
    """Return a hospital's program that may use the X-cons services."""
    values = {
        "kind": "bpjs", "client_id": str(next(_serial)), "secret": SECRET, "user_key": USER_KEY,
        "name": "RS Contoh", "facility_id": FACILITY, **over,
    }  # fmt: skip
    return add_partner(**values)


def seconds(away: int = 0) -> str:
    """Return the time as X-cons writes it, `away` seconds from now."""
    return str(int(time.time()) + away)


def signature(client_id: str, at: str, secret: str = SECRET) -> str:
    """Return the X-signature of a call."""
    mac = hmac.digest(secret.encode(), f"{client_id}&{at}".encode(), "sha256")
    return base64.b64encode(mac).decode()


def opened(sealed: str, *, client_id: str, at: str, secret: str = SECRET) -> Any:
    """Return what a sealed answer says."""
    key = hashlib.sha256(f"{client_id}{secret}{at}".encode()).digest()
    decryptor, unpadder = Cipher(AES(key), CBC(key[:16])).decryptor(), PKCS7(128).unpadder()
    padded = decryptor.update(base64.b64decode(sealed)) + decryptor.finalize()
    plain = unpadder.update(padded) + unpadder.finalize()
    return json.loads(LZString().decompressFromEncodedURIComponent(plain.decode("ascii")))


class Hospital:
    """One hospital's program that talks to our door through Django's test client."""

    def __init__(self, partner: Partner, client: Client | None = None) -> None:
        self.partner = partner
        self.client = client or Client()
        self.at = ""

    def headers(self, **over: Any) -> dict[str, str]:
        """Return the headers of a call; `at`, `secret`, `client_id` and names replace what is right."""
        self.at = over.pop("at", None) or seconds()
        client_id = over.pop("client_id", self.partner.client_id)
        named = {
            "X-cons-id": client_id, "X-timestamp": self.at,
            "X-signature": signature(client_id, self.at, over.pop("secret", SECRET)),
            "user_key": over.pop("user_key", USER_KEY), **over.pop("headers", {}),
        }  # fmt: skip
        return {name: value for name, value in named.items() if value is not None}

    def get(self, path: str, **over: Any) -> Any:
        """Ask `/vclaim-rest/<path>`."""
        method = over.pop("method", "get")
        return getattr(self.client, method)(f"/vclaim-rest/{path}", headers=self.headers(**over))

    def card(self, number: str, day: str = "2026-11-22", **over: Any) -> Any:
        """Ask for a member by card number."""
        return self.get(f"Peserta/nokartu/{number}/tglSEP/{day}", **over)

    def nik(self, number: str, day: str = "2026-11-22", **over: Any) -> Any:
        """Ask for a member by NIK."""
        return self.get(f"Peserta/nik/{number}/tglSEP/{day}", **over)

    def read(self, response: Any) -> Any:
        """Return what the answer to the last call says."""
        sealed = response.json()["response"]
        return opened(sealed, client_id=self.partner.client_id, at=self.at)
