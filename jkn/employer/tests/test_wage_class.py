"""The class of a family by the higher wage of both spouses, each paid for by the own employer."""

from __future__ import annotations

import itertools
from datetime import date

import pytest

from jkn.account.queries import family_of as by_number
from jkn.core.actor import SYSTEM
from jkn.core.errors import Conflict
from jkn.core.month import Month
from jkn.employer import jobs
from jkn.employer.actions import change_wage, end_work, import_employees, run_day
from jkn.employer.enrolment import guarantee_after_layoff
from jkn.employer.models import BillLine, Employee, Employer, Wage
from jkn.employer.queries import nik_digest
from jkn.employer.rules import EndReason
from jkn.employer.tests.factories import (
    ON,
    a_row,
    acting,
    an_employer,
    an_employer_account,
    enrol_all,
)
from jkn.employer.tests.test_journey import broken
from jkn.employer.wage_class import (
    differing_at,
    differing_raised,
    follow_all_wages,
    follow_wages,
)
from jkn.gate.tests.hospital import Hospital, a_hospital
from jkn.membership.acts import lay_off, record_death
from jkn.membership.jobs import tell_class
from jkn.membership.models import Family, FamilyChange
from jkn.membership.moves import Move, NewHome, move_people
from jkn.membership.queries import family_of
from jkn.membership.rules import Relation, Segment
from jkn.membership.terms import class_after_wages
from jkn.membership.tests.factories import a_family, a_member, an_account, members_of, signed_in
from jkn.notice.models import Notice

pytestmark = pytest.mark.django_db
LOW, HIGH = 4_000_000, 4_000_001
DECEMBER, JANUARY = date(2026, 12, 1), date(2027, 1, 1)


@pytest.fixture(autouse=True)
def _november(on_day):
    on_day("2026-11-22")


class Couple:
    """Spouses with a child, whom no employer told of yet."""

    def __init__(self, **over):
        values = {"segment": Segment.WORKER.value, "paid_month": None, "care_class": "2", **over}
        self.family = a_family(**values)
        (self.husband,) = members_of(self.family)
        self.wife = a_member(self.family, relation=Relation.SPOUSE.value)
        self.child = a_member(
            self.family, relation=Relation.CHILD.value, birth_date=date(2015, 5, 1)
        )

    def works(self, who, wage, *, on=ON):
        """Let somebody begin to work at an employer of their own; return it with the row."""
        employer = an_employer()
        import_employees(
            actor=acting(employer), employer_id=employer.employer_id,
            rows=[a_row(nik=who.nik, birth_date=who.birth_date, wage=wage, start=on.replace(day=1))],
            on=on,
        )  # fmt: skip
        assert enrol_all(employer, on=on) == ["enrolled"]
        return Employee.objects.get(employer_id=employer.employer_id)

    def class_on(self, day):
        return family_of(self.family.family_id, on=day).care_class

    def told(self):
        rows = FamilyChange.objects.filter(family_id=self.family.family_id, kind="wage_class")
        return [(c.before, c.after, c.since) for c in rows.order_by("id")]


def leaves(job, *, reason=EndReason.RESIGNED, day=ON):
    """End somebody's work, and do what its job does."""
    end_work(
        actor=SYSTEM, employer_id=job.employer_id, employee_id=job.id, day=day, reason=reason,
        on=day,
    )  # fmt: skip
    jobs.follow_wage(job.employer_id, job.id)


def earns(job, wage, since):
    change_wage(
        actor=SYSTEM, employer_id=job.employer_id, employee_id=job.id, monthly=wage,
        valid_from=since,
    )  # fmt: skip
    jobs.follow_wage(job.employer_id, job.id)


def listed_couple(husband=LOW, wife=HIGH):
    """Return a family that the husband's employer moved to the workers, and both jobs."""
    home = Couple(segment=Segment.SELF_PAYING.value, paid_month=Month(2026, 11).index)
    his = home.works(home.husband, husband)
    home.family = Family.objects.get(family_id=by_number("nik", home.wife.nik).family_id)
    return home, his, home.works(home.wife, wife)


def test_a_wife_on_her_husbands_card_brings_the_higher_class_to_all_of_them():
    home = Couple()
    home.works(home.wife, HIGH)
    assert home.class_on(ON) == "1"
    assert home.told() == [("2", "1", ON)]
    hospital = Hospital(a_hospital())
    for member in (home.husband, home.wife, home.child):
        said = hospital.read(hospital.card(member.card))["peserta"]
        assert said["hakKelas"] == {"kode": "1", "keterangan": "KELAS I"}
    assert broken() == []


