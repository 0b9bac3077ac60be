"""Signing in and out; devices and tokens."""

from __future__ import annotations

import secrets
import time

from django.contrib.auth import login
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.http import HttpRequest

from jkn.account.models import Account, ApiToken, DeviceSession
from jkn.account.queries import account, accounts_for, accounts_on, contacts_of, digest_of_key
from jkn.account.rules import STAFF_SESSION_SECONDS, How, Identifier, device_label
from jkn.account.sessions import SessionStore
from jkn.audit.actions import record
from jkn.core.actor import Actor
from jkn.core.clock import day_of, now
from jkn.core.db import sealer
from jkn.core.errors import NotFound, Refused
from jkn.core.words import N_
from jkn.gate import limits

PROOFS = "proofs"  # key of a session's data: how → second of the proof


def account_by_password(
    who: Identifier, password: str, *, source: str, phone: Identifier | None = None
) -> Account:
    """Return the account that the password opens. The answer never tells who exists.

    A `phone` is matched besides, where the person gave one with a NIK or card. Each try is
    counted before the password is compared (5 in 15 minutes per account, 300 per source) and
    takes as long for people we do not know. Refuses `signin.wrong`; raises `Limited`.
    """
    limits.check("signin.source", source)
    candidates = accounts_for(who)
    if who.is_shared and len(candidates) > 1:
        candidates = []  # nobody can say whose password this is: NIK or card decides
    key = f"account:{candidates[0].id}" if candidates else f"{who.kind}:{who.value}"
    limits.spend("signin.account", key)
    for candidate in candidates or [Account(password=_nobodys_password())]:
        is_right = check_password(password, candidate.password or _nobodys_password())
        if is_right and candidates and _has_phone(candidate, phone):
            limits.forget("signin.account", key)
            return candidate
    limits.spend("signin.source", source)
    raise Refused(
        "signin.wrong",
        N_("Nomor atau kata sandi tidak cocok. Coba dengan NIK, atau minta kode sekali pakai."),
    )


def _has_phone(candidate: Account, phone: Identifier | None) -> bool:
    return phone is None or contacts_of(candidate.id).get(phone.kind) == phone.value


_NOBODY: list[str] = []


def _nobodys_password() -> str:
    """Return a hash that no password fits, made once a process with the hasher in use."""
    if not _NOBODY:
        _NOBODY.append(make_password(secrets.token_urlsafe(24)))
    return _NOBODY[0]


def check_own_password(*, account_id: int, password: str) -> None:
    """Refuse `password.wrong` where this is not the account's password; tries are limited."""
    limits.spend("signin.account", f"account:{account_id}")
    if not check_password(password, account(account_id).password):
        raise Refused("password.wrong", N_("Kata sandi Anda sekarang tidak cocok. Coba lagi."))
    limits.forget("signin.account", f"account:{account_id}")


def people_on(kind: str, contact: str) -> list[Account]:
    """Return the members that share a proven phone or e-mail, to choose among by first name."""
    return accounts_on(kind, sealer().index(kind, contact))


def sign_in(request: HttpRequest, account_id: int, *how: How) -> Account:
    """Sign the person in on this device: a new session key, its row and the audit together.

    Sets request.actor. Raises `NotFound` for an account that is closed.
    """
    own = account(account_id)
    session: SessionStore = request.session  # type: ignore[assignment]
    with transaction.atomic():
        session.flush()  # whoever was signed in on this device before no longer is
        login(request, own, backend="django.contrib.auth.backends.ModelBackend")
        session.label = device_label(request.headers.get("User-Agent", ""))
        session[PROOFS] = {str(h): int(time.time()) for h in how}
        if own.as_actor().is_at_work:
            session.set_expiry(STAFF_SESSION_SECONDS)
        session.save()
        actor = own.as_actor(session.device_id)
        _record(actor, "account.signed_in", how=" ".join(how))
    request.actor = actor  # type: ignore[attr-defined]
    return own


def _record(actor: Actor, verb: str, subject: int = 0, **details: str | int | bool) -> None:
    group = actor.family_id or actor.account_id
    record(actor=actor, verb=verb, group=group, subject=subject or actor.account_id, **details)


def note_proof(request: HttpRequest, how: How) -> None:
    """Write down in the session that the signed-in person proved themselves again just now."""
    proofs = dict(request.session.get(PROOFS, {}))
    proofs[str(how)] = int(time.time())
    request.session[PROOFS] = proofs


def sign_out(request: HttpRequest) -> None:
    """End this device's session; nothing happens where nobody is signed in."""
    actor: Actor | None = getattr(request, "actor", None)
    with transaction.atomic():
        request.session.flush()
        if actor is not None:
            _record(actor, "account.signed_out", actor.session_id)
    request.actor = None  # type: ignore[attr-defined]


@transaction.atomic
def revoke_session(*, actor: Actor, session_id: int) -> None:
    """Sign out one of the person's own devices, from its next request on; raises `NotFound`."""
    rows = DeviceSession.objects.filter(account_id=actor.account_id, id=session_id)
    if not rows.delete()[0]:
        raise NotFound
    _record(actor, "account.device_signed_out", session_id)


@transaction.atomic
def revoke_other_sessions(*, actor: Actor) -> int:
    """Sign out all the person's devices but the one that asks; return how many."""
    rows = DeviceSession.objects.filter(account_id=actor.account_id).exclude(id=actor.session_id)
    ended = rows.delete()[0]
    if ended:
        _record(actor, "account.devices_signed_out", count=ended)
    return ended


@transaction.atomic
def issue_token(*, account_id: int, label: str, actor: Actor | None = None) -> str:
    """Make an API token and return its text, which is shown once and kept nowhere."""
    own = account(account_id)
    if not label.strip():
        raise Refused("token.label", N_("Beri nama token ini, supaya Anda mengenalinya nanti."))
    text = f"jkn_{secrets.token_urlsafe(24)}"
    made = ApiToken.objects.create(
        digest=digest_of_key(text), account_id=own.id, label=label.strip()[:60],
        last_used=day_of(now()),
    )  # fmt: skip
    _record(actor or own.as_actor(), "account.token_issued", made.id)
    return text


@transaction.atomic
def revoke_token(*, actor: Actor, token_id: int) -> None:
    """Close one of the person's own tokens from the next request on; raises `NotFound`."""
    moved = ApiToken.objects.filter(
        account_id=actor.account_id, id=token_id, revoked_at__isnull=True
    ).update(revoked_at=now())
    if not moved:
        raise NotFound
    _record(actor, "account.token_revoked", token_id)


def use_token(token_id: int) -> None:
    """Write down the day on which a token was used; at most one write a day."""
    ApiToken.objects.filter(id=token_id).exclude(last_used=day_of(now())).update(
        last_used=day_of(now())
    )


def may_use_codes(own: Account) -> bool:
    """Whether a code alone signs this account in: members yes, staff no."""
    return not own.as_actor().is_at_work
