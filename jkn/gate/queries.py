"""Reads of the gate: partners' programs by the name they give."""

from __future__ import annotations

from dataclasses import dataclass

from jkn.core.db import execute, sealer
from jkn.gate.models import Partner


@dataclass(frozen=True, slots=True)
class KnownPartner:
    """A program that is registered and not revoked, with its opened secrets."""

    id: int
    name: str
    client_id: str
    secret: str
    public_key: str
    user_key: str
    facility_id: str


_BY_CLIENT = """
SELECT id, name, client_id, secret_sealed, public_key, user_key_sealed, facility_id
FROM gate_partner WHERE kind = %s AND client_id = %s AND revoked_at IS NULL
"""


def partner_by_client(kind: str, client_id: str) -> KnownPartner | None:
    """Return the program with this client id, or None; read at each request, so revoking works."""
    rows = execute(_BY_CLIENT, [kind, client_id])
    if not rows:
        return None
    row = rows[0]
    place = f"gate.partner.{row[0]}"
    user_key = sealer().open(row[5], place=place) if row[5] else ""
    return KnownPartner(
        row[0], row[1], row[2], sealer().open(row[3], place=place), row[4], user_key, row[6]
    )


def partners() -> list[Partner]:
    """Return every registered program, revoked ones too, in the order of their names."""
    return list(Partner.objects.order_by("kind", "client_id"))
