"""The hospitals' door to their beds: Aplicares. Wire names stay in this file.

Answers are plain, codes numbers: 1 is success, 0 a "no". Fields: docs/reference/aplicares.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from jkn.core.clock import JAKARTA
from jkn.core.errors import NotFound, Refused
from jkn.facility.beds import MOST_BEDS, Room, add_room, end_room, update_room
from jkn.facility.queries import BedFacts, beds_of, room_classes
from jkn.gate.answers import words
from jkn.gate.bpjs import APLICARES, Counted, SignedCall, XconsRefused, xcons

_MOST_ROWS = 1000
_NUMBER = re.compile(r"[0-9]{1,6}")


def _no(word: str, message: str) -> XconsRefused:
    return XconsRefused(200, 0, word, message)


@xcons(APLICARES)
def classes(call: SignedCall) -> object:
    """Tell the classes of rooms by their codes (Aplicares)."""
    known = [{"kodekelas": code, "namakelas": name} for code, name in room_classes()]
    return Counted({"list": known}, len(known))


@xcons(APLICARES)
def read(call: SignedCall, ppk: str, start: str, limit: str) -> object:
    """Tell a hospital its own beds, so many rows from a number on (Aplicares)."""
    _require_own(call, ppk)
    first, most = _number("start", start), _number("limit", limit)
    if first < 1 or not 1 <= most <= _MOST_ROWS:
        raise _no("page", f"start mulai dari 1, limit 1 sampai {_MOST_ROWS}")
    rows, total = beds_of(ppk, skip=first - 1, count=most)
    told = [_row(bed, ppk, number) for number, bed in enumerate(rows, first)]
    return Counted({"list": told}, total)


@xcons(APLICARES, methods=("POST",))
def create(call: SignedCall, ppk: str) -> None:
    """Add a room with its beds (Aplicares)."""
    _done(call, ppk, lambda: add_room(actor=call.actor, room=_room(call.fields())))


@xcons(APLICARES, methods=("POST",))
def update(call: SignedCall, ppk: str) -> None:
    """Tell the beds of a room anew (Aplicares)."""
    _done(call, ppk, lambda: update_room(actor=call.actor, room=_room(call.fields())))


@xcons(APLICARES, methods=("POST",))
def delete(call: SignedCall, ppk: str) -> None:
    """Take a room away (Aplicares)."""
    fields = call.fields()
    room_class, room = _text(fields, "kodekelas"), _text(fields, "koderuang")
    _done(call, ppk, lambda: end_room(actor=call.actor, room_class=room_class, room=room))


@xcons(APLICARES, methods=("GET", "POST", "PUT", "DELETE"))
def unknown(call: SignedCall) -> object:
    """Say in the envelope of Aplicares that there is no such service."""
    raise XconsRefused(404, 404, "address", "URL tidak ditemukan")


def _done(call: SignedCall, ppk: str, act: Callable[[], None]) -> None:
    _require_own(call, ppk)
    try:
        act()
    except NotFound:
        raise _no("bed.none", "Data ruang tidak ditemukan") from None
    except Refused as refused:
        raise _no(refused.code, words(refused)) from None


def _require_own(call: SignedCall, ppk: str) -> None:
    if not call.client.facility_id or ppk != call.client.facility_id:
        raise _no("facility", "Kode PPK tidak sesuai dengan X-cons-id")


def _room(fields: Mapping[str, object]) -> Room:
    return Room(
        room_class=_text(fields, "kodekelas"),
        room=_text(fields, "koderuang"),
        name=_text(fields, "namaruang"),
        capacity=_number("kapasitas", fields.get("kapasitas")),
        free=_number("tersedia", fields.get("tersedia")),
        free_men=_number("tersediapria", fields.get("tersediapria", 0)),
        free_women=_number("tersediawanita", fields.get("tersediawanita", 0)),
        free_both=_number("tersediapriawanita", fields.get("tersediapriawanita", 0)),
    )


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    text = str(value).strip() if isinstance(value, str | int) else ""
    if not text or len(text) > 80 or not text.isprintable():
        raise _no(name, f"{name} wajib diisi, paling banyak 80 huruf")
    return text


def _number(name: str, value: object) -> int:
    """Return a number that came as one or as its text: clients send both."""
    text = str(value).strip() if isinstance(value, str | int) else ""
    if isinstance(value, bool) or not _NUMBER.fullmatch(text) or int(text) > MOST_BEDS:
        raise _no(name, f"{name} harus angka 0 sampai {MOST_BEDS}")
    return int(text)


def _row(bed: BedFacts, ppk: str, number: int) -> dict[str, object]:
    return {
        "rownumber": number,
        "kodeppk": ppk,
        "kodekelas": bed.room_class,
        "namakelas": bed.class_name,
        "koderuang": bed.room,
        "namaruang": bed.name,
        "kapasitas": bed.capacity,
        "tersedia": bed.free,
        "tersediapria": bed.free_men,
        "tersediawanita": bed.free_women,
        "tersediapriawanita": bed.free_both,
        "lastupdate": f"{bed.updated_at.astimezone(JAKARTA):%Y-%m-%d %H:%M:%S}",
    }
