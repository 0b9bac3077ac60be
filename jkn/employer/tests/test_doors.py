"""Pages and JSON of employers: they work, a stranger learns nothing, after a refusal nothing changed."""

from __future__ import annotations

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from jkn.account.models import Account
from jkn.audit.models import Entry
from jkn.contribution.models import Payment
from jkn.contribution.tests.factories import a_bank
from jkn.contribution.tests.snap import Bank
from jkn.core.actor import Role
from jkn.employer.actions import run_day
from jkn.employer.models import Employee, Employer, EmployerBill, Upload, Wage
from jkn.employer.tests.factories import (
    ON,
    a_member_with,
    an_employer,
    an_employer_account,
    enrol_all,
    hired,
    va_of,
)
from jkn.membership.models import Family
from jkn.membership.rules import Segment
from jkn.membership.tests.factories import (
    a_nik,
    a_staff_account,
    an_account,
    bearer,
    members_of,
    signed_in,
)

pytestmark = pytest.mark.django_db
HEADING = "nik;nama;tanggal_lahir;upah;mulai;kk"


@pytest.fixture(autouse=True)
def _november(on_day):
    on_day("2026-11-22")


@pytest.fixture
def employer():
    return an_employer()


@pytest.fixture
def ratna(employer):
    return signed_in(an_employer_account(employer))


@pytest.fixture
def paid(employer):
    """An employer with an employee, a paid bill and a payment."""
    (person,) = hired(employer)
    run_day(on=ON)
    Bank(a_bank()).pay(va_of(employer), "R1", 325_000)
    return {
        "employee": person.id,
        "bill": EmployerBill.objects.get(employer_id=employer.employer_id).id,
        "payment": Payment.objects.get(family_id=employer.employer_id).id,
    }


def form(**over):
    return {
        "nik": a_nik(), "nama": "Siti Rahmawati", "tanggal_lahir": "31-01-1968",
        "upah": "6.500.000", "mulai": "01-11-2026", **over,
    }  # fmt: skip


def people(employer):
    return Employee.objects.filter(employer_id=employer.employer_id)


def test_every_page_opens_for_who_acts_for_the_employer(ratna, paid):
    for path in (
        "", "pekerja/", "pekerja/tambah/", "pekerja/unggah/", "pekerja/contoh.csv",
        f"pekerja/{paid['employee']}/", f"pekerja/{paid['employee']}/upah/",
        f"pekerja/{paid['employee']}/berhenti/", "tagihan/", f"tagihan/{paid['bill']}/",
        "tahun/2026/", "tahun/2026.pdf", "riwayat/", f"riwayat/{paid['payment']}/",
        f"riwayat/{paid['payment']}/kuitansi.pdf",
    ):  # fmt: skip
        assert ratna.get(f"/perusahaan/{path}").status_code == 200, path
    assert ratna.get("/")["Location"] == "/perusahaan/"
    line = ratna.get(f"/perusahaan/tagihan/{paid['bill']}/").content.decode()
    assert "Rp260.000" in line
    assert "Rp65.000" in line


def test_another_employer_and_nobodys_id_are_answered_alike(paid):
    other = signed_in(an_employer_account(an_employer()))
    for path, own in (
        ("pekerja/{}/", paid["employee"]), ("pekerja/{}/upah/", paid["employee"]),
        ("pekerja/{}/berhenti/", paid["employee"]), ("tagihan/{}/", paid["bill"]),
        ("riwayat/{}/", paid["payment"]), ("riwayat/{}/kuitansi.pdf", paid["payment"]),
    ):  # fmt: skip
        theirs, nobodys = (other.get("/perusahaan/" + path.format(i)) for i in (own, 4711))
        assert theirs.status_code == nobodys.status_code == 404
        assert plain(theirs) == plain(nobodys)
    again = other.post(f"/perusahaan/pekerja/{paid['employee']}/ulang/")
    assert again.status_code == 404
    assert "Siti" not in other.get("/perusahaan/pekerja/").content.decode()
    assert other.get("/perusahaan/riwayat/").content.decode().count("Rp") == 0


def plain(answer):
    text = answer.content.decode()
    return re.sub(r'name="(csrfmiddlewaretoken|_key)" value="[^"]*"|<!--.*-->|/\d+/', "", text)


