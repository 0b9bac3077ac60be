"""A facility's own page for its staff; the branch may look."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from jkn.core.actor import Role
from jkn.core.clock import now, today
from jkn.core.errors import NotFound
from jkn.core.words import N_
from jkn.facility import presenters
from jkn.facility.beds import add_room, end_room, update_room
from jkn.facility.own.actions import change_profile
from jkn.facility.own.forms import (
    AddRoomForm,
    AddSessionsForm,
    LeaveForm,
    ProfileForm,
    RoomForm,
    SessionForm,
    SinceForm,
)
from jkn.facility.own.queries import (
    OwnSession,
    doctors_of,
    own_leave,
    own_leaves,
    own_room,
    own_session,
    own_sessions,
    profile_of,
)
from jkn.facility.own.schedules import (
    NewSessions,
    add_leave,
    add_sessions,
    change_session,
    drop_leave,
    end_session,
)
from jkn.facility.queries import beds_of, clinics, facility, room_classes
from jkn.facility.rules import BEDS_STALE_AFTER, HOSPITALS
from jkn.gate.callers import caller
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer
from jkn.gate.policy import BRANCH, FACILITY, STAFF
from jkn.gate.submitting import submitted
from jkn.shell.pages import render

_BOTH = ("GET", "HEAD", "POST")
START = "/petugas/faskes/"
PLANS, ROOMS = f"{START}jadwal/", f"{START}tempat-tidur/"
_FORM = "facility/own_form.jinja"


@dataclass(frozen=True, slots=True)
class Words:
    """What stands around a form (msgids), and where it leads back to."""

    title: str
    button: str
    back: str
    back_text: str
    kind: str = ""
    effect: str = ""


_PLANS, _ROOMS = N_("Jadwal dokter"), N_("Tempat tidur")
ADD_PLAN = Words(N_("Tambah jadwal"), N_("Simpan jadwal"), PLANS, _PLANS)
CHANGE_PLAN = Words(
    N_("Ubah jadwal"), N_("Simpan jadwal"), PLANS, _PLANS,
    effect=N_("Sampai sehari sebelumnya, jadwal ini tetap berlaku."),
)  # fmt: skip
END_PLAN = Words(N_("Akhiri jadwal"), N_("Akhiri jadwal"), PLANS, _PLANS, "bad")
LEAVE = Words(
    N_("Catat cuti dokter"), N_("Simpan cuti"), PLANS, _PLANS,
    effect=N_("Peserta melihat dokter ini cuti selama hari-hari itu."),
)  # fmt: skip
END_LEAVE = Words(N_("Batalkan cuti"), N_("Batalkan cuti"), PLANS, _PLANS, "bad")
ADD_ROOM = Words(N_("Tambah ruang"), N_("Simpan ruang"), ROOMS, _ROOMS)
ROOM = Words(N_("Perbarui tempat tidur"), N_("Simpan angka"), ROOMS, _ROOMS)
CLOSE_ROOM = Words(
    N_("Hapus ruang"), N_("Hapus ruang"), ROOMS, _ROOMS, "bad",
    N_("Peserta tidak melihat ruang ini lagi."),
)  # fmt: skip


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _own(request: HttpRequest) -> str:
    return caller(request).facility_id or ""


def _hospital(request: HttpRequest) -> str:
    """Return the own facility; raises `NotFound` where it has no beds to tell."""
    if facility(_own(request)).kind not in HOSPITALS:
        raise NotFound
    return _own(request)


def _session(request: HttpRequest, session_id: int) -> OwnSession | None:
    """Return one own session; raises `NotFound`.

    A form that is sent twice finds it gone: then the act answers, not this look.
    """
    try:
        return own_session(_own(request), session_id, on=today())
    except NotFound:
        if request.method != "POST":
            raise
        return None


@page(who=STAFF)
def start(request: HttpRequest) -> HttpResponse:
    """The own facility as members see it, and what can be changed; the branch names one to see."""
    actor = caller(request)
    if actor.role is not Role.BRANCH:
        return _shown(request, actor.facility_id or "", "facility/own.jinja")
    code = request.GET.get("kode", "").strip().upper()
    is_unknown = False
    if code:
        try:
            return HttpResponseRedirect(f"{START}{facility(code).code}/")
        except NotFound:
            is_unknown = True
    context = {"code": code, "is_unknown": is_unknown}
    status = 422 if is_unknown else 200
    return render(request, "facility/own_branch.jinja", context, status=status)


@page(who=BRANCH)
def look(request: HttpRequest, code: str) -> HttpResponse:
    """A facility at the branch: the same as its staff see, and nothing to change."""
    return _shown(request, code, "facility/own_look.jinja")


def _shown(request: HttpRequest, code: str, template: str) -> HttpResponse:
    facts, on = facility(code), today()
    context = {
        "facts": facts,
        "kind": presenters.kind_words(facts),
        "hours": presenters.hours_lines(facts.hours),
        "opening": presenters.opening(facts),
        "services": [presenters.SERVICES[s] for s in facts.services],
        "sessions": own_sessions(code, on=on),
        "weekdays": presenters.WEEKDAY_NAMES,
        "leaves": own_leaves(code, on=on),
        "rooms": beds_of(code)[0],
        "stale_before": now() - BEDS_STALE_AFTER,
        "has_beds": facts.kind in HOSPITALS,
        "today": on,
    }
    return render(request, template, context)


@page(who=FACILITY, methods=_BOTH)
def profile(request: HttpRequest) -> HttpResponse:
    """Change what members read: telephone, address, hours, services, position."""
    facts = facility(_own(request))
    held, version = profile_of(facts.code)
    form = ProfileForm(_posted(request), profile=held, version=version)

    def act() -> Answer:
        typed = form.cleaned_data
        change_profile(
            actor=caller(request), profile=typed["profile"], seen=typed["seen"],
            reason=typed["reason"],
        )  # fmt: skip
        return Answer(302, location=START)

    return submitted(request, form, act, "facility/own_profile.jinja", {"facts": facts})


@page(who=FACILITY)
def plans(request: HttpRequest) -> HttpResponse:
    """The doctors' sessions that hold or are announced, and who is away."""
    return _shown(request, _own(request), "facility/own_plans.jinja")


