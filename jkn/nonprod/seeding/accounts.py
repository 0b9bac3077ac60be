"""Accounts of the demo: members, facility and branch staff, an administrator."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from django.conf import settings
from django.contrib.auth.hashers import make_password

from jkn.account.actions.accounts import Entry, enter_directory
from jkn.account.models import Account, ApiToken, Contact
from jkn.account.queries import contact_place, digest_of_key
from jkn.account.rules import ContactKind, Key
from jkn.core.actor import Level, Role
from jkn.core.clock import day_of, now
from jkn.core.db import sealer
from jkn.core.identifiers import age_on
from jkn.nonprod.people import NEWCOMERS, NEWCOMERS_FROM, family
from jkn.nonprod.seeding.employers import SeededEmployer
from jkn.nonprod.seeding.families import SeededFamily, SeededMember

# One password for all members and one for all staff: Argon2 takes some 30 ms, and is computed
# once for each. Equal hashes tell that passwords are equal, which a demo prints anyway; real
# accounts never share a hash.
MEMBER_PASSWORD = "bekasi-sehat-2026"  # noqa: S105 (printed by the demo)
STAFF_PASSWORD = "petugas-bekasi-2026"  # noqa: S105 (printed by the demo)
STAFF_FACILITY = "3275P002"  # Puskesmas Jati Makmur
_ADULT_AGE = 17
_BATCH = 1_000


class DemoAccount(TypedDict):
    """One account as `seed --json` and var/demo.json tell it; the last three are extra."""

    role: str
    nik: str
    card: str | None
    password: str
    token: str
    va: dict[str, str] | None
    name: str
    phone: str
    story: str


@dataclass(frozen=True, slots=True)
class _Holder:
    """Who gets an account."""

    role: Role
    name: str
    nik: str
    card: str | None
    phone: str
    va: dict[str, str] | None
    story: str
    member: SeededMember | None = None
    facility_id: str = ""
    employer_id: int | None = None


_STAFF = (
    (Role.FACILITY, "Rina Marlina", STAFF_FACILITY, "petugas Puskesmas Jati Makmur"),
    (Role.BRANCH, "Andi Saputra", "", "petugas kantor cabang"),
    (Role.ADMIN, "Dewi Kartika", "", "administrator"),
    (Role.BRANCH, "Yuni Lestari", "", "petugas kantor cabang, orang kedua"),
)
_EMPLOYERS_PERSON = "Ratna Dewi"


Chosen = tuple[SeededFamily, SeededMember]


def candidates(one: SeededFamily) -> Iterator[Chosen]:
    """Yield who gets an account: the first living member, in Siti's family Budi as well."""
    living = [m for m in one.members if m.person.is_alive]
    yield one, living[0]
    if one.family.number == 0:
        yield one, living[2]


def further_candidates(one: SeededFamily, *, today: date) -> Iterator[Chosen]:
    """Yield the other adults, for more accounts than there are families."""
    first = [member for _, member in candidates(one)]
    for member in one.members:
        age = age_on(member.person.birth_date, on=today)
        if member.person.is_alive and member not in first and age >= _ADULT_AGE:
            yield one, member


def open_accounts(
    chosen: Sequence[Chosen],
    *, seed: int, titles: Sequence[str], bank_prefixes: dict[str, str], employer: SeededEmployer,
) -> list[DemoAccount]:  # fmt: skip
    """Make the accounts with password, token and phone; return what is to be printed."""
    holders = [_member(one, member, titles, bank_prefixes) for one, member in chosen]
    holders += [_staff(seed, place) for place in range(len(_STAFF))]
    holders.append(_at_employer(seed, employer, bank_prefixes))
    hashes = {p: make_password(p) for p in (MEMBER_PASSWORD, STAFF_PASSWORD)}
    told: list[DemoAccount] = []
    for start in range(0, len(holders), _BATCH):
        batch = holders[start : start + _BATCH]
        told += _write(batch, [_token(seed, holder.nik) for holder in batch], hashes)
    return told


