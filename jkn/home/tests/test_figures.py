"""/petugas/angka/: every dated figure in words, with its basis; what is unverified says so."""

from __future__ import annotations

from datetime import date

import pytest

from jkn.contribution.queries import figures as contribution_figures
from jkn.contribution.queries import tariffs
from jkn.core.actor import Role
from jkn.employer.queries import figures as employer_figures
from jkn.home.presenters import figure_sections, tariff_lines
from jkn.membership.tests.factories import a_staff_account, signed_in

pytestmark = pytest.mark.django_db
HERE = "/petugas/angka/"
ON = date(2026, 11, 22)


@pytest.fixture
def andi():
    return signed_in(a_staff_account(role=Role.BRANCH, facility_id=""))


def test_every_figure_has_words():
    names = {line.name for _, lines in figure_sections(on=ON) for line in lines}
    assert not [name for name in names if "_" in name]
    assert len(tariff_lines()) == len(tariffs())


def test_one_row_of_a_name_is_in_force():
    lines = [line for _, lines in figure_sections(on=ON) for line in lines]
    in_force = [line.name for line in lines if line.is_in_force]
    assert len(in_force) == len(set(in_force))
    assert set(in_force) == {line.name for line in lines}


def test_the_branch_reads_bases_and_what_is_unverified(andi):
    page = andi.get(HERE).content.decode()
    for row in [*contribution_figures(), *employer_figures(), *tariffs()]:
        assert row.basis in page, row
    assert "Belum diperiksa</span>" in page
    assert HERE in andi.get("/petugas/").content.decode()


def test_it_is_the_branchs_page(client):
    assert signed_in(a_staff_account()).get(HERE).status_code == 403
    assert client.get(HERE).status_code == 302
