"""Choosing an FKTP: by the member in the app, or by staff of the branch with the proof."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.audit.actions import record_read
from jkn.core.clock import today
from jkn.core.errors import Refused
from jkn.core.words import N_
from jkn.facility.capacity import primary_choices
from jkn.facility.queries import facility_name, villages
from jkn.gate.answers import status_of, words
from jkn.gate.callers import caller, family_of
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import BRANCH, MEMBER
from jkn.membership.checks import standing_at
from jkn.membership.choosing import Ground, begins_on
from jkn.membership.forms import PrimaryForm
from jkn.membership.presenters import RECORDED
from jkn.membership.primary import Choice, choose_primary
from jkn.membership.queries import FamilyView, MemberView
from jkn.membership.queries import family_of as family_view
from jkn.shell.pages import render

_BOTH = ("GET", "HEAD", "POST")
_SHOWN = 20  # FKTPs on one page, the nearest first; another kelurahan shows others


@page(who=MEMBER, methods=_BOTH)
def own(request: HttpRequest, member_id: int) -> HttpResponse:
    """A member chooses the FKTP of one of the family."""
    family = family_view(family_of(request), on=today())
    member = family.member(member_id)
    return _answer(request, family, member, back="/keluarga/", grounds=())


@page(who=BRANCH, methods=_BOTH)
def desk(request: HttpRequest, family_id: int, member_id: int) -> HttpResponse:
    """The branch registers a member at another FKTP, with the ground and its proof."""
    family = family_view(family_id, on=today())
    member = family.member(member_id)
    if request.method != "POST":
        record_read(
            actor=caller(request), verb="membership.desk_looked", group=family_id,
            subject=member_id, purpose="counter",
        )  # fmt: skip
    back = f"/petugas/kepesertaan/{family_id}/{member_id}/"
    return _answer(request, family, member, back=back, grounds=GROUNDS)


GROUNDS = (
    (Ground.ORDINARY.value, N_("Permintaan biasa")),
    (Ground.MOVED_HOME.value, N_("Pindah tempat tinggal, ada surat domisili")),
    (Ground.ASSIGNED.value, N_("Penugasan atau sekolah, ada surat tugas")),
    (Ground.REDISTRIBUTED.value, N_("Pemerataan peserta, ada surat cabang")),
)


def _answer(
    request: HttpRequest, family: FamilyView, member: MemberView, *, back: str,
    grounds: tuple[tuple[str, str], ...],
) -> HttpResponse:  # fmt: skip
    home = _home(request, family)
    choices = primary_choices(home, on=today(), at_most=_SHOWN)
    form = PrimaryForm(
        request.POST if request.method == "POST" else None,
        facilities=[(c.facts.code, c.facts.name) for c in choices],
        grounds=grounds,
    )
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            answer = once(
                request, group=family.family_id,
                act=lambda: _chosen(request, family, member, form, back),
            )  # fmt: skip
            return HttpResponseRedirect(answer.location)
        except Refused as refused:
            form.add_error(None, ValidationError(words(refused)))
            status = status_of(refused)
    standing = standing_at(family, member, on=today())
    context = {
        "form": form,
        "back": back,
        "family": family,
        "member": member,
        "present": facility_name(member.facility_id),
        "coming": facility_name(member.next_facility_id) if member.next_facility_id else "",
        "standing": standing,
        "refusal": words(standing.refusal) if standing.refusal and not grounds else "",
        "begins": begins_on(on=today()),
        "choices": choices,
        "home": home,
        "villages": villages(),
        "is_desk": bool(grounds),
    }
    return render(request, "membership/primary.jinja", context, status=status)


def _home(request: HttpRequest, family: FamilyView) -> str:
    asked = request.POST.get("kelurahan") or request.GET.get("kelurahan") or family.village
    return asked if any(v.code == asked for v in villages()) else family.village


def _chosen(
    request: HttpRequest, family: FamilyView, member: MemberView, form: PrimaryForm, back: str
) -> Answer:
    choice = Choice(
        member.id,
        form.cleaned_data["facility"],
        Ground(form.cleaned_data.get("ground") or Ground.ORDINARY),
        form.cleaned_data.get("reason") or "Diminta peserta.",
    )
    choose_primary(actor=caller(request), family_id=family.family_id, choice=choice, on=today())
    return Answer(302, location=f"{back}?{RECORDED}")
