"""What a phone may keep of a page, for whom and how long. The worker obeys these headers.

`X-Offline` seconds the page may stay in the vault; without it nothing is stored
`X-Owner`   whose answer it is, opaque: another owner on the same phone empties the vault
`X-Revoked` the phone was signed out from elsewhere: empty the vault
"""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

from jkn.core.actor import Actor
from jkn.shell.context import actor_of

DAY_SECONDS = 24 * 3600
_REVOKED_COOKIE = "wipe"
WIPED = "bersih"  # in the address to which a page sends its sign-out (app.js)


def keep(response: HttpResponse, *, days: int) -> HttpResponse:
    """Let the phone keep this page of one person, encrypted, for so many days."""
    response.headers["X-Offline"] = str(days * DAY_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response


def keep_public(request: HttpRequest, response: HttpResponse, *, days: int) -> HttpResponseBase:
    """Let everyone keep a page of public facts (rights, tariffs); answers 304 where it can.

    With somebody signed in the frame of the page is theirs, so it is kept like their own pages.
    The page must hold no form: its token would differ each time.
    """
    if actor_of(request) is not None:
        return keep(response, days=days)
    response.headers["X-Offline"] = str(days * DAY_SECONDS)
    response.headers["Cache-Control"] = "public, max-age=300, stale-while-revalidate=86400"
    patch_vary_headers(response, ("Cookie",))
    etag = f'"{hashlib.blake2b(response.content, digest_size=12).hexdigest()}"'
    response.headers["ETag"] = etag
    # Compressed answers carry the weak form of the same tag.
    answer = get_conditional_response(request, etag=f"W/{etag}", response=response)
    return answer if answer is not None else response


def owner_mark(actor: Actor) -> str:
    """Return what stands for this person in `X-Owner`: the same always, and nobody's number."""
    key = f"owner:{settings.SECRET_KEY}".encode()
    message = str(actor.account_id).encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()[:16]


def mark_owner(response: HttpResponseBase, actor: Actor) -> None:
    """Say whose answer this is. The gate does so on every answer to a signed-in person."""
    response.headers["X-Owner"] = owner_mark(actor)


def forget(response: HttpResponseBase) -> None:
    """Empty the phone at sign-out. The page has asked the worker already; this is the second belt.

    Only for the answer to a POST: on a page that the worker itself fetches, `"storage"` ends the
    worker in the middle of its answer and the browser shows a network error.
    """
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def forget_cache(response: HttpResponseBase) -> None:
    """Empty what remains at sign-out where the page says that the worker has emptied the vault.

    Lists of public facts, which a person took on a tap, so stay on the phone.
    """
    response.headers["Clear-Site-Data"] = '"cache"'


def revoke(response: HttpResponseBase) -> None:
    """Empty the phone of a device that was signed out from elsewhere.

    A worker cannot read the headers of a redirect, so the next page repeats the order
    (`security.SecurityMiddleware`).
    """
    response.headers["X-Revoked"] = "1"
    response.set_cookie(
        _REVOKED_COOKIE,
        "1",
        max_age=365 * DAY_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def repeat_order(request: HttpRequest, response: HttpResponseBase) -> None:
    """Carry an order to wipe on to the first page that the worker can read."""
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    if _REVOKED_COOKIE in request.COOKIES and is_page and response.status_code == 200:
        response.headers["X-Revoked"] = "1"
        response.delete_cookie(_REVOKED_COOKIE, samesite="Lax")
