"""Who asks: one statement for a cookie or a token, none for a stranger."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from jkn.account import queries
from jkn.account.actions import use_token
from jkn.account.rules import TOUCH_SECONDS
from jkn.account.sessions import SessionStore
from jkn.core.actor import Actor
from jkn.core.clock import day_of, now
from jkn.core.errors import SignInNeeded
from jkn.core.words import N_
from jkn.gate.answers import as_problem
from jkn.notice.queries import unread
from jkn.shell import offline

TOKEN_PREFIX = "jkn_"  # noqa: S105 (not a secret)


class AccountMiddleware:
    """Sets request.actor, session, user and unread; saves the session; marks whose answer it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request as the person or program that sends it."""
        if not identify(request):
            return as_problem(
                SignInNeeded("token.invalid", N_("Token ini tidak berlaku. Buat token baru."))
            )
        response = self.get_response(request)
        finish(request, response)
        return response


def identify(request: HttpRequest) -> bool:
    """Set who asks; False where a token was sent that is not valid."""
    _set_actor(request, None)
    request.session = SessionStore()
    if token := _bearer(request):
        return _identify_program(request, token)
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if key and (loaded := queries.session_of(key)):
        request.session = SessionStore.of(key, loaded)
        _set_actor(request, loaded.actor)
        request.unread = loaded.unread  # type: ignore[attr-defined]
    return True


def _bearer(request: HttpRequest) -> str:
    """Return the token of one of our own accounts; partners' doors have bearer tokens too."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return ""
    is_ours = request.path.startswith("/api/") or token.startswith(TOKEN_PREFIX)
    return token.strip() or "-" if is_ours else ""


def _identify_program(request: HttpRequest, token: str) -> bool:
    found = queries.token_of(token)
    if found is None:
        return False
    actor, last_used = found
    _set_actor(request, actor)
    # No browser sends this header by itself, so there is nothing to forge.
    request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
    if last_used != day_of(now()):
        use_token(actor.session_id)
    return True


def _set_actor(request: HttpRequest, actor: Actor | None) -> None:
    request.actor = actor  # type: ignore[attr-defined]
    if actor is None:
        request.user = AnonymousUser()
        request.unread = int  # type: ignore[attr-defined]
    else:
        request.user = SimpleLazyObject(  # type: ignore[assignment]
            partial(queries.account, actor.account_id)
        )
        request.unread = partial(unread, actor.account_id)  # type: ignore[attr-defined]


def finish(request: HttpRequest, response: HttpResponseBase) -> None:
    """Save the session where it changed and say what browsers and phones may do with the answer."""
    # A program's token says who asks; a cookie beside it is left alone.
    sent = not _bearer(request) and settings.SESSION_COOKIE_NAME in request.COOKIES
    session: SessionStore = request.session  # type: ignore[assignment]
    is_saved = _save(session, response)
    if sent and session.session_key is None:  # ended here, elsewhere or by time
        response.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")
        offline.revoke(response)
    if sent or is_saved:
        patch_vary_headers(response, ("Cookie",))
    actor: Actor | None = request.actor  # type: ignore[attr-defined]
    if actor is not None:
        offline.mark_owner(response, actor)
        response.headers.setdefault("Cache-Control", "no-store")


def _save(session: SessionStore, response: HttpResponseBase) -> bool:
    """Save or touch the session; return whether its cookie was set."""
    if session.modified and not session.is_empty() and response.status_code < 500:
        try:
            session.save()
        except UpdateError:  # signed out from elsewhere while this request ran
            session.flush()
            return False
    elif session.session_key and session.is_due(TOUCH_SECONDS):
        session.touch()
    else:
        return False
    _set_cookie(session, response)
    return True


def _set_cookie(session: SessionStore, response: HttpResponseBase) -> None:
    response.set_cookie(
        settings.SESSION_COOKIE_NAME,
        session.session_key or "",
        max_age=session.get_expiry_age(),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
