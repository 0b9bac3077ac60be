"""Reads of accounts: who asks, who is meant by a number, which devices and proofs there are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models.functions import Now

from jkn.account.models import (
    Account,
    ApiToken,
    Code,
    Contact,
    DeviceSession,
    Directory,
    Hold,
    Passkey,
    RecoveryCode,
)
from jkn.account.rules import CODE_TRIES, Channel, ContactKind, Identifier, Key
from jkn.core.actor import Actor, Level, Role
from jkn.core.clock import now
from jkn.core.db import execute, sealer
from jkn.core.errors import NotFound
from jkn.notice.queries import UNREAD_OF_A

AT_MOST_ON_ONE_CONTACT = 12


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose a unique number is."""

    family_id: int
    member_id: int


def family_of(kind: str, value: str) -> Whose | None:
    """Return whose a NIK, card, KK, virtual account or payment is; one statement."""
    rows = execute(
        "SELECT family_id, member_id FROM account_directory WHERE digest = %s AND kind = %s",
        [sealer().index(kind, value), kind],
    )
    return Whose(*rows[0]) if rows else None


def families_of(kind: str, values: list[str]) -> dict[str, Whose]:
    """Return whose each of several numbers is; numbers nobody has are left out."""
    digests = {sealer().index(kind, value): value for value in values}
    rows = Directory.objects.filter(kind=kind, digest__in=list(digests))
    return {digests[bytes(r.digest)]: Whose(r.family_id, r.member_id) for r in rows}


# Who asks.


@dataclass(frozen=True, slots=True)
class LoadedSession:
    """A device's session as one statement found it; `actor` is None where nobody is signed in."""

    id: int
    data: str
    last_seen: datetime
    unread: int  # notices of the actor
    actor: Actor | None


_DEVICE = f"""
SELECT s.id, s.data, s.last_seen, {UNREAD_OF_A}, a.id, a.role, a.name, a.level, a.person_id,
  a.family_id, a.facility_id, a.employer_id
FROM account_devicesession s LEFT JOIN account_account a ON a.id = s.account_id AND a.is_active
WHERE s.digest = %s AND s.expires_at > now()
"""  # noqa: S608 (only constants are joined)
_PROGRAM = """
SELECT t.id, t.last_used, a.id, a.role, a.name, a.level, a.person_id, a.family_id, a.facility_id,
  a.employer_id
FROM account_apitoken t JOIN account_account a ON a.id = t.account_id AND a.is_active
WHERE t.digest = %s AND t.revoked_at IS NULL
"""


def digest_of_key(key: str) -> bytes:
    """Return what is stored of a session key or token: its SHA-256 (both are long and random)."""
    return hashlib.sha256(key.encode()).digest()


def session_of(key: str) -> LoadedSession | None:
    """Return the session of a cookie, with the person's rights of this moment; one statement."""
    rows = execute(_DEVICE, [digest_of_key(key)])
    if not rows:
        return None
    session_id, data, last_seen, unread, *person = rows[0]
    return LoadedSession(session_id, data, last_seen, unread, _actor(person, session_id))


def token_of(text: str) -> tuple[Actor, date | None] | None:
    """Return whose program sends this token, and the day it was last used; one statement."""
    rows = execute(_PROGRAM, [digest_of_key(text)])
    if not rows:
        return None
    token_id, last_used, *person = rows[0]
    actor = _actor(person, token_id)
    return (actor, last_used) if actor else None


def _actor(columns: list[Any], session_id: int) -> Actor | None:
    account_id, role, name, level, person_id, family_id, facility_id, employer_id = columns
    if account_id is None:
        return None
    return Actor(
        account_id, Role(role), name, Level(level), person_id, family_id, facility_id or None,
        session_id, employer_id,
    )  # fmt: skip


# Who is meant.


def account(account_id: int) -> Account:
    """Return an active account; raises `NotFound`."""
    found = Account.objects.filter(id=account_id, is_active=True).first()
    if found is None:
        raise NotFound
    return found


def accounts_of_family(family_id: int) -> list[int]:
    """Return the ids of the active accounts of a family's members."""
    rows = Account.objects.filter(family_id=family_id, is_active=True).order_by("id")
    return list(rows.values_list("id", flat=True))


