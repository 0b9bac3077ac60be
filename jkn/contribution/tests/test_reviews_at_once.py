"""One visit, reviewed from many phones at once: one review."""

from __future__ import annotations

from functools import partial

import pytest

from jkn.contribution.tests.crowd import at_once
from jkn.core.clock import today
from jkn.facility.actions import allow_review
from jkn.facility.models import Review, ReviewGrant
from jkn.membership.tests.factories import a_family, an_account, members_of, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
CLINIC = "3275K001"
FORM = {"waiting": 2, "staff": 5, "clarity": 4, "cleanliness": 4, "text": "Dokternya ramah."}


def test_one_visit_from_many_phones_at_once_is_one_review(on_day):
    on_day("2026-11-22")
    siti = an_account(members_of(a_family())[0])
    told = {"facility_id": CLINIC, "person_id": siti.person_id, "visited_on": today()}
    at_once([partial(allow_review, **told, source="visit", reference="v1")] * 8)
    assert ReviewGrant.objects.count() == 1
    browsers = [signed_in(siti) for _ in range(8)]
    acts = [
        partial(b.post, f"/faskes/{CLINIC}/ulasan/tulis/", {**FORM, "_key": f"k{n}"})
        for n, b in enumerate(browsers)
    ]
    codes = sorted(a.status_code for a in at_once(acts))
    assert codes[0] == 302
    assert set(codes[1:]) <= {403, 409}
    assert Review.objects.count() == 1
