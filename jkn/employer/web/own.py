"""What a worker sees: who pays for them, and what is taken from the wage."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from jkn.audit.actions import mark_own_read
from jkn.core.clock import today
from jkn.employer.queries import jobs_of
from jkn.gate.callers import caller, family_of
from jkn.gate.doors import page
from jkn.gate.policy import MEMBER
from jkn.membership.queries import family_of as family_view
from jkn.shell.pages import render


@page(who=MEMBER)
def own(request: HttpRequest) -> HttpResponse:
    """Where the person who asks works; a wage is shown to nobody else of the family."""
    actor, family_id = caller(request), family_of(request)
    members = family_view(family_id, on=today()).members
    person = next((m for m in members if m.id == actor.person_id), None)
    mark_own_read(actor=actor, verb="employer.own", group=family_id)
    context = {"jobs": jobs_of(person.nik) if person else []}
    return render(request, "employer/own.jinja", context)
