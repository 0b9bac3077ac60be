"""`GET /api/v1/card` with model instances, querysets made for each request, and JsonResponse.

The same models, the same answer, the same audit, the same rules as jkn.home.api. It is written as
Django's documentation teaches, without a needless query: one for each kind of thing.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse

from jkn.account.models import Account, ApiToken
from jkn.account.queries import digest_of_key
from jkn.audit.models import Entry
from jkn.contribution.models import Bill, ContributionFigure, Posting
from jkn.contribution.rules import BillStatus, Chart, OpenBill, Owed, owed
from jkn.core.clock import day_of, now, today
from jkn.core.month import Month
from jkn.facility.models import Facility
from jkn.membership.models import Family, Member
from jkn.membership.queries import RELATION_ORDER
from jkn.membership.rules import Relation, Status, status_on


def card(request: HttpRequest) -> HttpResponse:
    """Answer with the family's cards."""
    text = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = ApiToken.objects.filter(digest=digest_of_key(text), revoked_at__isnull=True).first()
    if token is None:
        return JsonResponse({"code": "token.invalid"}, status=401)
    account = Account.objects.get(id=token.account_id, is_active=True)
    family = Family.objects.get(family_id=account.family_id or 0)
    with transaction.atomic():
        Entry.objects.get_or_create(
            group_id=family.family_id, session_id=token.id, verb="membership.card",
            day=day_of(now()), is_own_read=True,
            defaults={
                "actor_id": account.id, "actor_role": account.role, "actor_name": account.name,
            },
        )  # fmt: skip
    response = JsonResponse(_card(family, on=today()))
    response["Cache-Control"] = "no-store"
    return response


def _card(family: Family, *, on: date) -> dict[str, Any]:
    members = list(Member.objects.filter(family_id=family.family_id, ended_on__isnull=True))
    members.sort(key=lambda m: (RELATION_ORDER[Relation(m.relation)], m.birth_date, m.id))
    places = Facility.objects.in_bulk({m.facility_id for m in members})
    bills = list(Bill.objects.filter(family_id=family.family_id, status=BillStatus.OPEN))
    bills.sort(key=lambda b: b.month)
    return {
        "family_id": str(family.family_id),
        "on": on,
        "segment": family.segment,
        "care_class": family.care_class,
        "paid_until": str(family.paid_until) if family.paid_until else None,
        "amount_due": _debt(family, bills, on=on).amount,
        "members": [_member(m, family, places, on=on) for m in members],
        "open_bills": [
            {
                "id": str(bill.id), "month": str(Month.at(bill.month)), "amount": bill.amount,
                "due_on": bill.due_on,
            }
            for bill in bills
        ],
    }  # fmt: skip


def _debt(family: Family, bills: list[Bill], *, on: date) -> Owed:
    postings = Posting.objects.filter(
        Q(debit=Chart.CREDIT) | Q(credit=Chart.CREDIT), family_id=family.family_id
    )
    cap = (
        ContributionFigure.objects.filter(name="arrears_cap_months", valid_from__lte=on)
        .order_by("-valid_from")
        .first()
    )
    return owed(
        (OpenBill(b.id, Month.at(b.month), b.amount) for b in bills),
        on=on,
        cap_months=cap.value if cap else 0,
        credit=sum(p.amount if p.credit == Chart.CREDIT else -p.amount for p in postings),
    )


def _member(
    member: Member, family: Family, places: dict[str, Facility], *, on: date
) -> dict[str, Any]:
    status = status_on(member.cover_in(family), on=on)
    place = places.get(member.facility_id)
    return {
        "id": str(member.id),
        "name": member.name,
        "nik": member.nik,
        "card": member.card,
        "birth_date": member.birth_date,
        "sex": member.sex,
        "relation": member.relation,
        "status": status,
        "is_active": status is Status.ACTIVE,
        "since": member.since,
        "primary_facility": {"code": member.facility_id, "name": place.name if place else ""},
    }
