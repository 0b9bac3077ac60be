"""Settings of accounts that an installation may change, with what they are unless it does."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

from jkn.account.authenticators import Site
from jkn.account.rules import HOLD_HOURS


def hold_hours() -> int:
    """Return for how many hours a change by a weak proof is held (setting HOLD_HOURS)."""
    hours: int = getattr(settings, "HOLD_HOURS", HOLD_HOURS)
    return hours


def site() -> Site:
    """Return the pages that passkeys belong to (`JKN_ORIGIN`)."""
    return Site(host=urlsplit(settings.ORIGIN).hostname or "", origin=settings.ORIGIN)
