"""The fine for inpatient care soon after reactivation: what it would cost, before one decides."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse

from jkn.audit.actions import mark_own_read
from jkn.contribution.figures import Return, fine_terms, last_return
from jkn.contribution.fines import Care, Fine, Stay, last_fined_day, service_fine
from jkn.contribution.forms import FineForm
from jkn.contribution.presenters import family_status
from jkn.contribution.queries import FamilyBills, family_bills
from jkn.core.clock import today
from jkn.core.month import Month
from jkn.gate.callers import caller, family_of
from jkn.gate.doors import page
from jkn.gate.policy import MEMBER
from jkn.membership.rules import Segment, Status
from jkn.shell.pages import render


@page(who=MEMBER)
def fine(request: HttpRequest) -> HttpResponse:
    """What a stay in hospital would cost the family as a fine. Changes nothing."""
    family_id, on = family_of(request), today()
    bills = family_bills(family_id, on=on)
    is_suspended = family_status(bills) is Status.SUSPENDED_ARREARS
    back = _if_paid_today(bills, on) if is_suspended else last_return(family_id)
    form = FineForm(request.GET or None, initial={"admitted": f"{on:%d-%m-%Y}"})
    mark_own_read(actor=caller(request), verb="contribution.fine", group=family_id)
    is_asked = form.is_bound and form.is_valid()
    context = {
        "form": form,
        "back": back,
        "is_suspended": is_suspended,
        "is_worker": bills.family.segment is Segment.WORKER,
        "until": last_fined_day(back.on, fine_terms(on=back.on)) if back else None,
        "terms": fine_terms(on=on),
        "fine": _fine(form, bills, back) if is_asked else None,
        "today": on,
    }
    status = 422 if form.is_bound and not is_asked else 200
    return render(request, "contribution/fine.jinja", context, status=status)


def _if_paid_today(bills: FamilyBills, on: date) -> Return:
    """Return how cover would come back if all were paid today: with every month behind.

    A worker's family has no bills of its own: what the employer owes shows in its paid month.
    """
    current = Month.of(on)
    paid_until = bills.family.paid_until
    if bills.family.segment is Segment.WORKER and paid_until is not None:
        return Return(on, max(0, current.index - paid_until.index - 1))
    behind = sum(1 for bill in bills.bills if Month.at(bill.month) < current)
    return Return(on, behind)


def _fine(form: FineForm, bills: FamilyBills, back: Return | None) -> Fine:
    stay = Stay(
        care=Care(form.cleaned_data["care"]),
        admitted=form.cleaned_data["admitted"],
        estimate=form.cleaned_data["estimate"],
    )
    return service_fine(
        stay,
        segment=bills.family.segment,
        reactivated=back.on if back else None,
        months_owed=back.months_owed if back else 0,
        terms=fine_terms(on=stay.admitted),
    )
