"""What every page knows: who asks, in which language, and how they want it shown."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from jkn.core.actor import Actor
from jkn.shell.preferences import Preferences, preferences_from

WARM = "/kartu/ /"  # what the worker fetches by itself after sign-in, for a day without internet


def actor_of(request: HttpRequest) -> Actor | None:
    """Return who asks; None before anyone signed in, and where the gate did not look."""
    actor = getattr(request, "actor", None)
    return actor if isinstance(actor, Actor) else None


def page(request: HttpRequest) -> dict[str, Any]:
    """Give templates what the request alone decides. Reads no table."""
    chosen: Preferences = preferences_from(request.COOKIES)
    return {
        "actor": actor_of(request),
        "lang": get_language() or "id",
        "theme": chosen.theme,
        "big": chosen.size == "big",
        "simple": chosen.simple,
        "saver": chosen.saver,
    }


def defaults(request: HttpRequest) -> dict[str, Any]:
    """Return what a view may say otherwise: the frame, the inbox count, the age of the figures."""
    actor = actor_of(request)
    if request.path.startswith("/petugas/") or (actor and actor.is_at_work):
        frame = "staff"
    else:
        # Before a membership there is nothing that the bar could open.
        frame = "member" if actor and actor.family_id is not None else "public"
    return {
        "frame": frame,
        # A number, or a function asked only where the frame shows it (account sets it).
        "unread": getattr(request, "unread", 0),
        "as_of": None,
        "nav": (),  # staff: pairs of address and word
        "place": "",  # staff: the name of the facility or branch
        "warm": WARM if frame == "member" else "",
    }
