"""Limits that protect people: counted in the database, across workers and restarts."""

from __future__ import annotations

import ipaddress
import math
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest

from jkn.core.clock import now
from jkn.core.db import execute, sealer
from jkn.core.errors import Limited
from jkn.core.words import N_


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most `count` times in `seconds`."""

    count: int
    seconds: int


# Service settings, not law; why these numbers: docs/adr and docs/reference/limits.md.
# Whoever goes on after 5 failures waits longer each time.
_RISING = (Allowance(5, 15 * 60), Allowance(10, 3600), Allowance(20, 24 * 3600))

ALLOWANCES: dict[str, tuple[Allowance, ...]] = {
    "code.send": (Allowance(3, 15 * 60), Allowance(6, 24 * 3600)),
    "signin.account": _RISING,
    "signin.source": (Allowance(300, 15 * 60),),
    "second.account": _RISING,
    "register.lookup": (Allowance(10, 3600),),
    "register.source": (Allowance(300, 15 * 60),),
    "va.look": (Allowance(20, 3600),),
    "card.check": (Allowance(300, 3600),),
    "employer.upload": (Allowance(60, 3600),),
    "export": (Allowance(20, 3600),),
}

_SPEND = """
INSERT INTO gate_limit AS l (key, name, hits) VALUES (%s, %s, ARRAY[clock_timestamp()])
ON CONFLICT (key, name) DO UPDATE SET hits = array_append(
  (SELECT coalesce(array_agg(h ORDER BY h), '{}') FROM unnest(l.hits) h
   WHERE h > clock_timestamp() - make_interval(secs => %s)), clock_timestamp())
RETURNING hits
"""


def spend(name: str, key: str) -> None:
    """Count one use of a limit; raise `Limited`, and count nothing, when it is used up.

    The row lock makes counting and deciding one act. Call it outside the transaction of the act
    that it guards, so that a refused act still counts. `key` is kept as a blind index only.
    """
    keep = max(a.seconds for a in ALLOWANCES[name])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SPEND, [_blind(name, key), name, keep])
        (hits,) = cursor.fetchone()
        _refuse_above(name, hits, used_up_at=1)


def check(name: str, key: str) -> None:
    """Raise `Limited` when the allowance is used up already; count nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hits FROM gate_limit WHERE key = %s AND name = %s", [_blind(name, key), name]
        )
        row = cursor.fetchone()
    _refuse_above(name, row[0] if row else [], used_up_at=0)


def _refuse_above(name: str, hits: list[datetime], *, used_up_at: int) -> None:
    moment = now()
    for allowance in ALLOWANCES[name]:
        window = timedelta(seconds=allowance.seconds)
        recent = [h for h in hits if h > moment - window]
        if len(recent) < allowance.count + used_up_at:
            continue
        frees = recent[len(recent) - allowance.count - used_up_at] + window - moment
        seconds = max(1, math.ceil(frees.total_seconds()))
        raise Limited(
            f"{name}.limit",
            N_("Terlalu sering. Tunggu {minutes} menit, lalu coba lagi."),
            retry_after=seconds,
            minutes=-(-seconds // 60),
        )


def forget(name: str, key: str) -> None:
    """Clear a limit after the act that it guards succeeded, such as a good sign-in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM gate_limit WHERE key = %s AND name = %s", [_blind(name, key), name]
        )


def spend_second(partner_id: int) -> None:
    """Count one request of a partner in this second; raise `Limited` above the setting."""
    second = int(time.time())
    ((count,),) = execute(
        "INSERT INTO gate_rate AS r (partner_id, second, count) VALUES (%s, %s, 1)"
        " ON CONFLICT (partner_id) DO UPDATE SET second = excluded.second,"
        " count = CASE WHEN r.second = excluded.second THEN r.count + 1 ELSE 1 END"
        " RETURNING count",
        [partner_id, second],
    )
    if count > settings.PARTNER_REQUESTS_PER_SECOND:
        raise Limited("partner.limit", N_("Terlalu banyak permintaan."), retry_after=1)


def source_of(request: HttpRequest) -> str:
    """Return where a request comes from: the peer, or what a trusted proxy says of it."""
    peer: str = request.META.get("REMOTE_ADDR", "")
    if peer in settings.TRUSTED_PROXIES:
        forwarded = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
        try:
            return str(ipaddress.ip_address(forwarded))
        except ValueError:
            return peer
    return peer


def _blind(name: str, key: str) -> bytes:
    return sealer().index(f"limit.{name}", key)
