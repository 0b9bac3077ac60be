"""Acts of the branch, each with its reason: deaths, abroad, duplicates, PBI lists, layoffs."""

from __future__ import annotations

from datetime import date

import pytest

from jkn.audit.models import Entry
from jkn.core.actor import Level, Role
from jkn.core.month import Month
from jkn.membership.actions import suspend_behind
from jkn.membership.ageing import Aged, age_members
from jkn.membership.models import Family, Member, StatusChange
from jkn.membership.promises import PROMISES
from jkn.membership.queries import family_of
from jkn.membership.rules import Segment, Status
from jkn.membership.slices import slices
from jkn.membership.tests.factories import a_family, a_staff_account, an_account, members_of

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)


@pytest.fixture
def siti(on_day):
    on_day("2026-11-22")
    return a_family(names=("Siti Rahmawati", "Budi Santoso"))


@pytest.fixture
def andi(client):
    client.force_login(
        a_staff_account(
            role=Role.BRANCH, name="Andi", facility_id="", level=Level.SEEN_FACE_TO_FACE
        )
    )
    return client


def act(client, family, name, n=0, key="k1", **typed):
    member = members_of(family)[n]
    url = f"/petugas/kepesertaan/{family.family_id}/{member.id}/{name}/"
    return client.post(url, {"reason": "Surat terlampir", "_key": key, **typed})


def status(family, n=0):
    return members_of(family)[n].status


def changes(family, event):
    return StatusChange.objects.filter(family_id=family.family_id, event=event)


def suspend(*, on):
    for one in slices(size=5_000):
        suspend_behind(one, on=on)


def broken():
    return [p.name for p in PROMISES if p.broken()]


def test_a_death_is_dated_to_its_day_and_the_member_reads_why(andi, siti):
    assert act(andi, siti, "meninggal", day="10-11-2026").status_code == 302
    assert [status(siti), status(siti, 1)] == ["deceased", "active"]
    change = changes(siti, "died").get()
    assert (change.since, change.by_name, change.reason) == (
        date(2026, 11, 10), "Andi", "Surat terlampir"
    )  # fmt: skip
    assert act(andi, siti, "meninggal", day="10-11-2026").status_code == 302  # the same key
    assert act(andi, siti, "meninggal", key="k2", day="10-11-2026").status_code == 409
    assert changes(siti, "died").count() == 1
    assert Entry.objects.filter(group_id=siti.family_id, verb="membership.changed").count() == 1
    assert broken() == []
    andi.force_login(an_account(members_of(siti)[1]))
    assert "Surat terlampir" in andi.get("/keluarga/").content.decode()


def test_what_was_recorded_is_said_at_the_top_to_who_did_it(andi, siti):
    done = act(andi, siti, "meninggal", day="10-11-2026")
    page = andi.get(done["Location"]).content.decode()
    assert "Meninggal dunia" in page[page.index("Sudah tercatat") :][:200]
    assert "Sudah tercatat" not in andi.get(done["Location"].split("?")[0]).content.decode()
    andi.force_login(a_staff_account(role=Role.BRANCH, name="Yuni", facility_id=""))
    assert "Sudah tercatat" not in andi.get(done["Location"]).content.decode()


def test_an_act_shows_the_figures_it_rests_on(andi):
    family = a_family(segment=Segment.WORKER.value, paid_month=None, names=("Gunawan", "Dimas"))
    desk = f"/petugas/kepesertaan/{family.family_id}/"
    gunawan, dimas = members_of(family)
    page = andi.get(f"{desk}{gunawan.id}/phk/").content.decode()
    assert "Jaminan setelah PHK (bulan): 6." in page
    assert "Perpres 82/2018" in page
    study = andi.get(f"{desk}{dimas.id}/kuliah/").content.decode()
    assert "Belum diperiksa" in study
    assert "Belum diperiksa" in andi.get(f"{desk}pindah/").content.decode()


@pytest.mark.parametrize("day", ["23-11-2026", "30-01-1968", "31-02-2026", ""])
def test_a_day_that_cannot_be_changes_nothing(andi, siti, day):
    assert act(andi, siti, "meninggal", day=day).status_code == 422
    assert status(siti) == "active"


def test_abroad_and_back_in_a_family_that_went_on_paying(andi, siti):
    assert act(andi, siti, "luar-negeri", 1).status_code == 302
    assert status(siti, 1) == "abroad"
    assert act(andi, siti, "kembali", 1, key="k2").status_code == 302
    assert status(siti, 1) == "active"
    assert broken() == []


