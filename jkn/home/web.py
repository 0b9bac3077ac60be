"""Pages that join modules: Beranda, the card, the settings, the staff's first page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.audit.actions import mark_own_read
from jkn.contribution.presenters import bill_page
from jkn.contribution.queries import FamilyBills, family_bills
from jkn.core.actor import Actor, Role
from jkn.core.clock import today
from jkn.core.identifiers import masked
from jkn.core.words import N_
from jkn.facility.queries import facility_name
from jkn.gate.callers import asking, caller, family_of
from jkn.gate.doors import page
from jkn.gate.policy import ANYONE, BRANCH, MEMBER, STAFF
from jkn.home.presenters import figure_sections, tariff_lines
from jkn.home.qr import card_qr
from jkn.membership.presenters import (
    EFFECTS,
    ELSEWHERE,
    RECORDED,
    SEGMENTS,
    extra_note,
    history_lines,
    recorded_by,
    relation_words,
    status_words,
)
from jkn.membership.queries import (
    MemberView,
    changes_of_family,
    family_changes_of,
    names_in,
    primary_changes_of,
)
from jkn.membership.queries import family_of as family_view
from jkn.membership.rules import PAYS_ITSELF, Segment, Status
from jkn.shell.offline import keep
from jkn.shell.pages import render
from jkn.shell.web import settings_response

CARD_DAYS = 30
_PAYS_FIRST = (Status.SUSPENDED_ARREARS, Status.CANDIDATE, Status.REGISTRATION_LAPSED)
HOME_DAYS = 7


@page(who=ANYONE)
def home(request: HttpRequest) -> HttpResponse:
    """Beranda: how do I stand, what do I do now, then everything else."""
    actor = asking(request)
    if actor is None:
        return render(request, "home/front.jinja")
    if actor.role is not Role.MEMBER:
        return HttpResponseRedirect(actor.first_page)
    if actor.family_id is None:
        return render(request, "home/begin.jinja")
    on = today()
    bills = family_bills(actor.family_id, on=on)
    own = bills.family.of_person(actor.person_id)
    kind, title, advice = status_words(own.status, bills.family.segment)
    context = {
        "own": own,
        "tag": kind,
        "title": title,
        "advice": advice,
        "active": sum(m.is_active for m in bills.family.members),
        "family": bills.family,
        "facility": facility_name(own.facility_id),
        "bill": bill_page(bills, on=on),
    }
    return keep(render(request, "home/home.jinja", context), days=HOME_DAYS)


@page(who=MEMBER)
def card(request: HttpRequest, id: int = 0) -> HttpResponse:  # noqa: A002
    """A card: QR first, then the family's other cards, status in plain words."""
    actor = caller(request)
    bills = family_bills(family_of(request), on=today())
    response = _card_page(request, actor, bills, member_id=id)
    mark_own_read(actor=actor, verb="membership.card", group=bills.family.family_id)
    return keep(response, days=CARD_DAYS)


def _card_page(
    request: HttpRequest, actor: Actor, bills: FamilyBills, *, member_id: int
) -> HttpResponse:
    family = bills.family
    member = family.member(member_id) if member_id else family.of_person(actor.person_id)
    kind, title, advice = status_words(member.status, family.segment)
    context = {
        "member": member,
        "family": family,
        "qr": card_qr(family.family_id, member.id),
        "nik": masked(member.nik),
        "relation": relation_words(member.relation, member.sex),
        "segment": SEGMENTS[family.segment],
        "facility": facility_name(member.facility_id),
        "coming": facility_name(member.next_facility_id) if member.next_facility_id else "",
        "tag": kind,
        "title": title,
        "advice": advice,
        "extra": extra_note(member, on=today()),
        "amount": bills.debt.amount,
    }
    return render(request, "home/card.jinja", context)


@page(who=ANYONE, methods=("GET", "HEAD", "POST"))
def settings(request: HttpRequest) -> HttpResponse:
    """Display settings for everyone; devices, sign-in and traces for who is signed in."""
    actor = asking(request)
    links: list[tuple[str, str, str, str]] = []
    if actor is not None:
        links = [
            ("/pengaturan/perangkat/", "dev", N_("Perangkat yang masuk"), ""),
            ("/pengaturan/masuk/", "lock", N_("Cara masuk dan kontak"), ""),
            ("/pengaturan/token/", "doc", N_("Token untuk program Anda"), ""),
            ("/pemberitahuan/", "bell", N_("Pemberitahuan"), ""),
        ]
        if actor.family_id is not None:
            links.insert(0, ("/pengaturan/akses/", "people", N_("Siapa melihat data saya"), ""))
    return settings_response(request, links, sign_out="/keluar/" if actor else "")


@page(who=MEMBER)
def family(request: HttpRequest) -> HttpResponse:
    """The family: who belongs to it, how each stands, what changed and from when, what to do."""
    family_id = family_of(request)
    shown = family_view(family_id, on=today())
    names = names_in(family_id)
    mark_own_read(actor=caller(request), verb="membership.family", group=family_id)
    changes, together = changes_of_family(family_id), family_changes_of(family_id)
    moved = primary_changes_of(family_id)
    own = recorded_by(caller(request).account_id, names, changes, together, moved)
    context = {
        "family": shown,
        "people": [_person(member, shown.segment) for member in shown.members],
        "segment": SEGMENTS[shown.segment],
        "history": history_lines(changes, names),
        "together": together,
        "moved": [
            (c, names.get(c.member_id, ""), facility_name(c.before), facility_name(c.after))
            for c in moved
        ],
        "recorded": own if RECORDED in request.GET else None,
        "elsewhere": ELSEWHERE,
        "must_pay": shown.segment in PAYS_ITSELF
        and any(m.status in _PAYS_FIRST for m in shown.members),
    }
    return keep(render(request, "home/family.jinja", context), days=HOME_DAYS)


def _person(member: MemberView, segment: Segment) -> dict[str, object]:
    kind, title, advice = status_words(member.status, segment)
    return {
        "member": member,
        "relation": relation_words(member.relation, member.sex),
        "facility": facility_name(member.facility_id),
        "coming": facility_name(member.next_facility_id) if member.next_facility_id else "",
        "tag": kind,
        "title": title,
        "effect": EFFECTS[member.status],
        "extra": extra_note(member, on=today()),
        "advice": advice,
    }


@page(who=BRANCH)
def figures(request: HttpRequest) -> HttpResponse:
    """Every tariff and dated figure with its legal basis; what nobody has checked says so."""
    context = {"tariffs": tariff_lines(), "sections": figure_sections(on=today())}
    return render(request, "home/figures.jinja", context)


@page(who=STAFF)
def staff(request: HttpRequest) -> HttpResponse:
    """Where staff begin."""
    actor = caller(request)
    place = facility_name(actor.facility_id) if actor.facility_id else N_("Kantor cabang")
    return render(request, "home/staff.jinja", {"place_name": place})
