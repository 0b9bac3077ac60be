"""Accounts come about and grow: created, attached to a family, given a password and a level."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models.functions import Now

from jkn.account.models import Account, Contact, Directory, Hold
from jkn.account.queries import account, contact_place
from jkn.account.rules import ContactKind, Key, check_password_length
from jkn.account.settings import hold_hours
from jkn.audit.actions import record
from jkn.core.actor import SYSTEM, Actor, Level, Role
from jkn.core.clock import now
from jkn.core.db import execute, sealer
from jkn.core.errors import Conflict
from jkn.core.words import N_


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact in its plain form (`628…`, lower-case e-mail, NIK), proven unless said."""

    kind: ContactKind
    value: str
    is_proven: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """One row for the directory: a unique number in its plain form, and whose it is."""

    kind: str
    value: str
    family_id: int
    member_id: int = 0


_ENTER = """
INSERT INTO account_directory (kind, digest, family_id, member_id)
SELECT * FROM unnest(%s::text[], %s::bytea[], %s::bigint[], %s::bigint[])
ON CONFLICT DO NOTHING RETURNING 1
"""


def enter_directory(rows: Iterable[Entry]) -> None:
    """Enter unique numbers, in the transaction of the thing that owns them.

    Refuses `directory.taken` (a Conflict) where one of them is there already; the caller's
    transaction then rolls back. The caller's act leaves the audit row.
    """
    entries = list(rows)
    if not entries:
        return
    # No savepoint: the conflict is the end of the caller's transaction anyway.
    with transaction.atomic(savepoint=False):
        entered = execute(
            _ENTER,
            [
                [e.kind for e in entries],
                [sealer().index(e.kind, e.value) for e in entries],
                [e.family_id for e in entries],
                [e.member_id for e in entries],
            ],
        )
        if len(entered) != len(entries):
            raise Conflict(
                "directory.taken",
                N_("Nomor ini sudah terdaftar. Masuk saja, atau telepon 165 bila itu bukan Anda."),
            )


def leave_directory(*, kind: str, value: str, family_id: int) -> None:
    """Take a number out of the directory, such as a virtual account that was closed."""
    Directory.objects.filter(
        digest=sealer().index(kind, value), kind=kind, family_id=family_id
    ).delete()


@transaction.atomic
def create_account(
    *, role: Role, name: str, level: Level = Level.CONTACT_PROVEN, person_id: int | None = None,
    family_id: int | None = None, facility_id: str = "", contacts: Sequence[NewContact] = (),
    password: str | None = None, password_hash: str = "", actor: Actor | None = None,
    employer_id: int | None = None,
) -> Account:  # fmt: skip
    """Make an account. A person has at most one: else refuses `account.exists` (a Conflict).

    `password_hash` takes a hash of Django's hashers instead of a password (demo data). `actor` is
    who makes it; None means the person themselves.
    """
    if password is not None:
        check_password_length(password)
        password_hash = make_password(password)
    made = Account.objects.create(
        role=role, name=name[:120], level=level, person_id=person_id, family_id=family_id,
        facility_id=facility_id, employer_id=employer_id,
        password=password_hash or make_password(None),
        password_changed_at=now() if password_hash else None,
    )  # fmt: skip
    if person_id is not None:
        _claim_person(made.id, person_id, family_id or 0)
    Contact.objects.bulk_create(_contact_row(made.id, c) for c in contacts)
    _record(actor or made.as_actor(), made, "account.created", role=str(role), level=int(level))
    return made


def _contact_row(account_id: int, given: NewContact) -> Contact:
    return Contact(
        account_id=account_id,
        kind=given.kind,
        digest=sealer().index(given.kind, given.value),
        sealed=sealer().seal(given.value, place=contact_place(account_id, given.kind)),
        proven_at=now() if given.is_proven else None,
    )


def _claim_person(account_id: int, person_id: int, family_id: int) -> None:
    try:
        enter_directory([Entry(Key.ACCOUNT, str(person_id), family_id, account_id)])
    except Conflict:
        raise Conflict(
            "account.exists", N_("Orang ini sudah punya akun. Masuk dengan NIK atau nomor kartu.")
        ) from None


def _record(actor: Actor, subject: Account, verb: str, **details: str | int | bool) -> None:
    group = subject.family_id or subject.id
    record(actor=actor, verb=verb, group=group, subject=subject.id, **details)


@transaction.atomic
def attach_family(
    *, account_id: int, family_id: int, person_id: int, name: str, level: Level,
    actor: Actor | None = None,
) -> Account:  # fmt: skip
    """Say which person and family an account belongs to, and how surely; twice is as once.

    A person who moves to another family keeps the account. Refuses `account.exists`.
    """
    own = _locked(account_id)
    if own.person_id != person_id:
        _claim_person(own.id, person_id, family_id)
    own.person_id, own.family_id, own.level = person_id, family_id, max(own.level, level)
    own.name = name[:120]
    own.save(update_fields=["person_id", "family_id", "level", "name"])
    _record(actor or own.as_actor(), own, "account.attached", level=int(own.level))
    return own


@transaction.atomic
def raise_level(*, account_id: int, level: Level, actor: Actor) -> Account:
    """Raise how surely the person is known; never lowers it."""
    own = _locked(account_id)
    if own.level < level:
        own.level = level
        own.save(update_fields=["level"])
        _record(actor, own, "account.level_raised", level=int(level))
    return own


@transaction.atomic
def deactivate(*, account_id: int, actor: Actor) -> None:
    """Close an account: its devices and programs are refused from the next request on."""
    own = _locked(account_id)
    own.is_active = False
    own.save(update_fields=["is_active"])
    _record(actor, own, "account.deactivated")


@transaction.atomic
def set_password(
    *, account_id: int, password: str, actor: Actor = SYSTEM, by_code_alone: bool = False
) -> None:
    """Set a new password; refuses `password.short` and `password.long`, nothing else.

    By a code alone it is worth no more than the code for 72 hours: it changes no phone number.
    """
    check_password_length(password)
    own = _locked(account_id)
    own.password = make_password(password)
    own.password_changed_at = now()
    own.save(update_fields=["password", "password_changed_at"])
    if by_code_alone:
        until = now() + timedelta(hours=hold_hours())
        Hold.objects.update_or_create(
            account_id=own.id, kind="password", defaults={"until": until, "created_at": now()}
        )
    else:
        Hold.objects.filter(account_id=own.id, kind="password", until__lte=Now()).delete()
    _record(actor, own, "account.password_set", by_code_alone=by_code_alone)


def _locked(account_id: int) -> Account:
    """Return the account, locked until the transaction ends; raises `NotFound`."""
    account(account_id)
    return Account.objects.select_for_update().get(id=account_id)
