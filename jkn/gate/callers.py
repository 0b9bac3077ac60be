"""Who asks, for doors whose policy has let them in already."""

from __future__ import annotations

from django.http import HttpRequest

from jkn.core.actor import Actor
from jkn.core.errors import SignInNeeded
from jkn.core.words import N_


def asking(request: HttpRequest) -> Actor | None:
    """Return who asks, or None where nobody is signed in."""
    actor = getattr(request, "actor", None)
    return actor if isinstance(actor, Actor) else None


def caller(request: HttpRequest) -> Actor:
    """Return who asks; raises `SignInNeeded` for a door that forgot its policy."""
    actor = asking(request)
    if actor is None:
        raise SignInNeeded("signin.needed", N_("Masuk dulu untuk membuka halaman ini."))
    return actor


def family_of(request: HttpRequest) -> int:
    """Return the family of who asks; a door's `family_id` comes from here, never from its URL."""
    family_id = caller(request).family_id
    if family_id is None:
        raise SignInNeeded("signin.needed", N_("Masuk dulu untuk membuka halaman ini."))
    return family_id


def employer_of(request: HttpRequest) -> int:
    """Return the employer for whom who asks acts; never from the URL."""
    employer_id = caller(request).employer_id
    if employer_id is None:
        raise SignInNeeded("signin.needed", N_("Masuk dulu untuk membuka halaman ini."))
    return employer_id
