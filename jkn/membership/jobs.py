"""Background work of membership: the register again, growing up, telling of changes."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from jkn.account.actions.contacts import tell_all
from jkn.account.queries import accounts_of_family
from jkn.core.clock import today
from jkn.core.words import N_
from jkn.facility.queries import facility_name
from jkn.gate.jobs import RETRY
from jkn.membership.actions import take_register_answer
from jkn.membership.ageing import age_members
from jkn.membership.partner import look_up
from jkn.membership.place_notes import count_places_of
from jkn.membership.presenters import CLASS_CHANGED, EVENTS
from jkn.membership.primary import apply_primary_changes
from jkn.membership.queries import (
    change_of,
    correction_of,
    draft_of,
    family_change_of,
    names_in,
    primary_change_of,
)

# After 3, 6, 9 … seconds: some four hours in all, and never long after the register is back.
_KEEP_ASKING = RetryStrategy(max_attempts=100, linear_wait=3)


@app.task(name="membership.ask_register", retry=_KEEP_ASKING)
def ask_register(account_id: int) -> None:
    """Ask about a draft that still waits; raises while the register is away, and is retried."""
    draft = draft_of(account_id)
    if draft is None or draft.state != "waiting":
        return
    data = draft.data
    answer = look_up(nik=data.nik, kk=data.kk, birth_date=data.birth_date)
    if draft_of(account_id) != draft:  # the person has typed anew meanwhile
        return
    take_register_answer(account_id=account_id, data=data, answer=answer)


@app.periodic(cron="15 * * * *")
@app.task(name="membership.age", queueing_lock="membership.age")
def age(timestamp: int) -> None:
    """Age the members every hour: a server that slept over midnight catches up within one."""
    age_members(on=today())


@app.periodic(cron="20 * * * *")
@app.task(name="membership.primary", queueing_lock="membership.primary")
def primary(timestamp: int) -> None:
    """Let changes of FKTP begin, and count all places, every hour."""
    apply_primary_changes(on=today())


@app.task(name="membership.count_places", retry=RETRY)
def count_places(family_id: int) -> None:
    """Count a family's newborns, deaths and changes at their FKTPs."""
    count_places_of(family_id, on=today())


@app.task(name="membership.tell_primary", retry=RETRY)
def tell_primary(family_id: int, change_id: int) -> None:
    """Tell every account of the family who changes to which FKTP, and from when."""
    change = primary_change_of(family_id, change_id)
    tell_all(
        accounts_of_family(family_id),
        kind="membership.primary",
        once=str(change_id),
        title=N_("Faskes pertama berubah"),
        body=N_("{name} di {facility} mulai {since}. Sampai hari itu tetap di faskes lama."),
        name=names_in(family_id)[change.member_id],
        facility=facility_name(change.after),
        since=change.since.isoformat(),
        link=f"/keluarga/faskes/{change.member_id}/",
    )


@app.task(name="membership.tell_change", retry=RETRY)
def tell_change(family_id: int, change_id: int) -> None:
    """Tell every account of the family what changed, for whom and from when."""
    change, name = change_of(family_id, change_id)
    tell_all(
        accounts_of_family(family_id),
        kind="membership.changed",
        once=str(change_id),
        title=EVENTS[change.event],
        body=N_("{name}: ada perubahan mulai {since}. Lihat di halaman Keluarga."),
        name=name,
        since=change.since.isoformat(),
        link="/keluarga/",
    )


@app.task(name="membership.tell_class", retry=RETRY)
def tell_class(family_id: int, change_id: int) -> None:
    """Tell every account of the family which class it will have, and from when."""
    change = family_change_of(family_id, change_id)
    tell_all(
        accounts_of_family(family_id),
        kind="membership.changed",
        once=str(change_id),
        title=N_("Kelas rawat berubah"),
        body=CLASS_CHANGED[change.kind],
        after=change.after,
        since=change.since.isoformat(),
        link="/keluarga/",
    )


@app.task(name="membership.tell_correction", retry=RETRY)
def tell_correction(family_id: int, correction_id: int) -> None:
    """Tell every account of the family what the branch decided, and why."""
    asked = correction_of(family_id, correction_id)
    is_accepted = asked.row.state == "accepted"
    tell_all(
        accounts_of_family(family_id),
        kind="membership.corrected",
        once=str(correction_id),
        title=N_("Data sudah diperbaiki") if is_accepted else N_("Data tidak diperbaiki"),
        body=N_("{name}. Alasan petugas: {reason}"),
        name=asked.name,
        reason=asked.row.reason,
        link=f"/keluarga/data/{asked.row.member_id}/",
    )
