"""A POST that is repeated counts once: the effect, its key and its answer commit together."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import connection, transaction
from django.http import HttpRequest

from jkn.core.errors import Refused
from jkn.core.words import N_

NOT_PART_OF_THE_ACT = ("_key", "csrfmiddlewaretoken")
_KEY = re.compile(r"[\x21-\x7e]{1,64}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What may be stored of an answer: status, address or ids; never tokens, codes or HTML."""

    status: int = 200
    location: str = ""
    body: dict[str, Any] | None = None


def once(request: HttpRequest, *, group: int, act: Callable[[], Answer], scope: int = 0) -> Answer:
    """Run `act` once for the request's key; a repetition gets the first answer.

    `group` is the family or facility that is written to, else the sender's scope. Raises
    `Refused("idempotency.other")` where the key came with another body, and whatever `act`
    raises: then nothing is stored and the key is free again (docs/adr/0005).
    """
    key = request.headers.get("Idempotency-Key") or request.POST.get("_key", "")
    if not key:
        with transaction.atomic():
            return act()
    if not _KEY.fullmatch(key):
        raise Refused("idempotency.invalid", N_("Idempotency-Key berisi 1 sampai 64 huruf."))
    actor = getattr(request, "actor", None)
    match = request.resolver_match
    route = (match.view_name if match else "")[:80]
    place = [group, actor.account_id if actor else scope, route, key]
    digest = _digest(request)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO gate_idempotencykey (group_id, actor_id, route, key, digest, status,"
            " location) VALUES (%s, %s, %s, %s, %s, 0, '') ON CONFLICT DO NOTHING",
            [*place, digest],
        )
        if cursor.rowcount == 0:
            return _first_answer(cursor, place, digest)
        answer = act()
        cursor.execute(
            "UPDATE gate_idempotencykey SET status = %s, location = %s, body = %s::jsonb"
            " WHERE group_id = %s AND actor_id = %s AND route = %s AND key = %s",
            [answer.status, answer.location, _text(answer.body), *place],
        )
        return answer


def _first_answer(cursor: Any, place: list[Any], digest: bytes) -> Answer:
    cursor.execute(
        "SELECT digest, status, location, body::text FROM gate_idempotencykey"
        " WHERE group_id = %s AND actor_id = %s AND route = %s AND key = %s",
        place,
    )
    stored, status, location, body = cursor.fetchone()
    if bytes(stored) != digest:
        raise Refused(
            "idempotency.other",
            N_("Kiriman ini sudah tercatat dengan isian lain. Periksa, lalu isi formulir baru."),
        )
    return Answer(status, location, None if body is None else msgspec.json.decode(body))


def _text(body: dict[str, Any] | None) -> str | None:
    return None if body is None else msgspec.json.encode(body).decode()


def _digest(request: HttpRequest) -> bytes:
    digest = hashlib.sha256(request.path.encode())
    if request.content_type == "application/json" or not request.POST:
        digest.update(request.body)
        return digest.digest()
    for name in sorted(request.POST):
        if name not in NOT_PART_OF_THE_ACT:
            digest.update(f"\0{name}\0{chr(1).join(request.POST.getlist(name))}".encode())
    return digest.digest()