def test_a_family_and_staff_have_no_way_in_and_an_employer_sees_no_family(ratna, paid):
    family = Family.objects.filter(segment="ppu")[0]
    budi = signed_in(an_account(members_of(family)[0]))
    assert budi.get("/perusahaan/").status_code == 403
    assert signed_in(a_staff_account()).get("/perusahaan/pekerja/").status_code == 403
    for path in ("/kartu/", "/iuran/", "/petugas/", "/petugas/peserta/", "/api/v1/family"):
        assert ratna.get(path).status_code == 403, path
    page = ratna.get(f"/perusahaan/pekerja/{paid['employee']}/").content.decode()
    assert members_of(family)[1].card not in page


def test_one_employee_is_added_once(ratna, employer):
    typed = form(_key="k1")
    a_member_with(typed["nik"], segment=Segment.WORKER.value, paid_month=None)
    for _ in range(2):
        assert ratna.post("/perusahaan/pekerja/tambah/", typed).status_code == 302
    assert people(employer).count() == 1
    known = ratna.post("/perusahaan/pekerja/tambah/", {**typed, "_key": "k2"})
    assert known.status_code == 409
    assert "sudah ada di daftar" in known.content.decode()


@pytest.mark.parametrize(
    "over",
    [
        {"nik": "123"}, {"nama": ""}, {"tanggal_lahir": "31-02-1990"}, {"upah": "0"},
        {"mulai": "besok"}, {"kk": "1"}, {"nama": "=1+1"}, {"mulai": "01-01-2030"},
    ],
)  # fmt: skip
def test_a_wrong_form_is_shown_again_with_what_was_typed(ratna, employer, over):
    answer = ratna.post("/perusahaan/pekerja/tambah/", form(**over))
    assert answer.status_code == 422
    assert "Periksa lagi isian Anda" in answer.content.decode()
    assert not people(employer).exists()


def test_wage_and_end_of_work(ratna, employer, paid):
    place = f"/perusahaan/pekerja/{paid['employee']}/"
    assert ratna.post(place + "upah/", {"upah": "x", "mulai": ""}).status_code == 422
    early = ratna.post(place + "upah/", {"upah": "7000000", "mulai": "01-11-2026"})
    assert early.status_code == 409
    assert "Upah baru berlaku setelah 1 November 2026." in early.content.decode()
    assert (
        ratna.post(place + "upah/", {"upah": "7.000.000", "mulai": "01-12-2026"}).status_code == 302
    )
    assert Wage.objects.filter(employer_id=employer.employer_id).count() == 2
    assert (
        ratna.post(place + "berhenti/", {"day": "23-11-2026", "reason": "resigned"}).status_code
        == 422
    )
    assert ratna.post(place + "berhenti/", {"day": "20-11-2026", "reason": "?"}).status_code == 422
    assert (
        ratna.post(place + "berhenti/", {"day": "20-11-2026", "reason": "resigned"}).status_code
        == 302
    )
    assert "Mengundurkan diri" in ratna.get(place).content.decode()
    assert Entry.objects.filter(verb="employer.work_ended", group_id=employer.employer_id).exists()


def upload(browser, *lines, heading=HEADING):
    raw = "\n".join([heading, *lines]).encode()
    file = SimpleUploadedFile("pekerja.csv", raw, "text/csv")
    return browser.post("/perusahaan/pekerja/unggah/", {"file": file})


def test_a_file_with_one_bad_row_imports_nothing_and_says_where(ratna, employer):
    answer = upload(
        ratna, f"{a_nik()};Siti;31-01-1968;6500000;01-11-2026;",
        "123;Budi;31-01-1968;6500000;01-11-2026;",
    )  # fmt: skip
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "1 dari 2 baris salah" in text
    assert re.search(r"<th scope=\"row\">Baris 3</th>.*nik", text, re.S)
    assert not people(employer).exists()
    assert not Upload.objects.exists()
    assert ratna.post("/perusahaan/pekerja/unggah/").status_code == 422
    assert upload(ratna, "x", heading="a;b").status_code == 422


