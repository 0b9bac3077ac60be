"""JSON about the caller: who is signed in here, and on which devices."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token

from jkn.account.actions import revoke_session
from jkn.account.queries import devices_of
from jkn.core.actor import Actor
from jkn.core.clock import JAKARTA
from jkn.gate.doors import api
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import ANYONE, SIGNED_IN
from jkn.shell.offline import owner_mark


class Session(msgspec.Struct):
    """Who is signed in. `csrf` goes into X-CSRFToken of a browser's next writes."""

    signed_in: bool
    csrf: str
    account: str | None = None
    role: str | None = None
    level: int | None = None
    name: str | None = None
    owner: str | None = None


class Device(msgspec.Struct):
    """A device that is signed in."""

    id: str
    label: str
    created_at: datetime
    last_seen: datetime
    current: bool


@api(who=ANYONE, answer=Session)
def session(request: HttpRequest) -> Session:
    """Who is signed in, and the token that the worker needs to send what it kept offline."""
    actor: Actor | None = request.actor  # type: ignore[attr-defined]
    csrf = get_token(request)
    if actor is None:
        return Session(signed_in=False, csrf=csrf)
    return Session(
        True, csrf, str(actor.account_id), str(actor.role), int(actor.level), actor.name,
        owner_mark(actor),
    )  # fmt: skip


@api(who=SIGNED_IN, answer=list[Device])
def sessions(request: HttpRequest) -> list[Device]:
    """The devices on which the caller is signed in."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return [
        Device(
            str(d.id), d.label, d.created_at.astimezone(JAKARTA), d.last_seen.astimezone(JAKARTA),
            d.id == actor.session_id,
        )
        for d in devices_of(actor.account_id)
    ]  # fmt: skip


@api(who=SIGNED_IN, method="DELETE", status=204)
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Sign one of the caller's devices out, from its next request on."""
    actor: Actor = request.actor  # type: ignore[attr-defined]

    def act() -> Answer:
        revoke_session(actor=actor, session_id=session_id)
        return Answer(204)

    return HttpResponse(status=once(request, group=actor.account_id, act=act).status)
