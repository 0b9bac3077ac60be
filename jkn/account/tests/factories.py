"""The cast as accounts: Siti (participant), Budi (on her card), Wati (a stranger), Rina, Andi."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.contrib.auth.hashers import make_password

from jkn.account.actions import Entry, NewContact, create_account, enter_directory
from jkn.account.models import Account
from jkn.account.rules import ContactKind, Key
from jkn.core.actor import Level, Role
from jkn.core.ids import new_id

PASSWORD = "melati di halaman"
SITI_NIK, SITI_CARD, SITI_PHONE = "3275014506870003", "0001234567890", "6281234567890"
BUDI_NIK, BUDI_CARD = "3275011207850001", "0001234567891"
WATI_NIK, WATI_PHONE = "3275026003900002", "6281298765432"
RINA_NIK, RINA_EMAIL = "3275036102880004", "rina@puskesmas.contoh.id"
ANDI_NIK, ANDI_EMAIL = "3275040502800005", "andi@cabang.contoh.id"


@lru_cache(maxsize=1)
def password_hash() -> str:
    """Return one hash of the cast's password, made once."""
    return make_password(PASSWORD)


def a_member(
    *, nik: str, name: str, phone: str = "", email: str = "", card: str = "",
    family_id: int | None = None, **over: Any,
) -> Account:  # fmt: skip
    """Make a member with directory rows, as membership does."""
    family_id, person_id = family_id or new_id(), new_id()
    rows = [Entry(Key.NIK, nik, family_id, person_id)]
    enter_directory([*rows, Entry(Key.CARD, card, family_id, person_id)] if card else rows)
    contacts = [NewContact(ContactKind.PHONE, phone)] if phone else []
    contacts += [NewContact(ContactKind.EMAIL, email)] if email else []
    values: dict[str, Any] = {
        "role": Role.MEMBER, "name": name, "level": Level.REGISTER_MATCHED,
        "person_id": person_id, "family_id": family_id, "contacts": contacts,
        "password_hash": password_hash(),
    }  # fmt: skip
    return create_account(**(values | over))


def siti(**over: Any) -> Account:
    """Make Siti, the participant."""
    return a_member(
        nik=SITI_NIK, name="Siti Aminah", phone=SITI_PHONE, card=SITI_CARD,
        email="siti@contoh.id", **over,
    )  # fmt: skip


def budi(**over: Any) -> Account:
    """Make Budi, on Siti's card and on her telephone."""
    return a_member(nik=BUDI_NIK, name="Budi Santoso", phone=SITI_PHONE, card=BUDI_CARD, **over)


def wati(**over: Any) -> Account:
    """Make Wati, a stranger."""
    return a_member(nik=WATI_NIK, name="Wati Lestari", phone=WATI_PHONE, **over)


def _staff(role: Role, name: str, nik: str, email: str, **over: Any) -> Account:
    contacts = [NewContact(ContactKind.NIK, nik), NewContact(ContactKind.EMAIL, email)]
    values: dict[str, Any] = {
        "role": role, "name": name, "level": Level.SEEN_FACE_TO_FACE, "contacts": contacts,
        "password_hash": password_hash(),
    }  # fmt: skip
    return create_account(**(values | over))


def rina(**over: Any) -> Account:
    """Make Rina, who works at a clinic."""
    return _staff(Role.FACILITY, "Rina", RINA_NIK, RINA_EMAIL, facility_id="FK0001", **over)


def andi(**over: Any) -> Account:
    """Make Andi, who works at the branch."""
    return _staff(Role.BRANCH, "Andi", ANDI_NIK, ANDI_EMAIL, **over)
