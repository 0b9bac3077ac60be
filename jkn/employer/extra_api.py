"""Extra family for a worker's own programs: who is one, what one costs, asking and withdrawing."""

from __future__ import annotations

from datetime import date

import msgspec
from django.http import HttpRequest

from jkn.audit.actions import mark_own_read
from jkn.core.clock import today
from jkn.core.errors import Refused
from jkn.core.identifiers import nik
from jkn.core.ids import id_in
from jkn.core.words import N_
from jkn.employer.extras import Wish, ask_extra, withdraw_extra
from jkn.employer.presenters import ExtraPage, extra_page
from jkn.gate import limits
from jkn.gate.callers import caller, family_of
from jkn.gate.doors import api
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import MEMBER
from jkn.membership.partner import RegisterPerson
from jkn.membership.relatives import parent_on_card


class ExtraJob(msgspec.Struct):
    """A job of one's own: what one person costs a month in whole rupiah, from the first month."""

    id: str
    employer: str
    percent: int
    each: int
    first_month: str
    basis: str


class ExtraChoice(msgspec.Struct):
    """Somebody of the family who can become extra family."""

    member_id: str
    name: str
    relation: str


class ExtraMember(msgspec.Struct):
    """Somebody for whom the caller's wage pays; covered between the days, both included."""

    id: str
    member_id: str
    name: str
    employer: str
    covered_from: date
    covered_until: date | None


class ExtraFamily(msgspec.Struct):
    """The caller's jobs, who can be extra family, and who is."""

    jobs: list[ExtraJob]
    choices: list[ExtraChoice]
    extras: list[ExtraMember]


class ExtraBody(msgspec.Struct):
    """For whom, and from which job's wage; `consent` to the cut must be true.

    Either `member_id`, or `nik` and `birth_date` of a parent on the family's own card.
    """

    job: str
    consent: bool
    member_id: str = ""
    nik: str = ""
    birth_date: date | None = None


@api(who=MEMBER, answer=ExtraFamily)
def extras(request: HttpRequest) -> ExtraFamily:
    """The extra family of a worker: the caller's own alone."""
    mark_own_read(actor=caller(request), verb="employer.extras", group=family_of(request))
    return _family(request)


@api(who=MEMBER, method="POST", body=ExtraBody, answer=ExtraFamily, takes_key=True)
def ask(request: HttpRequest, *, body: ExtraBody) -> ExtraFamily:
    """Consent that the wage pays for one more of the family, from the next month on."""
    family_id = family_of(request)
    shown = _page(request)
    if not body.consent:
        raise Refused("extra.consent", N_("Centang persetujuan untuk melanjutkan."))
    payroll = shown.payroll(body.job)
    wish = Wish(payroll.employer_id, payroll.employee_id, _who(request, shown, body))

    def act() -> Answer:
        ask_extra(actor=caller(request), family_id=family_id, wish=wish, on=today())
        return Answer(200)

    once(request, group=family_id, act=act)
    return _family(request)


def _who(request: HttpRequest, shown: ExtraPage, body: ExtraBody) -> int | RegisterPerson:
    if (member_id := id_in(body.member_id)) is not None:
        return member_id
    if body.member_id or body.birth_date is None:
        raise Refused("extra.one_of", N_("Isi member_id, atau nik dan birth_date."))
    limits.spend("register.lookup", str(caller(request).account_id))
    return parent_on_card(
        family_of(request), worker_nik=shown.person.nik if shown.person else "",
        nik=nik(body.nik), birth_date=body.birth_date,
    )  # fmt: skip


@api(who=MEMBER, method="DELETE", answer=ExtraFamily, takes_key=True)
def end(request: HttpRequest, id: int) -> ExtraFamily:  # noqa: A002
    """Withdraw the consent for one of them; covered to the end of the last month that is billed."""
    family_id = family_of(request)

    def act() -> Answer:
        withdraw_extra(actor=caller(request), family_id=family_id, extra_id=id, on=today())
        return Answer(200)

    once(request, group=family_id, act=act)
    return _family(request)


def _page(request: HttpRequest) -> ExtraPage:
    return extra_page(family_of(request), caller(request).person_id, on=today())


def _family(request: HttpRequest) -> ExtraFamily:
    shown = _page(request)
    return ExtraFamily(
        jobs=[
            ExtraJob(str(p.employee_id), p.employer, p.percent, p.each, str(p.first), p.basis)
            for p in shown.payrolls
        ],
        choices=[ExtraChoice(str(m.id), m.name, m.relation) for m in shown.waiting],
        extras=[
            ExtraMember(str(e.id), str(e.member_id), e.name, e.employer, e.first_day, e.last_day)
            for e in shown.extras
            if not e.never_began
        ],
    )