def test_a_preview_says_what_changes_and_another_employer_cannot_confirm_it(ratna, employer):
    (person,) = hired(employer)
    fresh = f"{a_nik()};Budi;31-01-1968;5000000;01-11-2026;"
    raised = f"{person.nik};Siti;31-01-1968;7000000;01-12-2026;"
    shown = upload(ratna, fresh, raised)
    page = ratna.get(shown["Location"]).content.decode()
    assert "Rp6.500.000" in page
    assert "Rp7.000.000" in page
    other = signed_in(an_employer_account(an_employer()))
    assert other.get(shown["Location"]).status_code == 404
    assert other.post(shown["Location"]).status_code == 404
    assert people(employer).count() == 1
    assert ratna.post(shown["Location"]).status_code == 302
    assert people(employer).count() == 2
    assert Upload.objects.get(employer_id=employer.employer_id).sealed is None
    assert ratna.get(shown["Location"]).status_code == 404


def test_a_changed_birth_date_and_a_wage_back_in_time_are_errors(ratna, employer):
    (person,) = hired(employer)
    for line in (
        f"{person.nik};Siti;30-01-1968;6500000;01-11-2026;",
        f"{person.nik};Siti;31-01-1968;7000000;01-11-2026;",
    ):
        assert upload(ratna, line).status_code == 422
    assert Wage.objects.filter(employer_id=employer.employer_id).count() == 1


def test_a_list_that_changed_meanwhile_is_not_confirmed(ratna, employer):
    (person,) = hired(employer)
    shown = upload(ratna, f"{person.nik};Siti;31-01-1968;7000000;01-12-2026;")
    ratna.post(f"/perusahaan/pekerja/{person.id}/upah/", {"upah": "8000000", "mulai": "01-01-2027"})
    assert ratna.post(shown["Location"]).status_code == 409
    assert Wage.objects.filter(employer_id=employer.employer_id).count() == 2


def test_the_list_is_searched_by_name_or_whole_nik(ratna, employer):
    (person,) = hired(employer, name="Wati Lestari")
    hired(employer, name="Joko Susanto")
    by_name = ratna.get("/perusahaan/pekerja/?cari=wati").content.decode()
    assert "Wati Lestari" in by_name
    assert "Joko" not in by_name
    assert "Wati" in ratna.get(f"/perusahaan/pekerja/?cari={person.nik}").content.decode()
    assert "Tidak ada yang cocok" in ratna.get("/perusahaan/pekerja/?cari=%25x").content.decode()
    assert ratna.get("/perusahaan/pekerja/?setelah=%C2%B2").status_code == 200


def test_the_branch_registers_and_looks_and_both_are_written_down():
    andi = signed_in(a_staff_account(role=Role.BRANCH, name="Andi", facility_id=""))
    place = "/petugas/badan-usaha/"
    assert andi.post(place, {"number": "12345678"}).status_code == 422
    made = andi.post(place, {"number": "1234 5678", "name": "PT  Maju"})
    assert made["Location"] == f"{place}12345678/"
    page = andi.get(made["Location"]).content.decode()
    assert "8888890012345678" in page
    assert "Bagian pekerja untuk tiap keluarga tambahan (persen upah)" in page
    assert "wage_" not in page
    taken = andi.post(place, {"number": "12345678", "name": "PT Lain"})
    assert taken.status_code == 409
    group = Employer.objects.get().employer_id
    assert andi.post(place, {"number": "12345678"}).status_code == 302
    verbs = Entry.objects.filter(group_id=group).values_list("verb", flat=True)
    assert set(verbs) == {"employer.registered", "employer.desk_looked"}


def test_the_command_makes_an_account_for_an_employer(employer, capsys):
    nik = "3275014101900001"
    with pytest.raises(CommandError):
        call_command("staff", "add", "--role", "employer", "--name", "Ratna", "--nik", nik)
    with pytest.raises(CommandError):
        call_command("staff", "add", "--role", "employer", "--name", "Ratna", "--nik", nik,
                     "--employer", "99999999")  # fmt: skip
    call_command("staff", "add", "--role", "employer", "--name", "Ratna", "--nik", nik,
                 "--employer", employer.number)  # fmt: skip
    assert Account.objects.get(role="employer").employer_id == employer.employer_id


def test_a_worker_sees_their_own_wage_and_nobody_else_of_the_family(paid):
    family = Family.objects.get(segment="ppu")
    head, worker = members_of(family)
    if worker.name != "Budi Santoso":
        head, worker = worker, head
    own, hers = signed_in(an_account(worker)), signed_in(an_account(head))
    assert "/iuran/pemberi-kerja/" in own.get("/iuran/").content.decode()
    page = own.get("/iuran/pemberi-kerja/").content.decode()
    assert "PT Contoh Sejahtera" in page
    assert "Rp65.000" in page
    others = hers.get("/iuran/pemberi-kerja/").content.decode()
    assert "PT Contoh Sejahtera" not in others
    assert "Rp6.500.000" not in others


