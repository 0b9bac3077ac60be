"""Where staff begin: their own place by its name, and a name is only ever text."""

from __future__ import annotations

import pytest

from jkn.facility.models import Facility
from jkn.membership.tests.factories import a_staff_account

pytestmark = pytest.mark.django_db


def test_rina_sees_her_clinic(client):
    place = Facility.objects.filter(is_primary=True).order_by("code")[0]
    client.force_login(a_staff_account(facility_id=place.code))

    assert place.name in client.get("/petugas/").content.decode()


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "100 % sehat", "%(name)s"])
def test_a_name_with_marks_shows_as_text(client, name):
    place = Facility.objects.filter(is_primary=True).order_by("code")[0]
    Facility.objects.filter(code=place.code).update(name=name)
    client.force_login(a_staff_account(facility_id=place.code))
    page = client.get("/petugas/")

    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()
    assert name.replace("<", "&lt;").replace(">", "&gt;") in page.content.decode()