def _write(
    holders: Sequence[_Holder], tokens: Sequence[str], hashes: dict[str, str]
) -> list[DemoAccount]:
    accounts, rows, told = [], [], []
    for holder, token in zip(holders, tokens, strict=True):
        password = MEMBER_PASSWORD if holder.role is Role.MEMBER else STAFF_PASSWORD
        account = _account(holder, hashes[password])
        accounts.append(account)
        rows += [_contact(account.id, ContactKind.PHONE, holder.phone)]
        if holder.member is None:
            rows += [_contact(account.id, ContactKind.NIK, holder.nik)]
        told.append(
            DemoAccount(
                role=holder.role.value, nik=holder.nik, card=holder.card, password=password,
                token=token, va=holder.va, name=holder.name, phone=holder.phone,
                story=holder.story,
            )
        )  # fmt: skip
    Account.objects.bulk_create(accounts)
    Contact.objects.bulk_create(rows)
    ApiToken.objects.bulk_create(
        ApiToken(
            digest=digest_of_key(token), account_id=account.id, label="Demo",
            last_used=day_of(now()),
        )
        for account, token in zip(accounts, tokens, strict=True)
    )  # fmt: skip
    enter_directory(
        Entry(Key.ACCOUNT, str(h.member.member_id), h.member.family_id, account.id)
        for h, account in zip(holders, accounts, strict=True)
        if h.member
    )
    return told


def _account(holder: _Holder, password_hash: str) -> Account:
    member = holder.member
    return Account(
        role=holder.role.value,
        level=Level.REGISTER_MATCHED if member else Level.SEEN_FACE_TO_FACE,
        name=holder.name,
        person_id=member.member_id if member else None,
        family_id=member.family_id if member else None,
        facility_id=holder.facility_id,
        employer_id=holder.employer_id,
        password=password_hash,
        password_changed_at=now(),
    )


def _contact(account_id: int, kind: ContactKind, value: str) -> Contact:
    return Contact(
        account_id=account_id,
        kind=kind,
        digest=sealer().index(kind, value),
        sealed=sealer().seal(value, place=contact_place(account_id, kind)),
        proven_at=now(),
    )


def _member(
    one: SeededFamily, member: SeededMember, titles: Sequence[str], bank_prefixes: dict[str, str]
) -> _Holder:
    number = one.family.number
    story = titles[number] if number < len(titles) else one.family.story.value
    payable = one.payable
    return _Holder(
        role=Role.MEMBER,
        name=member.person.name,
        nik=member.person.nik,
        card=member.person.card,
        phone=one.family.phone,
        va={b: payable[prefix] for b, prefix in bank_prefixes.items() if prefix in payable},
        story=story,
        member=member,
    )


def _staff(seed: int, place: int) -> _Holder:
    role, name, facility_id, story = _STAFF[place]
    # Numbers of people who are no members: the last ones that the register knows.
    household = family(seed, NEWCOMERS_FROM + NEWCOMERS - 1 - place)
    return _Holder(
        role, name, household.head.nik, None, household.phone, None, story, None, facility_id
    )


def _at_employer(seed: int, employer: SeededEmployer, bank_prefixes: dict[str, str]) -> _Holder:
    household = family(seed, NEWCOMERS_FROM + NEWCOMERS - 1 - len(_STAFF))
    return _Holder(
        Role.EMPLOYER, _EMPLOYERS_PERSON, household.head.nik, None, household.phone,
        employer.accounts(bank_prefixes), f"badan usaha {employer.name}, {employer.number}",
        employer_id=employer.employer_id,
    )  # fmt: skip


def _token(seed: int, nik: str) -> str:
    """Return the API token of an account: the same for a seed on one installation, no other's."""
    key = settings.SECRET_KEY.encode()
    digest = hmac.digest(key, f"demo token:{seed}:{nik}".encode(), hashlib.sha256)
    return "jkn_" + urlsafe_b64encode(digest[:24]).decode()
