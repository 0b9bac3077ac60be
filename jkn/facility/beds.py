"""Acts of a hospital's program on its own beds: new rooms, how many are free, rooms that end."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import transaction

from jkn.audit.actions import record
from jkn.core.actor import Actor
from jkn.core.clock import now
from jkn.core.errors import Conflict, NotFound, Refused
from jkn.core.words import N_
from jkn.facility.models import Bed, Facility, RoomClass

MOST_BEDS = 9_999


@dataclass(frozen=True, slots=True)
class Room:
    """The beds of a room as a hospital tells them."""

    room_class: str
    room: str
    name: str
    capacity: int
    free: int
    free_men: int = 0
    free_women: int = 0
    free_both: int = 0


@transaction.atomic
def add_room(*, actor: Actor, room: Room) -> None:
    """Add a room of the actor's facility; the very same again changes nothing.

    Raises `Conflict` where the room is there with other figures, `Refused` for figures that
    cannot be.
    """
    facility_id = _own(actor)
    _require_possible(room)
    values = _values(room)
    bed, is_new = Bed.objects.get_or_create(
        facility_id=facility_id, room_class_id=room.room_class, room=room.room,
        defaults={**values, "updated_at": now()},
    )  # fmt: skip
    if is_new:
        record(actor=actor, verb="facility.room_added", group=0, subject=bed.id, room=room.room)
    elif any(getattr(bed, name) != value for name, value in values.items()):
        raise Conflict("bed.known", N_("Ruang ini sudah ada. Pakai pembaruan."))


@transaction.atomic
def update_room(*, actor: Actor, room: Room) -> None:
    """Tell the beds of a room anew; they are as fresh as this moment even where nothing changed."""
    facility_id = _own(actor)
    _require_possible(room)
    bed = (
        Bed.objects.select_for_update()
        .filter(facility_id=facility_id, room_class_id=room.room_class, room=room.room)
        .first()
    )
    if bed is None:
        raise NotFound
    values = _values(room)
    changed = [name for name, value in values.items() if getattr(bed, name) != value]
    Bed.objects.filter(facility_id=facility_id, id=bed.id).update(**values, updated_at=now())
    if changed:
        record(
            actor=actor, verb="facility.beds", group=0, subject=bed.id, room=room.room,
            free=room.free, capacity=room.capacity,
        )  # fmt: skip


@transaction.atomic
def end_room(*, actor: Actor, room_class: str, room: str) -> None:
    """Take a room of the actor's facility away; raises `NotFound`."""
    facility_id = _own(actor)
    found = Bed.objects.filter(facility_id=facility_id, room_class_id=room_class, room=room)
    bed = found.first()
    if bed is None:
        raise NotFound
    found.delete()
    record(actor=actor, verb="facility.room_ended", group=0, subject=bed.id, room=room)


def _own(actor: Actor) -> str:
    """Return the facility that the actor acts for; others' beds are never asked for."""
    facility_id = actor.facility_id or ""
    if not Facility.objects.filter(code=facility_id).exists():
        raise NotFound
    return facility_id


def _values(room: Room) -> dict[str, object]:
    kept = asdict(room)
    return {name: kept[name] for name in kept if name not in ("room_class", "room")}


def _require_possible(room: Room) -> None:
    if not RoomClass.objects.filter(code=room.room_class).exists():
        raise Refused("bed.class", N_("Kode kelas kamar tidak dikenal."))
    if not 0 < len(room.room) <= 20 or not 0 < len(room.name) <= 80:
        raise Refused("bed.room", N_("Kode ruang 1 sampai 20 huruf, nama ruang sampai 80."))
    if not 0 <= room.free <= room.capacity <= MOST_BEDS:
        raise Refused("bed.free", N_("Tempat tidur kosong harus 0 sampai kapasitasnya."))
    parts = (room.free_men, room.free_women, room.free_both)
    if min(parts) < 0 or max(parts) > room.capacity:
        raise Refused("bed.parts", N_("Tempat tidur per jenis kelamin melebihi kapasitas."))
