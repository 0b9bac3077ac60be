"""Doctors and beds of the made-up facilities; the same for every seed."""

from __future__ import annotations

from datetime import date, time

from jkn.core.actor import SYSTEM, Actor, Role
from jkn.facility.actions import Slot, set_sessions
from jkn.facility.beds import Room, add_room

# facility, number, name, clinic, weekdays (1 Monday), from, to, patients
_DOCTORS = (
    ("3275R001", 1, "dr. Contoh Sekar Ayuningtyas, Sp.PD", "INT", "14", 8, 12, 30),
    ("3275R001", 2, "dr. Contoh Yoga Pranata, Sp.A", "ANA", "235", 9, 13, 25),
    ("3275R001", 3, "dr. Contoh Bagas Nugraha, Sp.B", "BED", "13", 13, 16, 20),
    ("3275R002", 1, "dr. Contoh Ratih Kusuma, Sp.OG", "OBG", "12345", 8, 14, 40),
    ("3275R002", 2, "dr. Contoh Dimas Saputra, Sp.PD", "INT", "24", 16, 20, 25),
    ("3275R002", 3, "dr. Contoh Laras Wening, Sp.A", "ANA", "1345", 8, 12, 30),
    ("3275R002", 4, "dr. Contoh Hendra Wijaya, Sp.JP", "JAN", "25", 10, 13, 20),
    ("3275R003", 1, "dr. Contoh Maya Pertiwi, Sp.PD", "INT", "136", 8, 11, 25),
    ("3275R003", 2, "dr. Contoh Galih Prakoso, Sp.S", "SAR", "24", 13, 17, 20),
    ("3275R003", 3, "dr. Contoh Intan Maharani, Sp.PD", "HDL", "123456", 7, 15, 24),
    ("3275R004", 1, "dr. Contoh Fajar Ramadhan, Sp.PD", "INT", "45", 8, 12, 25),
    ("3275R004", 2, "dr. Contoh Putri Anjani, Sp.B", "BED", "2", 22, 2, 10),
    ("3275R005", 1, "dr. Contoh Surya Atmaja", "UMU", "1234567", 7, 21, 60),
    ("3275U001", 1, "dr. Contoh Nadia Lestari, Sp.M", "MAT", "1356", 8, 13, 30),
    ("3275K001", 1, "dr. Contoh Arif Hidayat", "UMU", "123456", 8, 14, 50),
    ("3275K001", 2, "drg. Contoh Citra Dewi", "GIG", "135", 15, 20, 15),
    ("3275K003", 1, "dr. Contoh Bunga Safitri", "UMU", "1234567", 8, 20, 80),
)


# facility, class, room, name, beds, free
_ROOMS = (
    ("3275R001", "KL1", "MELATI", "Melati", 14, 2),
    ("3275R001", "KL3", "MAWAR", "Mawar", 36, 5),
    ("3275R002", "KL2", "ANGGREK", "Anggrek", 20, 0),
    ("3275R002", "ICU", "ICU", "ICU", 8, 1),
    ("3275R003", "KL3", "KENANGA", "Kenanga", 30, 0),
)


def add_rooms() -> None:
    """Let hospitals tell their beds once; after some hours these figures are too old to be shown."""
    for facility_id, room_class, room, name, beds, free in _ROOMS:
        hospital = Actor(
            account_id=0, role=Role.PARTNER, name="Program RS contoh", facility_id=facility_id
        )
        add_room(actor=hospital, room=Room(room_class, room, name, beds, free, free_both=free))


def add_schedules(*, since: date) -> None:
    """Give the made-up facilities their doctors, from a day on."""
    for facility_id, number, name, clinic, weekdays, opens, closes, capacity in _DOCTORS:
        set_sessions(
            actor=SYSTEM, facility_id=facility_id, number=number, name=name, clinic=clinic,
            slots=[Slot(int(day), time(opens), time(closes), capacity) for day in weekdays],
            since=since, on=since,
        )  # fmt: skip