def accounts_of_employer(employer_id: int) -> list[int]:
    """Return the ids of the active accounts that act for an employer."""
    rows = Account.objects.filter(employer_id=employer_id, is_active=True).order_by("id")
    return list(rows.values_list("id", flat=True))


def account_of_person(person_id: int) -> Account | None:
    """Return the one account of a person, or None."""
    whose = family_of(Key.ACCOUNT, str(person_id))
    if whose is None:
        return None
    return Account.objects.filter(id=whose.member_id, is_active=True).first()


def accounts_for(who: Identifier) -> list[Account]:
    """Return the active accounts that an identifier may mean; a clerk may also be a member."""
    if who.kind in (ContactKind.PHONE, ContactKind.EMAIL):
        return accounts_on(who.kind, sealer().index(who.kind, who.value))
    found: list[Account] = []
    whose = family_of(who.kind, who.value)
    if whose and (member := account_of_person(whose.member_id)):
        found.append(member)
    if who.kind == "nik":
        found += accounts_on(ContactKind.NIK, sealer().index(ContactKind.NIK, who.value))
    return found


def accounts_on(kind: str, digest: bytes) -> list[Account]:
    """Return the active accounts with this proven contact, the oldest first."""
    ids = Contact.objects.filter(digest=digest, kind=kind, proven_at__isnull=False)
    found = Account.objects.filter(
        id__in=ids.values("account_id")[:AT_MOST_ON_ONE_CONTACT], is_active=True
    )
    return list(found.order_by("id"))


def contact_place(account_id: int, kind: str) -> str:
    """Return where a contact is sealed to."""
    return f"account.contact.{account_id}.{kind}"


def contact_of(account_id: int, kind: str) -> str | None:
    """Return the proven phone (`628…`) or e-mail of an account, or None."""
    return contacts_of(account_id).get(kind)


def contacts_of(account_id: int) -> dict[str, str]:
    """Return the proven contacts of an account by kind, opened."""
    rows = Contact.objects.filter(account_id=account_id, proven_at__isnull=False)
    return {
        r.kind: sealer().open(bytes(r.sealed), place=contact_place(account_id, r.kind))
        for r in rows
    }


# Devices, tokens, proofs.


def devices_of(account_id: int) -> list[DeviceSession]:
    """Return the devices that are signed in, the last seen first."""
    rows = DeviceSession.objects.filter(account_id=account_id, expires_at__gt=Now())
    return list(rows.order_by("-last_seen", "-id"))


def tokens_of(account_id: int) -> list[ApiToken]:
    """Return the tokens that are not revoked, the newest first."""
    rows = ApiToken.objects.filter(account_id=account_id, revoked_at__isnull=True)
    return list(rows.order_by("-id"))


def passkeys_of(account_id: int) -> list[Passkey]:
    """Return the passkeys of an account, the oldest first."""
    return list(Passkey.objects.filter(account_id=account_id).order_by("id"))


def recovery_codes_left(account_id: int) -> int:
    """Return how many recovery codes are not used yet."""
    return RecoveryCode.objects.filter(account_id=account_id, used_at__isnull=True).count()


def holds_of(account_id: int) -> dict[str, Hold]:
    """Return the holds that still run, by kind: phone, email, password."""
    rows = Hold.objects.filter(account_id=account_id, until__gt=Now())
    return {hold.kind: hold for hold in rows}


def password_is_held(account_id: int) -> bool:
    """Whether the password was set by a code alone less than 72 hours ago."""
    rows = Hold.objects.filter(account_id=account_id, kind="password", until__gt=Now())
    return rows.exists()


# One-time codes.


@dataclass(frozen=True, slots=True)
class CodeState:
    """What a person may see of the code that is on its way."""

    id: int
    purpose: str
    kind: str
    digest: bytes
    channel: Channel
    state: str  # queued, sent, trying, failed
    is_live: bool
    ends_at: datetime
    sent_at: datetime


def code_state(code_id: int) -> CodeState | None:
    """Return how far a code is; the same for decoys. None where it does not exist (any more)."""
    row = Code.objects.filter(id=code_id).first()
    if row is None:
        return None
    is_live = row.used_at is None and row.tries < CODE_TRIES and row.ends_at > now()
    return CodeState(
        row.id, row.purpose, row.kind, bytes(row.digest), Channel(row.channel), row.state,
        is_live, row.ends_at, row.sent_at,
    )  # fmt: skip
