"""Refusals are translated once for each kind of door: a page for people, problem+json for apps."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable
from datetime import date
from urllib.parse import quote

import msgspec
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, UnreadablePostError
from django.http.request import RawPostDataException
from django.urls import Resolver404, resolve
from django.utils.translation import gettext

from jkn.core.errors import (
    Conflict,
    Forbidden,
    Limited,
    NotFound,
    Refused,
    SignInNeeded,
    Unavailable,
)
from jkn.core.words import N_
from jkn.gate.idempotency import NOT_PART_OF_THE_ACT
from jkn.shell.formats import day
from jkn.shell.pages import render

STATUS: tuple[tuple[type[Refused], int], ...] = (
    (SignInNeeded, 401),
    (Forbidden, 403),
    (Conflict, 409),
    (Limited, 429),
    (Unavailable, 503),
)
# What is neither a person's nor a rule's: HTTP has a number of its own for each.
STATUS_OF_CODE = {
    "request.bad": 400,
    "body.malformed": 400,
    "closed": 403,
    "not_found": 404,
    "method.not_allowed": 405,
    "body.too_large": 413,
    "broken": 500,
    "disk.full": 507,
}
log = logging.getLogger("jkn.request")

# Refusals that say nothing against what was typed: the same form may be right later.
_SENT_AGAIN = (401, 429, 500, 503, 507)
DOWN = Unavailable(
    "database.down", N_("Layanan sedang terganggu, bukan kesalahan Anda. Coba lagi sebentar.")
)
NOT_FOUND = Refused("not_found", N_("Halaman atau data ini tidak ada. Periksa alamatnya."))
BROKEN = Refused("broken", N_("Ada gangguan pada kami, bukan kesalahan Anda. Coba lagi sebentar."))

TOO_LARGE = Refused("body.too_large", N_("Isi ini terlalu besar. Kirim yang lebih kecil."))
BAD = Refused("request.bad", N_("Permintaan ini tidak dapat dibaca. Muat ulang halamannya."))
WRONG_METHOD = Refused("method.not_allowed", N_("Alamat ini tidak menerima cara itu."))


class Problem(msgspec.Struct):
    """An error answer of the API (RFC 9457), with the refusal's stable code."""

    code: str
    title: str
    status: int
    type: str = "about:blank"


def words(refused: Refused) -> str:
    """Return the refusal's sentence in the person's language, filled in; days as people say them."""
    values = {name: day(v) if isinstance(v, date) else v for name, v in refused.values.items()}
    return gettext(refused.message).format(**values)


def status_of(refused: Refused) -> int:
    """Return the HTTP status for a refusal: 422 unless its kind says otherwise."""
    if refused.code in STATUS_OF_CODE:
        return STATUS_OF_CODE[refused.code]
    return next((status for kind, status in STATUS if isinstance(refused, kind)), 422)


def as_problem(refused: Refused) -> HttpResponse:
    """Return the refusal as `application/problem+json`."""
    status = status_of(refused)
    body = msgspec.json.encode(Problem(refused.code, words(refused), status))
    response = HttpResponse(body, "application/problem+json", status=status)
    if isinstance(refused, Limited):
        response["Retry-After"] = str(refused.retry_after)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what a person typed into one of our own forms, to be sent again after a refusal.

    Nothing of account's forms, whose fields are secrets, and nothing that another site sent.
    """
    ours = (f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS)
    if request.headers.get("Origin") not in ours:
        return []
    try:
        # Where the database is away nobody has asked yet whose address it is.
        match = request.resolver_match or resolve(request.path_info)
        given = [] if match.app_name == "account" or request.FILES else request.POST.lists()
    except (Resolver404, UnreadablePostError, RawPostDataException):  # or the line broke midway
        return []
    return [(n, value) for n, all_ in given if n not in NOT_PART_OF_THE_ACT for value in all_]


def as_page(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Return the refusal as a page in plain words; who is not signed in goes to sign in first."""
    if isinstance(refused, SignInNeeded) and request.method in ("GET", "HEAD"):
        return HttpResponseRedirect(f"/masuk/?lanjut={quote(request.path)}")
    status = status_of(refused)
    may_be_right = refused.code == "csrf" or status in _SENT_AGAIN
    context = {
        "refusal": words(refused),
        "status": status,
        "typed": _typed(request) if request.method == "POST" and may_be_right else [],
    }
    response = render(request, "shell/refused.jinja", context, status=status)
    if isinstance(refused, Limited):
        response["Retry-After"] = str(refused.retry_after)
    return response


def refusal_of(error: Exception) -> Refused | None:
    """Return the refusal that an exception stands for, or None where it is a bug."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, RequestDataTooBig):
        return TOO_LARGE
    if isinstance(error, SuspiciousOperation):
        return BAD
    return NOT_FOUND if isinstance(error, NotFound) else None


def as_snap(refused: Refused) -> HttpResponse:
    """Return the refusal to a bank's program, where no service of SNAP was reached."""
    status = status_of(refused)
    told = {"responseCode": f"{status}0000", "responseMessage": words(refused)}
    return HttpResponse(msgspec.json.encode(told), "application/json", status=status)


def as_meta_data(refused: Refused) -> HttpResponse:
    """Return the refusal to a hospital's program, where no service of BPJS was reached."""
    status = status_of(refused)
    told = {"metaData": {"code": str(status), "message": words(refused)}, "response": None}
    return HttpResponse(msgspec.json.encode(told), "application/json", status=status)


def as_metadata(refused: Refused) -> HttpResponse:
    """The same for services whose codes are numbers: Aplicares, Antrean RS."""
    status = status_of(refused)
    told = {"metadata": {"code": status, "message": words(refused)}, "response": None}
    return HttpResponse(msgspec.json.encode(told), "application/json", status=status)


FORMS = (
    ("/api/", as_problem),
    ("/openapi/", as_snap),
    ("/vclaim-rest", as_meta_data),
    ("/aplicaresws", as_metadata),
    ("/antreanrs", as_metadata),
)


def answer(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Return the refusal in the caller's own form: a program's by its address, else a page."""
    for prefix, form in FORMS:
        if request.path.startswith(prefix):
            return form(refused)
    return as_page(request, refused)


def not_allowed(request: HttpRequest, methods: Iterable[str]) -> HttpResponse:
    """Answer a method that the address does not take, and say which it does."""
    response = answer(request, WRONG_METHOD)
    response["Allow"] = ", ".join(methods)
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what could not even be read: too large, a wrong host, a broken upload."""
    return answer(request, refusal_of(exception) or BAD)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose CSRF token is missing or old, in plain words."""
    return answer(
        request, Forbidden("csrf", N_("Formulir ini sudah lama. Buka lagi halamannya, lalu kirim."))
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that does not exist."""
    return answer(request, NOT_FOUND)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer what failed outside a view: a database that is away, else a bug. Reads no table."""
    error = sys.exc_info()[1]
    is_database = isinstance(error, OperationalError | InterfaceError)
    if error is not None:
        log.error("database" if is_database else "unexpected", exc_info=error)
    return answer(request, DOWN if is_database else BROKEN)