@pytest.mark.parametrize(("husband", "wife"), [(LOW, HIGH), (HIGH, LOW), (HIGH, HIGH), (LOW, LOW)])
def test_both_are_workers_each_pays_by_the_own_wage(husband, wife):
    home, his, hers = listed_couple(husband, wife)
    assert home.class_on(ON) == ("2" if husband == wife == LOW else "1")
    run_day(on=ON)
    wages = {job.id: BillLine.objects.get(employee_id=job.id).wage for job in (his, hers)}
    assert wages == {his.id: husband, hers.id: wife}
    assert broken() == []


def test_the_lower_wage_takes_nothing_away():
    home = Couple(care_class="1")
    home.works(home.wife, LOW)
    assert (home.class_on(ON), home.class_on(JANUARY), home.told()) == ("1", "1", [])
    assert follow_all_wages(on=ON) == 0


def test_when_her_work_ends_the_class_falls_back_from_the_next_month():
    home, _, hers = listed_couple()
    leaves(hers)
    assert (home.class_on(date(2026, 11, 30)), home.class_on(DECEMBER)) == ("1", "2")
    assert home.told() == [("2", "1", ON), ("1", "2", DECEMBER)]
    hospital = Hospital(a_hospital())
    for day, code in (("2026-11-30", "1"), ("2026-12-01", "2")):
        said = hospital.read(hospital.nik(home.child.nik, day))["peserta"]
        assert said["hakKelas"]["kode"] == code
    jobs.follow_wage(hers.employer_id, hers.id)  # twice is as once
    assert follow_all_wages(on=DECEMBER) == 0
    assert len(home.told()) == 2


def test_when_the_first_workers_job_ends_the_other_ones_class_stays():
    home, his, _ = listed_couple(HIGH, LOW)
    leaves(his)
    assert home.told() == [("1", "2", DECEMBER)]
    home, his, _ = listed_couple(LOW, HIGH)
    leaves(his)
    assert home.class_on(JANUARY) == "1"


def test_a_husband_of_whom_no_employer_tells_has_his_class_again():
    home = Couple()
    hers = home.works(home.wife, HIGH)
    leaves(hers)
    assert (home.class_on(ON), home.class_on(DECEMBER)) == ("1", "2")


def test_work_begun_again_before_that_keeps_the_higher_class(on_day):
    home, _, hers = listed_couple()
    leaves(hers)
    home.works(home.wife, HIGH)
    assert (home.class_on(DECEMBER), home.class_on(JANUARY)) == ("1", "1")
    assert home.told()[-1] == ("2", "1", DECEMBER)
    on_day("2026-12-05")
    assert follow_all_wages(on=date(2026, 12, 5)) == 0


def test_a_change_that_has_begun_is_followed_by_the_next(on_day):
    home, _, hers = listed_couple()
    leaves(hers)
    on_day("2026-12-05")
    home.works(home.wife, HIGH, on=date(2026, 12, 5))
    assert (home.class_on(date(2026, 12, 5)), home.class_on(JANUARY)) == ("1", "1")
    family = Family.objects.get(family_id=home.family.family_id)
    assert (family.care_class, family.class_since) == ("1", date(2026, 12, 5))


def test_wages_are_followed_higher_at_once_and_lower_from_the_next_month(on_day):
    home, his, hers = listed_couple(LOW, LOW)
    earns(hers, HIGH, date(2026, 11, 20))
    assert home.class_on(ON) == "1"
    earns(hers, LOW, date(2026, 12, 15))
    assert follow_all_wages(on=ON) == 0  # that wage has not begun
    on_day("2026-12-15")
    assert run_day(on=date(2026, 12, 15)).classes == 1
    assert (home.class_on(date(2026, 12, 31)), home.class_on(JANUARY)) == ("1", "2")
    earns(his, HIGH, date(2026, 12, 15))
    assert home.class_on(JANUARY) == "1"


def test_a_file_with_other_wages_is_followed_by_a_job():
    home, his, _ = listed_couple(LOW, LOW)
    row = a_row(
        nik=home.husband.nik, birth_date=home.husband.birth_date, wage=HIGH, start=date(2026, 11, 2)
    )
    import_employees(actor=SYSTEM, employer_id=his.employer_id, rows=[row], on=ON)
    for _ in range(2):
        jobs.follow_wages(his.employer_id)
    assert home.told() == [("2", "1", ON)]


def test_a_separation_and_a_death_end_it_without_an_employers_word():
    for end in ("moved", "died"):
        home, _, _ = listed_couple()
        wife = home.wife
        if end == "died":
            record_death(
                actor=SYSTEM, family_id=home.family.family_id, member_id=wife.id,
                day=ON, reason="Surat kematian", on=ON,
            )  # fmt: skip
        else:
            away = NewHome("3275010101990001", Segment.WORKER, "1", None)
            move_people(
                actor=SYSTEM, on=ON, reason="Cerai",
                move=Move(home.family.family_id, [wife.id], away),
            )  # fmt: skip
        assert follow_all_wages(on=ON) == 1
        assert (home.class_on(ON), home.class_on(DECEMBER)) == ("1", "2")
        assert follow_all_wages(on=ON) == 0


