"""Amnesty: off until a figure says otherwise; two persons; months written off, cover not given."""

from __future__ import annotations

import json
from datetime import date
from functools import partial
from io import StringIO

import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from jkn.contribution.amnesty import carry_out, check_list, decide, propose, waiting_lines
from jkn.contribution.instalments import register_plan
from jkn.contribution.jobs import tell_written_off
from jkn.contribution.models import (
    AmnestyBatch,
    AmnestyLine,
    Bill,
    ContributionFigure,
    InstalmentPlan,
    Journal,
)
from jkn.contribution.rules import OpenBill
from jkn.contribution.tests.crowd import at_once, broken_promises
from jkn.contribution.tests.factories import DAY, NOW, a_bank, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank
from jkn.contribution.writeoffs import BatchStatus, postings_of_write_off, read_rows, write_off
from jkn.core.actor import Actor, Role
from jkn.core.errors import Conflict, Forbidden, Refused
from jkn.membership.tests.factories import a_staff_account, an_account, members_of
from jkn.notice.models import Notice

pytestmark = pytest.mark.django_db
URL = "/petugas/pemutihan/"
ANDI = Actor(account_id=11, role=Role.BRANCH, name="Andi")
BELA = Actor(account_id=12, role=Role.BRANCH, name="Bela")


@pytest.fixture
def joko(on_day):
    """Joko owes 30 months of arrears and November."""
    on_day("2026-11-22")
    return a_billed_family(months=31, names=("Joko",))


@pytest.fixture
def in_force(db):
    ContributionFigure.objects.create(
        name="amnesty_open", valid_from=DAY, value=1, basis="Perpres contoh", verified=True
    )
    caches["memory"].clear()


def listed(*families, ground="verified_pbpu"):
    rows = "".join(f"{va_of(family)},{ground}\n" for family in families)
    return f"number,reason\n{rows}"


def statuses(family):
    rows = Bill.objects.filter(family_id=family.family_id).order_by("month")
    return [b.status for b in rows]


def approved(*families):
    batch_id = propose(actor=ANDI, text=listed(*families), on=DAY)
    decide(actor=BELA, batch_id=batch_id, status=BatchStatus.APPROVED, on=DAY)
    return batch_id


# Rules.


@given(st.lists(st.integers(1, 60), max_size=60), st.integers(0, 40), st.integers(0, 40))
def test_parts_sum_to_the_whole_and_never_pass_a_cap(back, cap, most):
    bills = [OpenBill(n, NOW.plus(-month), 35_000) for n, month in enumerate(back, start=1)]
    current = OpenBill(999, NOW, 35_000)
    found = write_off([*bills, current], on=DAY, cap_months=cap, most_months=most)
    assert found.months <= min(cap, most)
    assert current not in found.bills
    touched = {b.id for b in (*found.bills, *found.beyond_cap)}
    assert touched <= {b.id for b in bills}
    assert len(touched) == len(found.bills) + len(found.beyond_cap)
    assert sum(p.amount for p in postings_of_write_off(found)) == 35_000 * len(touched)


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "header"), ("nomor,alasan\n1,2", "header"), ("number,reason\n", "empty"),
     ("number,reason\n" + "1,x\n" * 5001, "too_long")],
)  # fmt: skip
def test_a_list_without_its_header_or_rows_is_refused(text, code):
    with pytest.raises(Refused) as refused:
        read_rows(text)
    assert refused.value.code == f"amnesty.{code}"


def test_wrong_lines_are_told_by_number():
    text = (
        "\ufeffnumber;reason\r\n8888800000000011;poor_dtsen\r\n12;poor_dtsen\r\n"
        "8888800000000012;x\r\n8888800000000011;poor_dtsen\r\n8888800000000013\r\n"
    )
    rows, faults = read_rows(text)
    assert [r.number for r in rows] == ["8888800000000011"]
    assert [f.line for f in faults] == [3, 4, 5, 6]


@given(st.text())
def test_any_text_is_read_or_refused(text):
    try:
        rows, _ = read_rows(f"number,reason\n{text}")
    except Refused:
        return
    assert all(len(r.number) in (13, 16) for r in rows)


# Off.