def test_who_comes_back_to_a_family_with_arrears_is_suspended_with_it(andi, siti):
    act(andi, siti, "luar-negeri", 1)
    Family.objects.filter(family_id=siti.family_id).update(paid_month=Month(2026, 8).index)
    act(andi, siti, "kembali", 1, key="k2")
    assert status(siti, 1) == "suspended_arrears"
    assert [c.status for c in changes(siti, "fell_behind")] == ["suspended_arrears"]
    assert "membership.status_is_last_change" not in broken()


def test_who_was_away_alone_owes_no_month_of_it(andi, on_day):
    on_day("2026-11-22")
    family = a_family()
    act(andi, family, "luar-negeri")
    on_day("2027-10-05")
    act(andi, family, "kembali", key="k2")
    assert status(family) == "active"
    assert Family.objects.get(family_id=family.family_id).paid_month == Month(2027, 9).index
    assert broken() == []


def test_who_left_with_arrears_still_owes(andi, on_day):
    on_day("2026-11-22")
    family = a_family()
    act(andi, family, "luar-negeri")
    Family.objects.filter(family_id=family.family_id).update(paid_month=Month(2026, 9).index)
    on_day("2027-10-05")
    act(andi, family, "kembali", key="k2")
    assert status(family) == "suspended_arrears"


def test_who_is_suspended_may_leave_and_is_told_that_the_debt_stays(andi, on_day):
    on_day("2026-11-22")
    family = a_family(status="suspended_arrears", paid_month=Month(2026, 7).index)
    head = members_of(family)[0]
    page = andi.get(f"/petugas/kepesertaan/{family.family_id}/{head.id}/").content.decode()
    assert "Tunggakan lama tetap utang" in page
    assert act(andi, family, "luar-negeri").status_code == 302
    assert act(andi, family, "luar-negeri", key="k2").status_code == 409
    assert status(family) == "abroad"
    on_day("2027-10-05")
    act(andi, family, "kembali", key="k3")
    assert status(family) == "suspended_arrears"
    assert Family.objects.get(family_id=family.family_id).paid_month == Month(2026, 7).index
    assert broken() == []


def test_a_second_card_is_closed_when_the_other_is_known(andi, siti):
    wati = a_family(names=("Siti Rahmawati",))
    first, second = members_of(siti)[0], members_of(wati)[0]
    assert act(andi, wati, "ganda", number="0009999999999").status_code == 422
    assert act(andi, wati, "ganda", number=second.card, key="k2").status_code == 422
    assert status(wati) == "active"
    assert act(andi, wati, "ganda", number=first.nik, key="k3").status_code == 302
    assert [status(wati), status(siti)] == ["duplicate", "active"]
    assert broken() == []


def test_out_of_the_list_and_back(andi, on_day):
    on_day("2026-11-22")
    family = a_family(segment="pbi_jk", paid_month=None)
    act(andi, family, "keluar-pbi")
    assert status(family) == "removed_pbi"
    act(andi, family, "masuk-pbi", key="k2")
    assert status(family) == "active"
    assert broken() == []


def test_lists_are_for_pbi_and_layoffs_for_workers(andi, siti):
    assert act(andi, siti, "keluar-pbi").status_code == 422
    assert act(andi, siti, "phk", key="k2", day="01-11-2026").status_code == 422
    assert status(siti) == "active"


def test_after_a_layoff_the_family_is_covered_six_months_in_class_3(andi, on_day):
    on_day("2026-11-22")
    family = a_family(names=("Rizki", "Putri"), segment="ppu", paid_month=None, care_class="1")
    assert act(andi, family, "phk", day="31-08-2026").status_code == 302
    kept = Family.objects.get(family_id=family.family_id)
    assert (kept.care_class, kept.guarantee_until) == ("3", date(2027, 2, 28))
    assert changes(family, "laid_off").count() == 2
    assert act(andi, family, "phk", key="k2", day="31-08-2026").status_code == 422
    for day, expected in (
        (date(2027, 2, 28), Status.ACTIVE),
        (date(2027, 3, 1), Status.LAYOFF_ENDED),
    ):
        shown = family_of(family.family_id, on=day)
        assert {m.status for m in shown.members if m.relation != "child"} == {expected}
    Member.objects.filter(family_id=family.family_id).update(birth_date=date(2010, 1, 1))
    assert age_members(on=date(2027, 2, 28)) == Aged(0, 0, 0, 0)
    assert age_members(on=date(2027, 3, 5)) == Aged(0, 0, 0, 2)
    assert {c.since for c in changes(family, "guarantee_ended")} == {date(2027, 3, 1)}
    assert broken() == []