def test_a_couple_in_two_families_shares_nothing():
    home, other = Couple(), Couple()
    other.works(other.wife, HIGH)
    home.works(home.husband, LOW)
    assert (home.class_on(JANUARY), other.class_on(JANUARY)) == ("2", "1")


def test_a_child_who_works_brings_no_class():
    home = Couple()
    home.works(home.child, HIGH)
    assert (home.class_on(ON), home.told()) == ("2", [])


def test_after_a_layoff_of_the_last_who_worked_class_3_holds():
    home, his, hers = listed_couple()
    leaves(hers)
    leaves(his, reason=EndReason.LAID_OFF)
    assert guarantee_after_layoff(employer_id=his.employer_id, employee_id=his.id, on=ON)
    follow_wages(home.family.family_id, on=ON)
    assert (home.class_on(ON), home.class_on(DECEMBER)) == ("3", "3")


def test_the_branch_records_no_layoff_while_the_other_spouse_works():
    home, his, hers = listed_couple()
    leaves(his)

    def laid_off():
        lay_off(
            actor=SYSTEM, family_id=home.family.family_id, member_id=home.husband.id, day=ON,
            reason="Surat PHK", on=ON,
        )  # fmt: skip

    with pytest.raises(Conflict, match="masih bekerja"):
        laid_off()
    assert Family.objects.get(family_id=home.family.family_id).guarantee_until is None
    leaves(hers)
    laid_off()
    assert home.class_on(DECEMBER) == "3"


def test_another_kind_of_class_is_left_alone():
    home = Couple(care_class="KRIS")
    home.works(home.wife, HIGH)
    assert (home.class_on(ON), follow_all_wages(on=ON)) == ("KRIS", 0)


def test_the_family_is_told_and_reads_it_and_her_employer_learns_nothing():
    home = Couple()
    account = an_account(home.husband)
    hers = home.works(home.wife, HIGH)
    leaves(hers)
    for change in FamilyChange.objects.filter(family_id=home.family.family_id):
        tell_class(home.family.family_id, change.id)
    bodies = Notice.objects.filter(account_id=account.id).order_by("id")
    assert [n.kind for n in bodies] == ["membership.changed"] * 2
    page = signed_in(account).get("/keluarga/").content.decode()
    assert "Kelas 2 menjadi kelas 1" in page
    assert "Kelas 2 mulai 1 Desember 2026." in page
    assert "Kelas mengikuti upah tertinggi" in page
    assert "Kelas 2 mulai" in signed_in(account).get("/keluarga/kelas/").content.decode()
    answer = signed_in(account).get("/api/v1/family").json()
    assert (answer["care_class"], answer["next_class"], answer["next_class_from"]) == (
        "1", "2", "2026-12-01",
    )  # fmt: skip
    employer = Employer.objects.get(employer_id=hers.employer_id)
    shown = signed_in(an_employer_account(employer)).get(f"/perusahaan/pekerja/{hers.id}/")
    assert "Kelas 1" not in shown.content.decode()


@pytest.mark.parametrize("unlisted", [None, "", "2"])
def test_who_is_looked_after_is_who_the_rule_changes(unlisted):
    expected, employer = set(), an_employer()
    changes = ("",) if unlisted is None else ("", "1", "2")  # who was never asked waits for none
    for today, after, by_wage in itertools.product("12", changes, ("", "1", "2")):
        family = a_family(
            segment="ppu", paid_month=None, care_class=today, next_class=after,
            next_class_from=DECEMBER if after else None, unlisted_class=unlisted,
        )  # fmt: skip
        if by_wage:
            (head,) = members_of(family)
            row = Employee.objects.create(
                employer_id=employer.employer_id, nik_digest=nik_digest(head.nik),
                nik_sealed=b"", name=head.name, birth_date=head.birth_date, started_on=ON,
                state="enrolled", bill_from=1, by_account=0,
            )  # fmt: skip
            Wage.objects.create(
                employer_id=employer.employer_id, employee_id=row.id, valid_from=ON,
                by_account=0, monthly={"1": HIGH, "2": LOW}[by_wage],
            )  # fmt: skip
        coming = (after, DECEMBER) if after else None
        if class_after_wages(today=today, coming=coming, unlisted=unlisted, by_wage=by_wage, on=ON):
            expected.add(family.family_id)
    found = {*differing_at(employer.employer_id, on=ON), *differing_raised(on=ON)}
    assert found == expected
