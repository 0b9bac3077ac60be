"""Moves at the branch: another segment, a KK of one's own, another family."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.account.queries import family_of as by_number
from jkn.contribution.forms import refuse
from jkn.contribution.moves import move_members
from jkn.contribution.queries import care_classes
from jkn.core.clock import today
from jkn.core.errors import Refused
from jkn.core.words import N_
from jkn.gate.answers import status_of, words
from jkn.gate.callers import caller
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import BRANCH
from jkn.membership.forms import MoveForm
from jkn.membership.moves import Move, NewHome
from jkn.membership.presenters import FIGURES, RECORDED, SEGMENTS
from jkn.membership.queries import family_of as family_view
from jkn.membership.queries import figure, names_in
from jkn.membership.rules import Relation, Segment
from jkn.shell.pages import render


@page(who=BRANCH, methods=("GET", "HEAD", "POST"))
def desk(request: HttpRequest, family_id: int) -> HttpResponse:
    """Move some or all of a family: what happens is said before, the reason is kept."""
    family = family_view(family_id, on=today())
    # A form that is sent again after its act names people who have left: the key answers it.
    living = {m.id: m.name for m in family.members}
    people = names_in(family_id) if request.method == "POST" else living
    form = MoveForm(
        request.POST if request.method == "POST" else None,
        people=[(str(i), name) for i, name in people.items()],
        segments=list(SEGMENTS.items()),
        classes=[(c, c) for c in care_classes(segment=Segment.SELF_PAYING, on=today())],
    )
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            answer = once(request, group=family_id, act=lambda: _moved(request, family_id, form))
            return HttpResponseRedirect(answer.location)
        except Refused as refused:
            refuse(form, words(refused))
            status = status_of(refused)
    context = {
        "form": form,
        "family": family,
        "basis": [figure("move_wait_days", on=today())],
        "names": FIGURES,
    }
    return render(request, "contribution/move.jinja", context, status=status)


def _moved(request: HttpRequest, family_id: int, form: MoveForm) -> Answer:
    typed = form.cleaned_data
    ids = [int(i) for i in typed["people"]]
    if typed["target"] == "new":
        home = NewHome(typed["kk"], Segment(typed["segment"]), typed["care_class"], None)
        move = Move(family_id, ids, home)
    else:
        whose = by_number("kk", typed["kk"])
        if whose is None:
            raise Refused("move.unknown", N_("Nomor KK ini belum terdaftar. Pilih keluarga baru."))
        relation = Relation(typed["relation"]) if typed["relation"] else None
        move = Move(family_id, ids, whose.family_id, relation)
    moved = move_members(actor=caller(request), move=move, on=today(), reason=typed["reason"])
    return Answer(302, location=f"/petugas/kepesertaan/{moved.family_id}/?{RECORDED}")
