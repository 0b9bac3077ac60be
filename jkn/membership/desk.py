"""Acts of the branch on one member: each with its reason, its effect said before it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.audit.actions import record_read
from jkn.core.clock import now, today
from jkn.core.errors import NotFound, Refused
from jkn.core.words import N_
from jkn.gate.answers import status_of, words
from jkn.gate.callers import caller
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import BRANCH
from jkn.membership.acts import (
    come_back,
    confirm_age,
    go_abroad,
    is_elder,
    lay_off,
    mark_duplicate,
    question_age,
    record_death,
    remove_from_list,
    restore_to_list,
)
from jkn.membership.ageing import prove_disability, prove_study
from jkn.membership.corrections import decide_correction
from jkn.membership.forms import DecisionForm, DeskActForm
from jkn.membership.presenters import (
    FIELDS,
    FIGURES,
    RECORDED,
    SEGMENTS,
    correction_lines,
    relation_words,
    status_words,
)
from jkn.membership.primary import record_corps
from jkn.membership.queries import (
    FamilyView,
    MemberView,
    correction_of,
    corrections_waiting,
    family_of,
    figure,
)
from jkn.membership.rules import NEXT, Event, Relation, Segment
from jkn.shell.pages import render


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its words (msgids), for whom it is offered, which fields it asks, what it does."""

    title: str
    effect: str
    is_offered: Callable[[MemberView, FamilyView], bool]
    do: Callable[..., object]
    fields: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()  # dated figures that it rests on


def _after(event: Event, *segments: Segment) -> Callable[[MemberView, FamilyView], bool]:
    """Return the test that the state table knows the event, in one of these segments (or any)."""
    return lambda member, family: (
        (member.stored_status, event) in NEXT and (not segments or family.segment in segments)
    )


_PBI = (Segment.PBI_NATIONAL, Segment.PBI_REGIONAL)


def _is_workers_child(member: MemberView, family: FamilyView) -> bool:
    return family.segment is Segment.WORKER and member.relation is Relation.CHILD


ACTS = {
    "kuliah": Act(
        N_("Catat surat kuliah"),
        N_("Anak pekerja dijamin sampai surat berakhir, paling lama sampai usia 25 tahun."),
        _is_workers_child,
        prove_study,
        ("until",),
        ("child_age_student", "study_proof_months"),
    ),
    "difabel": Act(
        N_("Catat surat disabilitas"),
        N_("Anak pekerja dijamin tanpa batas usia."),
        _is_workers_child,
        prove_disability,
    ),
    "meninggal": Act(
        N_("Catat meninggal dunia"),
        N_("Tidak ditagih mulai bulan setelah hari itu. Anggota lain tetap terdaftar."),
        _after(Event.DIED),
        record_death,
        ("day",),
    ),
    "luar-negeri": Act(
        N_("Catat tinggal di luar negeri"),
        N_(
            "Untuk lebih dari 6 bulan. Tidak dijamin dan tidak ditagih mulai hari ini."
            " Tunggakan lama tetap utang."
        ),
        _after(Event.WENT_ABROAD),
        go_abroad,
    ),
    "kembali": Act(
        N_("Catat kembali dari luar negeri"),
        N_("Dijamin lagi mulai hari ini bila iuran keluarga lunas."),
        _after(Event.CAME_BACK),
        come_back,
    ),
    "usia": Act(
        N_("Catat usia perlu dipastikan"),
        N_("Untuk orang lanjut usia yang tidak ditemukan. Tidak dijamin mulai hari ini."),
        lambda member, family: (
            _after(Event.AGE_QUESTIONED)(member, family) and is_elder(member.birth_date, on=today())
        ),
        question_age,
    ),
    "usia-pasti": Act(
        N_("Catat usia sudah dipastikan"),
        N_("Dijamin lagi mulai hari ini bila iuran keluarga lunas."),
        lambda member, family: (
            _after(Event.AGE_CONFIRMED)(member, family) and is_elder(member.birth_date, on=today())
        ),
        confirm_age,
    ),
    "ganda": Act(
        N_("Catat data ganda"),
        N_("Kartu ini tidak berlaku lagi mulai hari ini. Kartu yang satunya tetap berlaku."),
        _after(Event.FOUND_DUPLICATE),
        mark_duplicate,
        ("number",),
    ),
    "keluar-pbi": Act(
        N_("Catat keluar dari daftar PBI"),
        N_("Tidak dijamin mulai hari ini, sampai masuk daftar lagi atau membayar sendiri."),
        _after(Event.REMOVED_FROM_LIST, *_PBI),
        remove_from_list,
    ),
    "masuk-pbi": Act(
        N_("Catat kembali ke daftar PBI"),
        N_("Dijamin lagi mulai hari ini."),
        _after(Event.RESTORED_TO_LIST, *_PBI),
        restore_to_list,
    ),
    "phk": Act(
        N_("Catat PHK"),
        N_(
            "Satu keluarga dijamin enam bulan sejak PHK, di kelas 3, tanpa iuran."
            " Tunggakan pemberi kerja tetap utangnya."
        ),
        lambda member, family: (
            _after(Event.LAID_OFF, Segment.WORKER)(member, family)
            and family.guarantee_until is None
        ),
        lay_off,
        ("day",),
        ("layoff_guarantee_months", "layoff_care_class"),
    ),
    "dinas": Act(
        N_("Catat dinas TNI atau Polri"),
        N_("Faskes keluarga ini diatur kesatuan, tidak dipilih di aplikasi."),
        lambda member, family: (
            member.relation is Relation.HEAD and family.segment is Segment.WORKER
        ),
        record_corps,
        ("corps",),
    ),
}


