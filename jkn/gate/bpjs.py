"""The wire layer that every X-cons service shares: who calls, routes in any case, sealed answers.

Source: public client code and public copies of the catalogue, in docs/reference/vclaim.md. Nothing
of a call's path may be logged: it carries NIK and card numbers.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from types import MappingProxyType
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls.resolvers import RegexPattern, URLPattern

from jkn.core.actor import Actor, Role
from jkn.core.clock import now
from jkn.core.errors import Limited
from jkn.core.text import is_text
from jkn.gate.doors import View, machine
from jkn.gate.limits import spend_second
from jkn.gate.lzstring import compress_to_encoded_uri_component
from jkn.gate.queries import KnownPartner, partner_by_client

log = logging.getLogger("jkn.bpjs")

_SECONDS = re.compile(r"[0-9]{1,12}")
_PARAMETER = re.compile(r"<(\w+)>")
_MAX_BODY = 64 * 1024
_MAX_ID = 64


class XconsRefused(Exception):
    """A refusal in the services' own words: HTTP status, code of the envelope, message.

    The real server's texts are unknown: JKN_BPJS_WORDS replaces any by its `word`.
    """

    def __init__(self, status: int, code: int, word: str, message: str) -> None:
        super().__init__(word)
        self.status = status
        self.code = code
        self.message: str = settings.BPJS_WORDS.get(word, message)


def unauthorized(word: str, message: str) -> XconsRefused:
    """Return the refusal of a caller that cannot be believed: HTTP 401, code 401."""
    return XconsRefused(401, 401, word, message)


def declined(word: str, message: str) -> XconsRefused:
    """Return a "no" to a caller that is known: HTTP 200, as partners expect, code 201."""
    return XconsRefused(200, 201, word, message)


def _no_json() -> XconsRefused:
    return XconsRefused(400, 400, "body", "Isi permintaan bukan JSON")


@dataclass(frozen=True, slots=True)
class SignedCall:
    """A call whose signature and user_key were verified."""

    client: KnownPartner
    timestamp: str
    body: bytes

    @property
    def actor(self) -> Actor:
        """Who asks, for the audit: the program, at the facility that it is registered for."""
        return Actor(
            account_id=self.client.id, role=Role.PARTNER, name=self.client.name,
            facility_id=self.client.facility_id,
        )  # fmt: skip

    def fields(self) -> dict[str, Any]:
        """Return the JSON object of the body, whatever its content type says.

        Clients send JSON as a form or as plain text. Raises `XconsRefused` for anything else.
        """
        try:
            if len(self.body) > _MAX_BODY:
                raise ValueError("too large")
            fields = json.loads(self.body.decode("utf-8"))
        except (ValueError, RecursionError):
            fields = None
        if not isinstance(fields, dict) or not is_text(fields):
            raise _no_json()
        return fields

    def sealed(self, answer: object) -> str:
        """Return an answer compressed and encrypted for this very call (AES-256-CBC, PKCS#7)."""
        secret = f"{self.client.client_id}{self.client.secret}{self.timestamp}"
        key = hashlib.sha256(secret.encode()).digest()
        plain = compress_to_encoded_uri_component(json.dumps(answer, separators=(",", ":")))
        padder, encryptor = PKCS7(128).padder(), Cipher(AES(key), CBC(key[:16])).encryptor()
        padded = padder.update(plain.encode("ascii")) + padder.finalize()
        return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


@dataclass(frozen=True, slots=True)
class Counted:
    """A part of a list; the head of the answer says how many there are in all."""

    told: object
    total: int


@dataclass(frozen=True, slots=True)
class Service:
    """How one X-cons service writes its answers, and whether its callers send a user_key."""

    head: str  # metaData, metadata
    code: type[str] | type[int]
    success: int = 200
    is_sealed: bool = True
    wants_user_key: bool = True

    def answer(self, call: SignedCall, given: object) -> JsonResponse:
        """Return what a door told, sealed where the service seals."""
        more = {"totalitems": given.total} if isinstance(given, Counted) else {}
        told = given.told if isinstance(given, Counted) else given
        told = call.sealed(told) if self.is_sealed and told is not None else told
        return self.response(code=self.success, message="OK", told=told, more=more)

    def response(
        self, *, code: int, message: str, told: object = None,
        more: Mapping[str, int] = MappingProxyType({}), status: int = 200,
    ) -> JsonResponse:  # fmt: skip
        """Return an answer in the service's envelope."""
        head = {"code": self.code(code), "message": message, **more}
        answer = JsonResponse({self.head: head, "response": told}, status=status)
        answer["Cache-Control"] = "no-store"
        return answer

    def refusal(self, refused: XconsRefused) -> JsonResponse:
        """Return a refusal in the service's envelope."""
        return self.response(code=refused.code, message=refused.message, status=refused.status)


VCLAIM = Service("metaData", str)
ANTREAN = Service("metadata", int)
ANTREAN_LISTS = Service("metadata", int, success=1)  # ref/…
APLICARES = Service("metadata", int, success=1, is_sealed=False, wants_user_key=False)


def signed_call(request: HttpRequest, service: Service = VCLAIM) -> SignedCall:
    """Return the verified call; raises `XconsRefused` in the order headers, time, client,
    signature, user_key, rate.

    Where a service wants no user_key, one that is sent must be right all the same.

    A call that fails before the last never counts against the client that it names
    (docs/reference/limits.md).
    """
    client_id = _header(request, "X-cons-id")
    timestamp = _header(request, "X-timestamp")
    signature = _header(request, "X-signature")
    wants_key = service.wants_user_key or "user_key" in request.headers
    user_key = _header(request, "user_key") if wants_key else None
    _require_fresh(timestamp)
    client = _client(client_id)
    if not _same(_signature_of(client, timestamp), signature):
        log.warning("forged", extra={"code": "bpjs.signature", "partner": client.name})
        raise unauthorized("signature", "X-signature tidak sesuai")
    if user_key is not None and not _same(client.user_key, user_key):
        log.warning("forged", extra={"code": "bpjs.user_key", "partner": client.name})
        raise unauthorized("user_key", "user_key tidak sesuai")
    try:
        spend_second(client.id)
    except Limited:
        raise XconsRefused(429, 429, "rate", "Terlalu banyak permintaan") from None
    return SignedCall(client, timestamp, request.body)


def _header(request: HttpRequest, name: str) -> str:
    value = request.headers.get(name, "").strip()
    if not value:
        raise unauthorized(f"header.{name.lower()}", f"Header {name} wajib diisi")
    return value


def _require_fresh(timestamp: str) -> None:
    if not _SECONDS.fullmatch(timestamp):
        raise unauthorized("timestamp.format", "X-timestamp bukan detik Unix (UTC)")
    if abs(now().timestamp() - int(timestamp)) > settings.SIGNATURE_WINDOW_SECONDS:
        raise unauthorized("timestamp.stale", "X-timestamp sudah kedaluwarsa")


def _client(client_id: str) -> KnownPartner:
    is_possible = len(client_id) <= _MAX_ID and client_id.isprintable()
    client = partner_by_client("bpjs", client_id) if is_possible else None
    if client is None:
        log.warning("forged", extra={"code": "bpjs.client"})
        raise unauthorized("client", "X-cons-id tidak terdaftar")
    return client


def _signature_of(client: KnownPartner, timestamp: str) -> str:
    text = f"{client.client_id}&{timestamp}"
    digest = hmac.digest(client.secret.encode(), text.encode(), hashlib.sha256)
    return base64.b64encode(digest).decode()


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode())


