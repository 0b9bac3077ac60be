"""Seeds an empty database: everything in one transaction, the same for a seed but ids and salts."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.core.cache import caches
from django.db import connection, transaction

from jkn.account.models import Account
from jkn.audit.actions import record
from jkn.contribution.forms import CONSENT
from jkn.contribution.models import ContributionFigure
from jkn.contribution.queries import banks, figure, tariffs
from jkn.core.actor import SYSTEM
from jkn.core.db import execute, sealer
from jkn.core.errors import Conflict
from jkn.core.words import N_
from jkn.facility.actions import shift_places
from jkn.facility.models import PrimaryPlaces
from jkn.gate.actions import add_partner
from jkn.gate.models import Partner
from jkn.membership.models import Family
from jkn.nonprod.cast import CAST, cast_family
from jkn.nonprod.demo import BANK_CLIENT, BANK_NAME
from jkn.nonprod.people import MOST, NEWCOMERS, Story
from jkn.nonprod.seeding.accounts import (
    Chosen,
    DemoAccount,
    candidates,
    further_candidates,
    open_accounts,
)
from jkn.nonprod.seeding.copying import TABLES, Rows, fresh_ids
from jkn.nonprod.seeding.employers import MOST_WORKERS, open_employer
from jkn.nonprod.seeding.families import SeededFamily, Writer
from jkn.nonprod.seeding.history import Circumstances
from jkn.nonprod.seeding.reviews import write_reviews
from jkn.nonprod.seeding.schedules import add_rooms, add_schedules

MOST_FAMILIES = MOST - NEWCOMERS
PAID_MONTHS = 3  # of history, so that 100,000 families take a minute or two
_BATCH = 4_000
_IDS_OF_A_FAMILY = 60  # enough on average; ids beyond would only lie a little in the future
FULL_CLINIC, LAST_PLACE_CLINIC = "3275K009", "3275K010"  # fictional, nobody is seeded there
_LOCK = 0x6A6B6E53  # any number that nobody else locks: "jknS"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be seeded."""

    seed: int
    families: int
    accounts: int
    today: date
    paid_months: int = PAID_MONTHS
    has_wait: bool = True  # the days before a registration's first payment


@transaction.atomic
def seed(
    wish: Wish,
    *,
    tell: Callable[[str], None] = lambda _: None,
    keep: Callable[[list[DemoAccount]], None] = lambda _: None,
) -> list[DemoAccount]:
    """Fill an empty database and return its accounts.

    `keep` gets them before the commit: what it wrote is there whenever the data is.
    Refuses `seed.not_empty` (a Conflict) where there are families already.
    """
    _claim()
    if not wish.has_wait:
        _drop_wait()
    writer = _writer(wish)
    first: list[Chosen] = []
    further: list[Chosen] = []
    working: list[SeededFamily] = []
    for start in range(0, wish.families, _BATCH):
        numbers = range(start, min(start + _BATCH, wish.families))
        for number in numbers:
            one = writer.write(cast_family(wish.seed, number))
            if one.family.story is Story.WORKER and len(working) < MOST_WORKERS:
                working.append(one)
            if len(first) < wish.accounts:
                first += candidates(one)
                further += further_candidates(one, today=wish.today)
        writer.rows.flush()
        tell(f"{numbers.stop} families")
    employer = open_employer(working, on=wish.today)
    _count_places(wish.today)
    accounts = open_accounts(
        [*first, *further][: wish.accounts],
        seed=wish.seed,
        titles=[role.title for role in CAST],
        bank_prefixes={bank.code: bank.prefix for bank in banks()},
        employer=employer,
    )
    add_schedules(since=wish.today)
    add_rooms()
    write_reviews(first, today=wish.today)
    record(actor=SYSTEM, verb="nonprod.seeded", group=0, families=wish.families, seed=wish.seed)
    _analyze()
    keep(accounts)
    return accounts


def _claim() -> None:
    """Be the only seeding, without the time limits of daily work, on an empty database."""
    for setting in ("statement_timeout", "transaction_timeout", "lock_timeout"):
        execute(f"SET LOCAL {setting} = 0")
    execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    if Family.objects.exists() or Account.objects.exists():
        raise Conflict(
            "seed.not_empty", N_("Basis data ini sudah berisi keluarga. Pakai basis data kosong.")
        )


def _drop_wait() -> None:
    """Let a registration be paid on its first day, as a dated row that says so."""
    ContributionFigure.objects.create(
        name="registration_wait_days",
        valid_from=date(2018, 1, 2),
        value=0,
        basis="Demo: tanpa masa tunggu, bukan peraturan",
    )
    caches["memory"].clear()


def _writer(wish: Wish) -> Writer:
    at = Circumstances(
        today=wish.today,
        paid_months=wish.paid_months,
        wait_days=figure("registration_wait_days", on=wish.today).value,
        lapse_days=figure("registration_lapse_days", on=wish.today).value,
    )
    return Writer(
        rows=Rows(),
        ids=fresh_ids(_IDS_OF_A_FAMILY * wish.families),
        sealer=sealer(),
        at=at,
        tariffs=tariffs(),
        due_day=figure("due_day", on=wish.today).value,
        prefixes=sorted({bank.prefix for bank in banks()}),
        partner_id=_partner().id,
        bank=BANK_NAME,
        consent=CONSENT,
    )


def _partner() -> Partner:
    """Return the bank that took the payments of the past; without keys until it is registered."""
    known = Partner.objects.filter(kind="snap", client_id=BANK_CLIENT).first()
    return known or add_partner(
        kind="snap", client_id=BANK_CLIENT, name=BANK_NAME, secret=secrets.token_urlsafe(32)
    )


def _count_places(on: date) -> None:
    """Count everybody at their FKTP; two invented ones are full, or take one more."""
    rows = execute(
        "SELECT facility_id, count(*) FROM membership_member"
        " WHERE status <> 'deceased' GROUP BY facility_id"
    )
    PrimaryPlaces.objects.all().delete()
    shift_places(dict(rows), on=on)
    PrimaryPlaces.objects.bulk_create(
        PrimaryPlaces(facility_id=code, capacity=capacity)
        for code, capacity in ((FULL_CLINIC, 0), (LAST_PLACE_CLINIC, 1))
    )


def _analyze() -> None:
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ANALYZE {table}")