@page(who=BRANCH)
def member(request: HttpRequest, family_id: int, member_id: int) -> HttpResponse:
    """One member at the branch: how they stand, and the acts that are possible."""
    family = family_of(family_id, on=today())
    shown = family.member(member_id)
    record_read(
        actor=caller(request), verb="membership.desk_looked", group=family_id, subject=member_id,
        purpose="counter",
    )  # fmt: skip
    kind, title, advice = status_words(shown.status, family.segment)
    context = {
        "family": family,
        "member": shown,
        "relation": relation_words(shown.relation, shown.sex),
        "segment": SEGMENTS[family.segment],
        "tag": kind,
        "title": title,
        "advice": advice,
        "acts": [
            (name, a.title, a.effect) for name, a in ACTS.items() if a.is_offered(shown, family)
        ],
    }
    return render(request, "membership/desk_member.jinja", context)


@page(who=BRANCH, methods=("GET", "HEAD", "POST"))
def act(request: HttpRequest, family_id: int, member_id: int, name: str) -> HttpResponse:
    """One act on one member: the effect, the reason, then it is done."""
    family = family_of(family_id, on=today())
    shown = family.member(member_id)
    chosen = ACTS.get(name)
    if chosen is None:
        raise NotFound
    form = DeskActForm(request.POST if request.method == "POST" else None, fields=chosen.fields)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            answer = once(
                request, group=family_id, act=lambda: _done(request, family_id, shown, chosen, form)
            )
            return HttpResponseRedirect(answer.location)
        except Refused as refused:
            form.add_error(None, ValidationError(words(refused)))
            status = status_of(refused)
    context = {
        "family": family,
        "member": shown,
        "act": chosen,
        "form": form,
        "basis": [figure(name, on=today()) for name in chosen.figures],
        "names": FIGURES,
    }
    return render(request, "membership/desk_act.jinja", context, status=status)


def _done(
    request: HttpRequest, family_id: int, shown: MemberView, chosen: Act, form: DeskActForm
) -> Answer:
    chosen.do(
        actor=caller(request), family_id=family_id, member_id=shown.id, on=today(),
        **form.cleaned_data,
    )  # fmt: skip
    return Answer(302, location=f"/petugas/kepesertaan/{family_id}/?{RECORDED}")


@page(who=BRANCH)
def corrections(request: HttpRequest) -> HttpResponse:
    """The requests for corrections that wait, the most urgent first; no names before opening."""
    rows = [(c, FIELDS[c.field], c.due_at < now()) for c in corrections_waiting()]
    return render(request, "membership/corrections.jinja", {"rows": rows})


@page(who=BRANCH, methods=("GET", "HEAD", "POST"))
def correction(request: HttpRequest, family_id: int, correction_id: int) -> HttpResponse:
    """One request: what we hold, what the family says, what the register says; the decision."""
    asked = correction_of(family_id, correction_id)
    if request.method != "POST":
        record_read(
            actor=caller(request), verb="membership.desk_looked", group=family_id,
            subject=asked.row.member_id, purpose="counter",
        )  # fmt: skip
    form = DecisionForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            answer = once(
                request, group=family_id,
                act=lambda: _decided(request, family_id, correction_id, form),
            )  # fmt: skip
            return HttpResponseRedirect(answer.location)
        except Refused as refused:
            form.add_error(None, ValidationError(words(refused)))
            status = status_of(refused)
    (line,) = correction_lines([asked])
    context = {"form": form, "line": line, "family_id": family_id}
    return render(request, "membership/correction.jinja", context, status=status)


def _decided(
    request: HttpRequest, family_id: int, correction_id: int, form: DecisionForm
) -> Answer:
    decide_correction(
        actor=caller(request), family_id=family_id, correction_id=correction_id,
        accepts=form.cleaned_data["decision"] == "accept", reason=form.cleaned_data["reason"],
        on=today(),
    )  # fmt: skip
    return Answer(302, location="/petugas/kepesertaan/perbaikan/")
