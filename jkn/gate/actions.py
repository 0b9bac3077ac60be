"""Writes of the gate: partners are registered and revoked, old keys are dropped."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models.functions import Now

from jkn.core.db import sealer
from jkn.core.errors import NotFound, Refused
from jkn.core.ids import new_id
from jkn.core.words import N_
from jkn.gate.models import Partner


@transaction.atomic
def add_partner(
    *, kind: str, client_id: str, secret: str, name: str = "", public_key: str = "",
    user_key: str = "", facility_id: str = "",
) -> Partner:  # fmt: skip
    """Register a bank's (`snap`) or a facility's (`bpjs`) program, or renew its keys.

    The name of a bank's program is its clearing account. Refuses `partner.invalid`.
    """
    if kind not in ("snap", "bpjs") or not client_id or not secret or len(client_id) > 64:
        raise Refused("partner.invalid", N_("Jenis, client id, dan secret wajib diisi."))
    partner = Partner.objects.filter(kind=kind, client_id=client_id).first() or Partner(
        id=new_id(), kind=kind, client_id=client_id
    )
    place = f"gate.partner.{partner.id}"
    partner.name = (name or client_id)[:40]
    partner.secret_sealed = sealer().seal(secret, place=place)
    partner.user_key_sealed = sealer().seal(user_key, place=place) if user_key else None
    partner.public_key = public_key
    partner.facility_id = facility_id
    partner.revoked_at = None
    partner.save()
    return partner


@transaction.atomic
def revoke_partner(*, kind: str, client_id: str) -> None:
    """Close the door for a program from the next request on; raises `NotFound`."""
    if not Partner.objects.filter(kind=kind, client_id=client_id).update(revoked_at=Now()):
        raise NotFound


def forget_old_keys() -> None:
    """Drop idempotency keys older than 30 days and external ids of earlier days."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM gate_idempotencykey WHERE at < now() - interval '30 days'")
        cursor.execute("DELETE FROM gate_externalid WHERE day < current_date - 3")