# JSON.


@pytest.fixture
def program(employer, client):
    account = an_employer_account(employer)
    client.defaults["HTTP_AUTHORIZATION"] = bearer(account)["Authorization"]
    return client


def listed(**over):
    return {**form(), "upah": 6_500_000, **over}


def send(client, body, kind="application/json", query="", **headers):
    raw = body if isinstance(body, str) else json.dumps(body)
    return client.post(
        f"/api/v1/employer/employees{query}", raw, content_type=kind, headers=headers
    )


def test_bills_by_json(program, employer, paid):
    told = program.get("/api/v1/employer/bills").json()
    assert told["amount_due"] == 0
    assert told["va"]["BRI"] == va_of(employer)
    assert told["bills"][0] | {"id": "", "basis": "", "payment_id": ""} == {
        "id": "", "month": "2026-11", "persons": 1, "employer_part": 260_000,
        "worker_part": 65_000, "extra_part": 0, "amount": 325_000, "due_on": "2026-11-30", "status": "paid",
        "basis": "", "payment_id": "",
    }  # fmt: skip


def test_a_list_is_imported_once_and_read_again(program, employer):
    body = [listed(), listed()]
    dry = send(program, body, query="?dry=1")
    assert dry.json() == {"added": 2, "changed": 0, "same": 0}
    assert not people(employer).exists()
    for _ in range(2):
        done = send(program, body, **{"Idempotency-Key": "k1"})
        assert done.json() == {"added": 2, "changed": 0, "same": 0}
    assert send(program, body).json() == {"added": 0, "changed": 0, "same": 2}
    told = program.get("/api/v1/employer/employees").json()["employees"]
    assert {p["nik"] for p in told} == {p["nik"] for p in body}
    assert told[0]["wage"] == 6_500_000


def test_a_file_by_json_door(program, employer):
    text = f"{HEADING}\n{a_nik()};Siti;31-01-1968;6500000;01-11-2026;"
    assert send(program, text, kind="text/csv").json()["added"] == 1
    bad = send(program, text.replace("31-01-1968", "?"), kind="text/csv")
    assert bad.status_code == 422
    assert bad.json()["errors"] == [
        {"row": 2, "column": "tanggal_lahir", "title": bad.json()["title"]}
    ]
    assert people(employer).count() == 1


@pytest.mark.parametrize(
    "body", [[], {}, "x", [{"nik": 1}], [listed(upah="6")], [listed(nik="1")], [listed(upah=-1)]]
)
def test_bad_bodies_are_refused_and_change_nothing(program, employer, body):
    assert send(program, body).status_code == 422
    assert not people(employer).exists()


def test_the_same_person_twice_in_a_list_is_an_error(program, employer):
    one = listed()
    told = send(program, [one, one])
    assert told.status_code == 422
    assert told.json()["errors"][0]["row"] == 2
    assert not people(employer).exists()


@pytest.mark.parametrize("after", ["9" * 30, "1" * 5000, "-1", "٣", "x"])
def test_a_page_that_cannot_be_is_the_first(ratna, employer, paid, after):
    pages = (
        ("/perusahaan/pekerja/", "setelah"), (f"/perusahaan/tagihan/{paid['bill']}/", "setelah"),
        ("/api/v1/employer/employees", "after"),
    )  # fmt: skip
    for address, name in pages:
        assert ratna.get(address, {name: after}).status_code == 200


def test_a_missing_family_card_is_given_afterwards(ratna, employer):
    typed = form()
    ratna.post("/perusahaan/pekerja/tambah/", typed)
    assert enrol_all(employer) == ["branch"]
    person = people(employer).get()
    place = f"/perusahaan/pekerja/{person.id}/"
    assert "Isi nomor KK" in ratna.get(place).content.decode()
    assert ratna.post(place + "ulang/", {"kk": "1"}).status_code == 422
    assert people(employer).get().state == "branch"
    assert ratna.post(place + "ulang/", {"kk": "3275010101990001"}).status_code == 302
    person = people(employer).get()
    assert (person.state, person.kk) == ("pending", "3275010101990001")