@pytest.mark.parametrize("is_written", [True, False], ids=["suspended", "not written yet"])
def test_a_layoff_covers_who_is_suspended_for_what_the_employer_owes(andi, on_day, is_written):
    on_day("2026-11-22")
    family = a_family(names=("Rizki", "Putri"), segment="ppu", paid_month=Month(2026, 8).index)
    if is_written:
        suspend(on=DAY)
    assert family_of(family.family_id, on=DAY).members[0].status is Status.SUSPENDED_ARREARS
    assert "Catat PHK" in andi.get(desk_url(family, 0)).content.decode()

    assert act(andi, family, "phk", day="15-11-2026").status_code == 302
    suspend(on=date(2026, 12, 1))  # nothing is paid during the guarantee
    assert [status(family), status(family, 1)] == ["active", "active"]
    for day, expected in ((date(2027, 5, 15), "active"), (date(2027, 5, 16), "layoff_ended")):
        assert family_of(family.family_id, on=day).members[0].status == expected
    assert Family.objects.get(family_id=family.family_id).paid_month == Month(2026, 8).index
    assert broken() == []


def test_a_layoff_drops_a_class_that_was_to_come(andi, on_day):
    on_day("2026-11-22")
    family = a_family(
        segment="ppu", paid_month=None, care_class="1", next_class="2",
        next_class_from=date(2026, 12, 1),
    )  # fmt: skip
    assert act(andi, family, "phk", day="15-11-2026").status_code == 302
    for day in (DAY, date(2026, 12, 1)):
        assert family_of(family.family_id, on=day).care_class == "3"


def test_a_layoff_of_long_ago_gives_nothing(andi, on_day):
    on_day("2026-11-22")
    family = a_family(segment="ppu", paid_month=None)
    assert act(andi, family, "phk", day="01-01-2026").status_code == 422
    assert Family.objects.get(family_id=family.family_id).guarantee_until is None


def test_only_what_the_table_knows_is_offered(andi, siti):
    member = members_of(siti)[0]
    page = andi.get(f"/petugas/kepesertaan/{siti.family_id}/{member.id}/").content.decode()
    assert "Catat meninggal dunia" in page
    assert "Catat PHK" not in page
    assert "Catat keluar dari daftar PBI" not in page
    assert "Catat kembali dari luar negeri" not in page


def test_rina_may_not(client, siti):
    client.force_login(a_staff_account())
    assert act(client, siti, "meninggal", day="10-11-2026").status_code == 403
    assert status(siti) == "active"


# Above 90: re-verification.


@pytest.fixture
def grandmother(siti):
    born = {"birth_date": date(1936, 11, 22)}  # 90 today
    Member.objects.filter(family_id=siti.family_id, id=members_of(siti)[1].id).update(**born)
    return siti


def test_who_is_ninety_is_asked_for_and_comes_back_when_seen(andi, grandmother):
    page = andi.get(desk_url(grandmother, 1)).content.decode()
    assert "Catat usia perlu dipastikan" in page
    assert act(andi, grandmother, "usia", n=1).status_code == 302
    assert status(grandmother, 1) == "over_age"
    assert age_members(on=DAY) == Aged(0, 0, 0, 0)
    assert changes(grandmother, "age_questioned").get().reason == "Surat terlampir"
    assert act(andi, grandmother, "usia-pasti", n=1, key="k2").status_code == 302
    assert status(grandmother, 1) == "active"
    assert broken() == []


def test_below_ninety_age_is_no_question(andi, siti):
    born = date(1936, 11, 23)
    Member.objects.filter(family_id=siti.family_id, id=members_of(siti)[1].id).update(
        birth_date=born
    )
    assert "Catat usia" not in andi.get(desk_url(siti, 1)).content.decode()
    assert act(andi, siti, "usia", n=1).status_code == 422
    assert status(siti, 1) == "active"


def test_a_child_over_age_is_not_brought_back_as_an_elder(andi, siti):
    Member.objects.filter(family_id=siti.family_id, id=members_of(siti)[1].id).update(
        status="over_age", birth_date=date(2004, 1, 1)
    )
    assert act(andi, siti, "usia-pasti", n=1).status_code == 422
    assert status(siti, 1) == "over_age"


def desk_url(family, n):
    return f"/petugas/kepesertaan/{family.family_id}/{members_of(family)[n].id}/"


def test_who_never_left_does_not_come_back(andi, on_day):
    on_day("2026-11-22")
    alone = a_family()
    assert act(andi, alone, "kembali").status_code == 409
    assert status(alone) == "active"
    assert not changes(alone, "came_back").exists()
