"""Who asks. Policy and audit see only this."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from jkn.core.words import N_


class Role(StrEnum):
    """What an account may act as; the Indonesian names stand in GLOSSARY.md."""

    MEMBER = "member"
    FACILITY = "facility"
    BRANCH = "branch"
    ADMIN = "admin"
    EMPLOYER = "employer"
    PARTNER = "partner"


class Level(IntEnum):
    """How surely we know the person (docs/reference/levels.md)."""

    CONTACT_PROVEN = 0
    REGISTER_MATCHED = 1
    SEEN_FACE_TO_FACE = 2


@dataclass(frozen=True, slots=True)
class Actor:
    """One signed-in account or one partner's program, with the rights of this very request."""

    account_id: int
    role: Role
    name: str
    level: Level = Level.CONTACT_PROVEN
    person_id: int | None = None
    family_id: int | None = None
    facility_id: str | None = None
    session_id: int = 0  # the device session or API token that carried the request
    employer_id: int | None = None

    @property
    def is_staff(self) -> bool:
        """Whether the person works at a facility or a branch, and may see others' cards."""
        return self.role in (Role.FACILITY, Role.BRANCH, Role.ADMIN)

    @property
    def is_at_work(self) -> bool:
        """Whether the account is used at work: staff, and those who act for an employer."""
        return self.is_staff or self.role is Role.EMPLOYER

    @property
    def first_page(self) -> str:
        """Where the person begins once signed in."""
        if self.role is Role.EMPLOYER:
            return "/perusahaan/"
        return "/petugas/" if self.is_staff else "/"


SYSTEM = Actor(account_id=0, role=Role.ADMIN, name=N_("sistem"))