Answers = Callable[..., object]


def xcons(service: Service, *, methods: tuple[str, ...] = ("GET",)) -> Callable[[Answers], View]:
    """Declare a door of an X-cons service: the view gets the verified call, its answer is sealed.

    Whatever happens is answered in the service's envelope: refusals, a database that is away, bugs.
    """

    def declare(view: Answers) -> View:
        @wraps(view)
        def answered(request: HttpRequest, **path: str) -> HttpResponse:
            try:
                call = signed_call(request, service)
                return service.answer(call, view(call, **path))
            except XconsRefused as refused:
                return service.refusal(refused)
            except RequestDataTooBig:
                return service.refusal(_no_json())
            except (OperationalError, InterfaceError) as error:
                log.error("database", exc_info=error)
                return service.refusal(XconsRefused(503, 503, "database", "Layanan terganggu"))
            except Exception as error:
                log.error("unexpected", exc_info=error)
                return service.refusal(XconsRefused(500, 500, "broken", "Ada gangguan pada kami"))

        return machine(methods=methods)(answered)

    return declare


class _AnyCase(RegexPattern):
    """A route whose letters match in either case, and which still reads as it was written."""

    def __init__(self, written: str, pattern: str, name: str) -> None:
        self._written = written
        super().__init__(rf"(?is)^{pattern}\Z", name=name, is_endpoint=True)

    def __str__(self) -> str:
        return self._written


def any_case(route: str, view: View, *, name: str) -> URLPattern:
    """Return a route such as `vclaim-rest/Peserta/nik/<nik>` that matches `peserta/NIK` too.

    Clients write the same segments as `SEP`, `Sep` and `sep`. Parameters are given as they came.
    """
    pattern = _PARAMETER.sub(r"(?P<\1>[^/]+)", route.replace(".", r"\."))
    return URLPattern(_AnyCase(route, f"{pattern}/?", name), view, name=name)


def all_below(prefix: str, view: View, *, name: str) -> URLPattern:
    """Return a route for every address below a prefix, whatever letters stand in it."""
    return URLPattern(_AnyCase(f"{prefix}…", f"{prefix}.*", name), view, name=name)