@page(who=FACILITY, methods=_BOTH)
def add_plan(request: HttpRequest) -> HttpResponse:
    """Add sessions of a doctor, who may be new."""
    initial: dict[str, object] = {"since": f"{today():%d-%m-%Y}"}
    form = AddSessionsForm(
        _posted(request), doctors=doctors_of(_own(request)), clinics=clinics(), initial=initial
    )

    def act() -> Answer:
        typed = form.cleaned_data
        slots = [form.slot(day) for day in typed["weekdays"]]
        added = NewSessions(
            int(typed["doctor"]), typed["name"], typed["clinic"], slots, typed["since"]
        )
        add_sessions(actor=caller(request), added=added, on=today())
        return Answer(302, location=PLANS)

    return submitted(request, form, act, _FORM, {"words": ADD_PLAN})


@page(who=FACILITY, methods=_BOTH)
def change_plan(request: HttpRequest, session_id: int) -> HttpResponse:
    """Change one session from a day on."""
    session = _session(request, session_id)
    form = SessionForm(_posted(request), session=session)

    def act() -> Answer:
        change_session(
            actor=caller(request), session_id=session_id,
            slot=form.slot(form.cleaned_data["weekday"]), since=form.cleaned_data["since"],
            on=today(),
        )  # fmt: skip
        return Answer(302, location=PLANS)

    context = {"words": CHANGE_PLAN, "session": session, "weekdays": presenters.WEEKDAY_NAMES}
    return submitted(request, form, act, _FORM, context)


@page(who=FACILITY, methods=_BOTH)
def end_plan(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one session from a day on."""
    session = _session(request, session_id)
    form = SinceForm(_posted(request))

    def act() -> Answer:
        end_session(
            actor=caller(request), session_id=session_id, since=form.cleaned_data["since"],
            on=today(),
        )  # fmt: skip
        return Answer(302, location=PLANS)

    context = {"words": END_PLAN, "session": session, "weekdays": presenters.WEEKDAY_NAMES}
    return submitted(request, form, act, _FORM, context)


@page(who=FACILITY, methods=_BOTH)
def leave(request: HttpRequest) -> HttpResponse:
    """Say that a doctor is away."""
    form = LeaveForm(_posted(request), doctors=doctors_of(_own(request)))

    def act() -> Answer:
        first, last = form.days()
        add_leave(
            actor=caller(request), number=int(form.cleaned_data["doctor"]), first_on=first,
            last_on=last, reason=form.cleaned_data["reason"], on=today(),
        )  # fmt: skip
        return Answer(302, location=PLANS)

    return submitted(request, form, act, _FORM, {"words": LEAVE})


@page(who=FACILITY, methods=_BOTH)
def end_leave(request: HttpRequest, leave_id: int) -> HttpResponse:
    """Take a leave back: the doctor is there after all."""
    if request.method != "POST":
        context = {"words": END_LEAVE, "leave": own_leave(_own(request), leave_id)}
        return render(request, _FORM, {"form": forms.Form(), **context})

    def act() -> Answer:
        drop_leave(actor=caller(request), leave_id=leave_id)
        return Answer(302, location=PLANS)

    return submitted(request, forms.Form(request.POST), act, _FORM, {"words": END_LEAVE})


@page(who=FACILITY)
def rooms(request: HttpRequest) -> HttpResponse:
    """The hospital's rooms with their beds, and when each was told."""
    return _shown(request, _hospital(request), "facility/own_rooms.jinja")


@page(who=FACILITY, methods=_BOTH)
def new_room(request: HttpRequest) -> HttpResponse:
    """Add a room of the hospital."""
    _hospital(request)
    form = AddRoomForm(_posted(request), classes=room_classes())

    def act() -> Answer:
        typed = form.cleaned_data
        made = form.room(room_class=typed["room_class"], room=typed["code"], name=typed["name"])
        add_room(actor=caller(request), room=made)
        return Answer(302, location=ROOMS)

    return submitted(request, form, act, _FORM, {"words": ADD_ROOM})


@page(who=FACILITY, methods=_BOTH)
def room(request: HttpRequest, bed_id: int) -> HttpResponse:
    """Tell a room's beds anew; they are as fresh as this moment."""
    held = own_room(_hospital(request), bed_id)
    form = RoomForm(_posted(request), room=held)

    def act() -> Answer:
        told = form.room(room_class=held.room_class, room=held.room, name=held.name)
        update_room(actor=caller(request), room=told)
        return Answer(302, location=ROOMS)

    return submitted(request, form, act, _FORM, {"words": ROOM, "room": held})


@page(who=FACILITY, methods=_BOTH)
def close_room(request: HttpRequest, bed_id: int) -> HttpResponse:
    """Take a room away, after a question."""
    code = _hospital(request)
    if request.method != "POST":
        context = {"words": CLOSE_ROOM, "room": own_room(code, bed_id)}
        return render(request, _FORM, {"form": forms.Form(), **context})

    def act() -> Answer:
        held = own_room(code, bed_id)
        end_room(actor=caller(request), room_class=held.room_class, room=held.room)
        return Answer(302, location=ROOMS)

    return submitted(request, forms.Form(request.POST), act, _FORM, {"words": CLOSE_ROOM})
