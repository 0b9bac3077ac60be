"""The steps between the first word of a person and being signed in; they survive app switches.

Where somebody stands is a signed cookie, not a session: nobody is anybody yet, and a stranger
costs no row. It looks the same for people we know and people we do not.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.account.actions import send_code, send_decoy, settle_code, sign_in
from jkn.account.actions.codes import Proven
from jkn.account.actions.sign_in import PROOFS, may_use_codes, people_on
from jkn.account.models import Account
from jkn.account.queries import (
    CodeState,
    accounts_for,
    code_state,
    contacts_of,
    password_is_held,
)
from jkn.account.rules import (
    FRESH_SECONDS,
    Channel,
    How,
    Identifier,
    Strength,
    safe_path,
    strength,
)
from jkn.core.db import sealer
from jkn.core.errors import Refused
from jkn.core.words import N_
from jkn.gate.limits import source_of

COOKIE = "masuk"
_SALT = "account.flow"

SIGN_IN, RECOVER = "signin", "recover"
CODE, CHOOSE, SECOND, PASSWORD = "code", "choose", "second", "password"
PAGES = {
    CODE: "/masuk/kode/", CHOOSE: "/masuk/pilih/", SECOND: "/masuk/kedua/", PASSWORD: "/lupa/sandi/"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands: the step, for which purpose, with which code or account."""

    step: str
    purpose: str
    code_id: str = ""
    account_id: str = ""
    how: str = ""
    go_on: str = ""
    typed: str = ""  # blind mark of what was typed, to know a repetition


def standing(request: HttpRequest) -> Standing | None:
    """Return where the person of this browser stands, or None: nowhere, or too long ago."""
    try:
        values: dict[str, Any] = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=FRESH_SECONDS
        )
        return Standing(**values)
    except (signing.BadSignature, TypeError):
        return None


def require_standing(request: HttpRequest, *steps: str) -> Standing:
    """Return where the person stands; refuses `signin.restart` at another step or after a while."""
    now_at = standing(request)
    if now_at is None or now_at.step not in steps:
        raise Refused(
            "signin.restart", N_("Langkah ini sudah lewat. Mulai lagi dari halaman Masuk.")
        )
    return now_at


def go_to(where: Standing) -> HttpResponse:
    """Send the person to the page of their step, which the cookie then names."""
    response = HttpResponseRedirect(PAGES[where.step])
    response.set_cookie(
        COOKIE,
        signing.dumps(asdict(where), salt=_SALT),
        max_age=FRESH_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def leave(response: HttpResponse) -> HttpResponse:
    """Forget the steps: they are done."""
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


def after_sign_in(own: Account, go_on: str) -> str:
    """Return where a person goes once signed in: on, or to their first page."""
    return safe_path(go_on, otherwise=own.as_actor().first_page)


def mark_of(who: Identifier) -> str:
    """Return a short blind mark of what was typed."""
    return sealer().index("typed", f"{who.kind}:{who.value}").hex()[:16]


def live_code(request: HttpRequest, who: Identifier, purpose: str) -> CodeState | None:
    """Return the code that this browser already asked for the same person, while it lives."""
    now_at = standing(request)
    if now_at is None or now_at.step != CODE or (now_at.purpose, now_at.typed) != (
        purpose, mark_of(who),
    ):  # fmt: skip
        return None
    state = code_state(int(now_at.code_id))
    return state if state and state.is_live else None


def begin_code(request: HttpRequest, who: Identifier, *, purpose: str, go_on: str) -> HttpResponse:
    """Send a code to the person, or pretend to; a live one of this browser is not doubled.

    Raises `Limited`.
    """
    live = live_code(request, who, purpose)
    code_id = live.id if live else _send(request, who, purpose)
    return go_to(
        Standing(CODE, purpose, code_id=str(code_id), go_on=safe_path(go_on), typed=mark_of(who))
    )


def _send(request: HttpRequest, who: Identifier, purpose: str) -> int:
    source = source_of(request)
    channel = Channel.EMAIL if who.kind == "email" else Channel.WHATSAPP
    people = accounts_for(who)
    if purpose == SIGN_IN:
        people = [p for p in people if may_use_codes(p)]
    kind, contact = _contact(who, people)
    if not contact:
        return send_decoy(
            purpose=purpose, kind=who.kind, typed=who.value, channel=channel, source=source
        )
    return send_code(
        purpose=purpose, contact_kind=kind, contact=contact, source=source,
        channel=Channel.EMAIL if kind == "email" else Channel.WHATSAPP,
        account_id=people[0].id if len(people) == 1 else None,
    )  # fmt: skip


def _contact(who: Identifier, people: list[Account]) -> tuple[str, str]:
    """Return the contact that gets the code: the typed one, else the phone, else the e-mail."""
    if not people:
        return "", ""
    if who.is_shared:
        return who.kind, who.value
    contacts = contacts_of(people[0].id)
    kind = "phone" if "phone" in contacts else "email"
    return kind, contacts.get(kind, "")


def people_of(proven: Proven) -> list[Account]:
    """Return whom a proven code may sign in: the one it was sent for, or all on the contact."""
    people = people_on(proven.kind, proven.contact)
    if proven.account_id is not None:
        people = [p for p in people if p.id == proven.account_id]
    if proven.purpose == SIGN_IN:
        people = [p for p in people if may_use_codes(p)]
    return people


def settle(now_at: Standing) -> None:
    """Use up the proof of the code; a forgotten password does so when the new one is set."""
    if now_at.purpose == SIGN_IN:
        settle_code(int(now_at.code_id))


def arrive(request: HttpRequest, now_at: Standing, own: Account, *how: How) -> HttpResponse:
    """Go on with a person who is known now: second proof, new password, or signed in."""
    is_doubly_sure = len(how) > 1 or How.PASSKEY in how
    onward = Standing(
        SECOND, now_at.purpose, now_at.code_id, str(own.id), " ".join(how), now_at.go_on
    )
    if own.totp_sealed is not None and not is_doubly_sure:
        return go_to(onward)
    if now_at.purpose == RECOVER:
        return go_to(
            Standing(PASSWORD, RECOVER, now_at.code_id, str(own.id), " ".join(how), now_at.go_on)
        )
    sign_in(request, own.id, *how)
    return leave(HttpResponseRedirect(after_sign_in(own, now_at.go_on)))


def strength_of(request: HttpRequest) -> Strength:
    """Return what the fresh proofs of the signed-in person are worth at this moment."""
    proofs = request.session.get(PROOFS, {})
    account_id = request.actor.account_id  # type: ignore[attr-defined]
    is_held = str(How.PASSWORD) in proofs and password_is_held(account_id)
    return strength(proofs, at=int(time.time()), password_is_held=is_held)