def test_nothing_happens_while_it_is_off(client, joko):
    with pytest.raises(Conflict) as refused:
        propose(actor=ANDI, text=listed(joko), on=DAY)
    assert refused.value.code == "amnesty.off"
    client.force_login(a_staff_account(role=Role.BRANCH))
    page = client.get(URL).content.decode()
    assert "Pemutihan belum berlaku" in page
    assert "<textarea" not in page
    assert client.post(URL, {"rows": listed(joko), "_key": "k"}).status_code == 409
    assert not AmnestyBatch.objects.exists()
    assert statuses(joko) == ["open"] * 31


def test_an_approved_list_waits_where_it_was_switched_off_meanwhile(joko, in_force):
    batch_id = approved(joko)
    ContributionFigure.objects.create(
        name="amnesty_open", valid_from=date(2026, 11, 23), value=0, basis="dicabut"
    )
    caches["memory"].clear()
    with pytest.raises(Conflict):
        carry_out(family_id=joko.family_id, batch_id=batch_id, on=date(2026, 11, 23))
    assert statuses(joko) == ["open"] * 31


# On.


def test_arrears_are_written_off_and_this_month_brings_cover_back(joko, in_force):
    account = an_account(members_of(joko)[0])
    batch_id = approved(joko)
    assert carry_out(family_id=joko.family_id, batch_id=batch_id, on=DAY) == 24 * 35_000
    assert carry_out(family_id=joko.family_id, batch_id=batch_id, on=DAY) == 0
    assert statuses(joko) == ["beyond_cap"] * 6 + ["forgiven"] * 24 + ["open"]
    assert {m.status for m in members_of(joko)} == {"suspended_arrears"}  # not by it alone
    assert Journal.objects.filter(family_id=joko.family_id, kind="written_off").count() == 1
    tell_written_off(joko.family_id, batch_id)
    told = Notice.objects.get(account_id=account.id)
    assert told.values == {"months": 24, "amount": "Rp840.000"}
    assert broken_promises() == []

    assert Bank(a_bank()).pay(va_of(joko), "R1", 35_000).status_code == 200
    assert {m.status for m in members_of(joko)} == {"active"}
    assert broken_promises() == []


def test_a_running_plan_ends_with_its_debt(on_day, in_force):
    on_day("2026-11-22")
    family = a_billed_family(months=7)
    member = Actor(account_id=1, role=Role.MEMBER, name="x", family_id=family.family_id)
    register_plan(actor=member, family_id=family.family_id, stages=3, on=DAY)
    carry_out(family_id=family.family_id, batch_id=approved(family), on=DAY)
    assert InstalmentPlan.objects.get(family_id=family.family_id).status == "stopped"
    assert statuses(family) == ["forgiven"] * 6 + ["open"]
    assert broken_promises() == []


def test_who_proposed_does_not_decide_and_a_decision_stands(joko, in_force):
    batch_id = propose(actor=ANDI, text=listed(joko), on=DAY)
    with pytest.raises(Forbidden):
        decide(actor=ANDI, batch_id=batch_id, status=BatchStatus.APPROVED, on=DAY)
    assert carry_out(family_id=joko.family_id, batch_id=batch_id, on=DAY) == 0
    decide(actor=BELA, batch_id=batch_id, status=BatchStatus.REJECTED, on=DAY)
    with pytest.raises(Conflict):
        decide(actor=BELA, batch_id=batch_id, status=BatchStatus.APPROVED, on=DAY)
    assert carry_out(family_id=joko.family_id, batch_id=batch_id, on=DAY) == 0
    assert statuses(joko) == ["open"] * 31
    with pytest.raises(IntegrityError), transaction.atomic():
        AmnestyBatch.objects.filter(id=batch_id).update(decided_by=ANDI.account_id)


@pytest.mark.parametrize("ground", ["pbi_convert", "verified_pbpu"])
def test_a_ground_that_does_not_fit_is_told(on_day, in_force, ground):
    on_day("2026-11-22")
    segment = "pbpu" if ground == "pbi_convert" else "ppu"
    family = a_billed_family(months=3, segment=segment)
    checked = check_list(listed(family, ground=ground), on=DAY)
    assert [f.line for f in checked.faults] == [2]
    with pytest.raises(Refused) as refused:
        propose(actor=ANDI, text=listed(family, ground=ground), on=DAY)
    assert refused.value.code == "amnesty.rows"
    assert not AmnestyBatch.objects.exists()


