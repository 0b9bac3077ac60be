"""Acts of a facility's staff on their own facility: what members read of it.

The facility is always the actor's own, never one that was asked for.
"""

from __future__ import annotations

from django.db import transaction

from jkn.audit.actions import record
from jkn.core.actor import Actor
from jkn.core.errors import Conflict
from jkn.core.words import N_
from jkn.facility.actions import next_version
from jkn.facility.models import Facility
from jkn.facility.own.queries import neighbours_of, profile_of
from jkn.facility.own.rules import Profile, require_near

_NOBODYS = 0  # the audit's group of what belongs to a facility and no family


@transaction.atomic
def change_profile(*, actor: Actor, profile: Profile, seen: int, reason: str) -> None:
    """Change what the actor's facility says of itself; the same again changes nothing.

    `seen` is the version that the change was made from: refuses `profile.changed` (a Conflict)
    where somebody changed the facility meanwhile, and `place.far`. Raises `NotFound`.
    """
    code = actor.facility_id or ""
    held, _ = profile_of(code)
    if profile == held:
        return
    version = next_version()  # before the facility's own row, as everywhere
    # `no_key`: rows that are added meanwhile share the key of the facility, and wait for the version.
    Facility.objects.select_for_update(no_key=True).filter(code=code).first()
    held, latest = profile_of(code)
    if latest != seen:
        raise Conflict(
            "profile.changed", N_("Data ini baru saja diubah orang lain. Buka lagi halamannya.")
        )
    if profile.point and profile.point != held.point:
        require_near(profile.point, held=held.point, neighbours=neighbours_of(code))
    latitude, longitude = profile.point or (None, None)
    Facility.objects.filter(code=code).update(
        phone=profile.phone, address=profile.address, hours=profile.hours,
        services=list(profile.services), latitude=latitude, longitude=longitude, version=version,
    )  # fmt: skip
    names = ("phone", "address", "hours", "services", "point")
    changed = [name for name in names if getattr(profile, name) != getattr(held, name)]
    record(
        actor=actor, verb="facility.profile", group=_NOBODYS, facility=code,
        fields=",".join(changed), reason=reason,
    )  # fmt: skip
