"""Paying months to come, and paying for another family by its account number."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.account.directory import whose_many
from jkn.audit.actions import record_read
from jkn.contribution.ahead import choose_ahead, coming_months
from jkn.contribution.forms import AheadForm, OtherForm, refuse
from jkn.contribution.presenters import payer_name
from jkn.contribution.queries import banks, family_bills, figure
from jkn.contribution.rules import Coming, PaymentVerdict, judge_payment
from jkn.core.clock import today
from jkn.core.errors import NotFound, Refused
from jkn.core.month import Month
from jkn.core.words import N_
from jkn.gate import limits
from jkn.gate.answers import words
from jkn.gate.callers import caller, family_of
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import MEMBER
from jkn.membership.rules import Status
from jkn.shell.pages import render


@page(who=MEMBER, methods=("GET", "HEAD", "POST"))
def ahead(request: HttpRequest) -> HttpResponse:
    """How many months to pay ahead with the next payment, and what is paid ahead already."""
    family_id = family_of(request)
    if request.method != "POST":
        return _ahead_page(request, family_id, AheadForm())
    form = AheadForm(request.POST)
    if not form.is_valid():
        return _ahead_page(request, family_id, form, status=422)
    try:
        answer = once(request, group=family_id, act=lambda: _chosen(request, family_id, form))
    except Refused as refused:
        refuse(form, words(refused))
        return _ahead_page(request, family_id, form, status=422)
    return HttpResponseRedirect(answer.location)


def _chosen(request: HttpRequest, family_id: int, form: AheadForm) -> Answer:
    months = form.cleaned_data["months"]
    amount = choose_ahead(actor=caller(request), family_id=family_id, months=months, on=today())
    return Answer(302, location="/iuran/bayar/" if amount else "/iuran/")


def _ahead_page(
    request: HttpRequest, family_id: int, form: AheadForm, *, status: int = 200
) -> HttpResponse:
    on = today()
    bills, most = family_bills(family_id, on=on), figure("ahead_max_months", on=on).value
    try:
        coming, why = coming_months(family_id, on=on), ""
    except Refused as refused:
        coming, why = Coming((0,), max(0, bills.debt.credit - bills.debt.total)), words(refused)
    context = {
        "form": form,
        "bills": bills,
        "monthly": coming.price(0),
        "changes": [
            (Month.of(on).plus(n + 1).first_day(), price) for n, price in coming.changes(most)
        ],
        "why": why,
        "left": coming.credit,
        "covers": coming.covered,
        "most": most,
    }
    return render(request, "contribution/ahead.jinja", context, status=status)


_MOVED = "–"  # everybody has left the family; its debt stays


@dataclass(frozen=True, slots=True)
class AtBank:
    """What a bank shows to whoever types an account number, and nothing more."""

    name: str
    amount: int
    bank: str
    problem: str


def at_bank(number: str) -> tuple[int, AtBank] | None:
    """Return the family behind an account number with what its bank shows today, or None."""
    whose = whose_many([("va", number)]).get(("va", number))
    if whose is None:
        return None
    on = today()
    try:
        bills = family_bills(whose.family_id, on=on)
    except NotFound:  # the number of a payer that is no family
        return None
    verdict = judge_payment(
        amount=bills.debt.amount, due=bills.debt.amount, quoted=None, opens=bills.family.pay_from,
        closes=bills.family.pay_by, on=on,
    )  # fmt: skip
    members = sorted(bills.family.members, key=lambda m: m.status is Status.DECEASED)
    problems = {
        PaymentVerdict.PAID_ALREADY: N_("Tidak ada yang perlu dibayar hari ini."),
        PaymentVerdict.NOT_YET: N_("Belum dapat dibayar: masih masa tunggu pendaftaran."),
        PaymentVerdict.LAPSED: N_("Nomor ini sudah hangus. Keluarga itu perlu minta nomor baru."),
    }
    return whose.family_id, AtBank(
        name=payer_name(members[0].name) if members else _MOVED,
        amount=bills.debt.amount if verdict is PaymentVerdict.ACCEPTED else 0,
        bank=", ".join(b.name for b in banks() if b.prefix == number[:5]),
        problem=problems.get(verdict, ""),
    )


@page(who=MEMBER, methods=("GET", "HEAD", "POST"))
def other(request: HttpRequest) -> HttpResponse:
    """What a bank shows for another family's account number, before one pays it there."""
    if request.method != "POST":
        return render(request, "contribution/other.jinja", {"form": OtherForm(), "shown": None})
    form = OtherForm(request.POST)
    context: dict[str, object] = {"form": form, "shown": None}
    if not form.is_valid():
        return render(request, "contribution/other.jinja", context, status=422)
    actor = caller(request)
    try:
        limits.spend("va.look", str(actor.account_id))
    except Refused as refused:
        refuse(form, words(refused))
        return render(request, "contribution/other.jinja", context, status=429)
    found = at_bank(form.cleaned_data["number"])
    if found is None:
        refuse(form, N_("Nomor ini tidak ada. Periksa lagi."), "number")
        return render(request, "contribution/other.jinja", context, status=422)
    record_read(actor=actor, verb="contribution.va_looked", group=found[0])
    shown = {**context, "shown": found[1], "number": form.cleaned_data["number"]}
    return render(request, "contribution/other.jinja", shown)