def test_any_number_leads_to_the_debt_and_a_family_counts_once(joko, in_force):
    head = members_of(joko)[0]
    text = f"number,reason\n{head.nik},poor_dtsen\n{head.card},poor_dtsen\n9999999999999,poor_dtsen"
    checked = check_list(text, on=DAY)
    assert [f.family_id for f in checked.found] == [joko.family_id]
    assert (checked.found[0].months, checked.amount) == (24, 840_000)
    assert [f.line for f in checked.faults] == [3, 4]


@pytest.mark.django_db(transaction=True)
def test_eight_workers_write_one_debt_off_once(joko, in_force):
    batch_id = approved(joko)
    acts = [partial(carry_out, family_id=joko.family_id, batch_id=batch_id, on=DAY)] * 8
    assert sorted(at_once(acts)) == [0] * 7 + [840_000]
    assert waiting_lines(batch_id) == []
    assert broken_promises() == []


# Doors.


def test_two_persons_by_page(client, joko, in_force):
    andi, bela = (
        a_staff_account(role=Role.BRANCH, name="Andi"),
        a_staff_account(role=Role.BRANCH, name="Bela"),
    )
    client.force_login(andi)
    wrong = client.post(URL, {"rows": "number,reason\n12,x\n", "_key": "k0"})
    assert wrong.status_code == 422
    assert "Nomor berisi 13 atau 16 angka." in wrong.content.decode()
    made = client.post(URL, {"rows": listed(joko), "_key": "k1"})
    assert client.post(URL, {"rows": listed(joko), "_key": "k1"}).status_code == 302
    batch = AmnestyBatch.objects.get()
    assert made.headers["Location"] == f"{URL}{batch.id}/"
    own = client.get(made.headers["Location"]).content.decode()
    assert "Petugas lain yang memutuskan" in own
    here = made.headers["Location"]
    assert client.post(here, {"decision": "setuju", "_key": "k2"}).status_code == 403
    client.force_login(bela)
    assert client.post(here, {"_key": "k3"}).status_code == 422
    assert client.post(here, {"decision": "setuju", "_key": "k4"}).status_code == 302
    assert AmnestyBatch.objects.get().status == "approved"
    carry_out(family_id=joko.family_id, batch_id=batch.id, on=DAY)
    page = client.get(here).content.decode()
    assert "1 dari 1 selesai" in page
    assert "Rp840.000" in page
    assert client.get(f"{URL}1/").status_code == 404


def command(path, *words):
    out = StringIO()
    call_command("amnesty", str(path), "--json", *words, stdout=out)
    return json.loads(out.getvalue())


def test_the_command_shows_and_proposes(tmp_path, joko, in_force):
    path = tmp_path / "list.csv"
    path.write_text(listed(joko), encoding="utf-8")
    told = command(path, "--dry-run")
    assert told == {"open": True, "debts": 1, "amount": 840_000, "faults": [], "batch": None}
    assert not AmnestyBatch.objects.exists()
    with pytest.raises(CommandError, match="--by"):
        command(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(CommandError, match="not UTF-8"):
        command(path, "--dry-run")


def test_a_dry_run_of_a_list_with_faults_ends_with_them(tmp_path, joko, in_force):
    path = tmp_path / "list.csv"
    path.write_text(f"{listed(joko)}\n123,poor_dtsen\n", encoding="utf-8")
    with pytest.raises(CommandError, match="1 rows of the list are wrong"):
        command(path, "--dry-run")


def test_a_dry_run_says_that_it_is_off(tmp_path, joko):
    path = tmp_path / "list.csv"
    path.write_text(listed(joko), encoding="utf-8")
    assert command(path, "--dry-run")["open"] is False
    assert not AmnestyLine.objects.filter(family_id=joko.family_id).exists()


def test_members_and_facilities_stay_outside(client, joko):
    client.force_login(an_account(members_of(joko)[0]))
    assert client.get(URL).status_code == 403
