"""Background work of facilities: schedules of the day; who may review, and what became of it."""

from __future__ import annotations

from procrastinate.contrib.django import app

from jkn.account.actions.contacts import tell
from jkn.account.queries import account_of_person
from jkn.core.clock import today
from jkn.core.words import N_
from jkn.facility.actions import refresh
from jkn.facility.queries import facility_name
from jkn.facility.reviews.queries import decision_of, grant_of, writer_of
from jkn.facility.reviews.rules import Verdict
from jkn.facility.schedules import approve_due
from jkn.gate.jobs import RETRY


@app.periodic(cron="5 * * * *")
@app.task(name="facility.refresh", queueing_lock="facility.refresh")
def refresh_directory(timestamp: int) -> None:
    """Take out what ended, every hour: a server that slept over midnight catches up within one."""
    refresh(on=today())


@app.periodic(cron="0 * * * *")
@app.task(name="facility.schedules", queueing_lock="facility.schedules")
def approve_schedules(timestamp: int) -> None:
    """Approve at midnight what was proposed; every hour, for a server that slept over it."""
    approve_due(on=today())


@app.task(name="facility.tell_review_possible", retry=RETRY)
def tell_review_possible(facility_id: str, grant_id: int) -> None:
    """Ask who was at a facility how it was; in the inbox alone."""
    grant = grant_of(facility_id, grant_id)
    account = account_of_person(grant.person_id)
    if account is None or grant.used_at is not None:
        return
    tell(
        account.id,
        kind="facility.review",
        once=str(grant_id),
        title=N_("Bagaimana kunjungan Anda?"),
        body=N_("Nilai {facility} sampai {until}. Nama Anda tidak ditampilkan."),
        facility=facility_name(facility_id),
        until=grant.until.isoformat(),
        link=f"/faskes/{facility_id}/ulasan/tulis/",
        go_out=False,
    )


@app.task(name="facility.tell_review_answered", retry=RETRY)
def tell_review_answered(facility_id: str, review_id: int) -> None:
    """Tell who wrote a review that the facility has answered."""
    account = account_of_person(writer_of(facility_id, review_id))
    if account is None:
        return
    tell(
        account.id,
        kind="facility.review_answered",
        once=str(review_id),
        title=N_("Ulasan Anda dijawab"),
        body=N_("{facility} menjawab ulasan Anda."),
        facility=facility_name(facility_id),
        link=f"/faskes/{facility_id}/ulasan/",
        go_out=False,
    )


@app.task(name="facility.tell_review_decided", retry=RETRY)
def tell_review_decided(facility_id: str, decision_id: int) -> None:
    """Tell who wrote a review that it is hidden or shown again, and why."""
    decision = decision_of(facility_id, decision_id)
    account = account_of_person(writer_of(facility_id, decision.review_id))
    if account is None:
        return
    is_hidden = decision.verdict == Verdict.HIDE
    tell(
        account.id,
        kind="facility.review_decided",
        once=str(decision_id),
        title=N_("Ulasan Anda disembunyikan") if is_hidden else N_("Ulasan Anda tampil lagi"),
        body=N_("Ulasan Anda tentang {facility}. Alasan petugas: {reason}"),
        facility=facility_name(facility_id),
        reason=decision.reason,
        link=f"/faskes/{facility_id}/ulasan/tulis/",
        go_out=False,
    )
