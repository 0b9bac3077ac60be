"""A hospital asks how a member stands (VClaim Peserta); the member sees that it did."""

from __future__ import annotations

import logging
from datetime import date

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from jkn.audit.models import Entry
from jkn.core.actor import SYSTEM
from jkn.core.month import Month
from jkn.gate.actions import revoke_partner
from jkn.gate.models import Rate
from jkn.gate.tests.hospital import Hospital, a_hospital
from jkn.membership.changes import change_status
from jkn.membership.models import Family, Member
from jkn.membership.presenters import age_words
from jkn.membership.rules import Event, Relation, Segment, Status
from jkn.membership.tests.factories import (
    a_family,
    a_member,
    a_nik,
    an_account,
    members_of,
    signed_in,
)

pytestmark = pytest.mark.django_db
NOBODY = {"code": "201", "message": "Peserta Tidak Ditemukan"}


@pytest.fixture(autouse=True)
def _november(on_day):
    on_day("2026-11-22")


@pytest.fixture
def hospital(db):
    return Hospital(a_hospital())


@pytest.fixture
def family(db):
    return a_family(names=("Siti Rahmawati", "Budi Santoso"))


@pytest.fixture
def siti(family):
    return members_of(family)[0]


def head(response):
    return response.json()["metaData"]


def reads(family):
    return Entry.objects.filter(
        group_id=family.family_id, verb="membership.eligibility_checked"
    ).order_by("id")


def refused(response, status, code):
    """Whether it was refused in the envelope, with nothing told."""
    told = response.json()
    return (
        (response.status_code, told["metaData"]["code"], told["response"])
        == (status, code, None)
        and set(told) == {"metaData", "response"}
    )  # fmt: skip


def nothing_was_read():
    return not Entry.objects.exists()


@pytest.mark.parametrize("how", ["card", "nik"])
def test_a_member_by_card_and_by_nik(hospital, siti, how):
    answer = getattr(hospital, how)(getattr(siti, how))

    assert (answer.status_code, head(answer)) == (200, {"code": "200", "message": "OK"})
    assert hospital.read(answer) == {
        "peserta": {
            "cob": {"nmAsuransi": None, "noAsuransi": None, "tglTAT": None, "tglTMT": None},
            "hakKelas": {"keterangan": "KELAS III", "kode": "3"},
            "informasi": {"dinsos": None, "noSKTM": None, "prolanisPRB": None, "eSEP": None},
            "jenisPeserta": {"keterangan": "PEKERJA MANDIRI", "kode": "14"},
            "mr": {"noMR": None, "noTelepon": None},
            "nama": "Siti Rahmawati",
            "nik": siti.nik,
            "noKartu": siti.card,
            "pisa": "1",
            "provUmum": {"kdProvider": "3275P001", "nmProvider": "Puskesmas Pondok Gede"},
            "sex": "P",
            "statusPeserta": {"keterangan": "AKTIF", "kode": "0"},
            "tglCetakKartu": "2021-03-01",
            "tglLahir": "1968-01-31",
            "tglTAT": "9999-12-31",
            "tglTMT": "2021-03-01",
            "umur": {
                "umurSaatPelayanan": "58 tahun ,9 bulan ,22 hari",
                "umurSekarang": "58 tahun ,9 bulan ,22 hari",
            },
        }
    }


def test_the_answer_is_unreadable_without_the_secret(hospital, siti):
    written = hospital.card(siti.card).content.decode()
    for secret in ("Siti", siti.nik, siti.card, "peserta", "AKTIF"):
        assert secret not in written


@pytest.mark.parametrize(
    "path",
    ["peserta/NOKARTU/{}/tglsep/2026-11-22", "PESERTA/NoKartu/{}/TglSep/2026-11-22",
     "Peserta/nokartu/{}/tglSEP/2026-11-22/"],
)  # fmt: skip
def test_segments_in_any_case(hospital, siti, path):
    assert head(hospital.get(path.format(siti.card)))["code"] == "200"


def test_another_member_of_the_family(hospital, family):
    budi = members_of(family)[1]
    Member.objects.filter(family_id=family.family_id, id=budi.id).update(
        sex="m", relation=Relation.SPOUSE.value
    )
    said = hospital.read(hospital.nik(budi.nik))["peserta"]
    assert (said["nama"], said["noKartu"]) == ("Budi Santoso", budi.card)
    assert (said["sex"], said["pisa"]) == ("L", "2")


@pytest.mark.parametrize(
    ("relation", "sex", "pisa"),
    [("head", "m", "1"), ("spouse", "m", "2"), ("spouse", "f", "3"), ("child", "f", "4"),
     ("parent", "f", "5"), ("other", "m", "5")],
)  # fmt: skip
def test_the_place_in_the_family(hospital, family, relation, sex, pisa):
    somebody = a_member(family, relation=relation, sex=sex)
    assert hospital.read(hospital.card(somebody.card))["peserta"]["pisa"] == pisa


# What the day of service changes.


@pytest.mark.parametrize(
    ("paid_until", "day", "kode", "keterangan"),
    [
        (Month(2026, 11), "2026-11-22", "0", "AKTIF"),
        (Month(2026, 10), "2026-11-30", "0", "AKTIF"),
        (Month(2026, 10), "2026-12-01", "9", "NON AKTIF KARNA PREMI"),
        (Month(2026, 9), "2026-11-22", "9", "NON AKTIF KARNA PREMI"),
        (Month(2026, 9), "2026-10-31", "0", "AKTIF"),
    ],
)
def test_the_status_is_that_of_the_day_of_service(
    hospital, family, siti, paid_until, day, kode, keterangan
):
    """The stored status is a copy of yesterday's run; the rule decides."""
    Family.objects.filter(family_id=family.family_id).update(paid_month=paid_until.index)
    said = hospital.read(hospital.card(siti.card, day))["peserta"]
    assert said["statusPeserta"] == {"kode": kode, "keterangan": keterangan}


def test_who_pays_is_seen_as_active_at_once(hospital, family, siti):
    Family.objects.filter(family_id=family.family_id).update(paid_month=Month(2026, 8).index)
    assert hospital.read(hospital.card(siti.card))["peserta"]["statusPeserta"]["kode"] == "9"
    Family.objects.filter(family_id=family.family_id).update(paid_month=Month(2026, 11).index)
    assert hospital.read(hospital.card(siti.card))["peserta"]["statusPeserta"]["kode"] == "0"


@pytest.mark.parametrize(
    ("day", "kode"),
    [("2026-10-31", "0"), ("2026-11-01", "5"), ("2026-11-09", "5"), ("2026-11-10", "0"),
     ("2026-11-19", "0"), ("2026-11-20", "8"), ("2026-11-22", "8"), ("2026-12-01", "8")],
)  # fmt: skip
@pytest.mark.parametrize("segment", [Segment.SELF_PAYING, Segment.PBI_NATIONAL])
def test_a_day_that_has_passed_is_as_it_was(hospital, day, kode, segment):
    """Abroad until the 10th, dead on the 20th: the care between was covered."""
    family = a_family(segment=segment.value)
    siti = members_of(family)[0]
    for event, begins in [(Event.WENT_ABROAD, 1), (Event.CAME_BACK, 10), (Event.DIED, 20)]:
        change_status(family, siti, event, actor=SYSTEM, on=date(2026, 11, begins), reason="Surat")
    said = hospital.read(hospital.card(siti.card, day))["peserta"]
    assert said["statusPeserta"]["kode"] == kode


def test_every_status_has_a_code_and_only_one_is_active(hospital):
    """Clients look for `0`, for AKTIF, and some for AKTIF anywhere in the text."""
    told = {}
    for status in Status:
        family = a_family(status=status.value, segment=Segment.WORKER.value)
        said = hospital.read(hospital.card(members_of(family)[0].card))["peserta"]["statusPeserta"]
        told[status] = (said["kode"], said["keterangan"])
    assert told[Status.ACTIVE] == ("0", "AKTIF")
    assert told[Status.SUSPENDED_ARREARS] == ("9", "NON AKTIF KARNA PREMI")
    assert len({kode for kode, _ in told.values()}) == len(Status)
    assert [words for _, words in told.values() if "AKTIF" in words] == [
        "AKTIF", "NON AKTIF KARNA PREMI",
    ]  # fmt: skip


def test_every_segment_has_a_code(hospital):
    told = set()
    for segment in Segment:
        siti = members_of(a_family(segment=segment.value))[0]
        told.add(hospital.read(hospital.card(siti.card))["peserta"]["jenisPeserta"]["kode"])
    assert told == {"13", "14", "15", "21", "22"}


@pytest.mark.parametrize(
    ("care_class", "words"), [("1", "KELAS I"), ("2", "KELAS II"), ("KRIS", "KRIS")]
)
def test_a_class_that_comes_by_data_alone(hospital, family, siti, care_class, words):
    Family.objects.filter(family_id=family.family_id).update(care_class=care_class)
    said = hospital.read(hospital.card(siti.card))["peserta"]["hakKelas"]
    assert said == {"kode": care_class, "keterangan": words}


def test_ages_today_and_on_the_day_of_service(hospital, family):
    baby = a_member(family, birth_date=date(2026, 11, 20), relation="child")
    said = hospital.read(hospital.card(baby.card, "2026-12-25"))["peserta"]["umur"]
    assert said == {
        "umurSekarang": "0 tahun ,0 bulan ,2 hari", "umurSaatPelayanan": "0 tahun ,1 bulan ,5 hari",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("birth", "on", "words"),
    [
        (date(1981, 10, 10), date(2016, 11, 21), "35 tahun ,1 bulan ,11 hari"),
        (date(2000, 2, 29), date(2026, 2, 28), "25 tahun ,11 bulan ,30 hari"),
        (date(2000, 2, 29), date(2026, 3, 1), "26 tahun ,0 bulan ,1 hari"),
        (date(2026, 1, 31), date(2026, 3, 1), "0 tahun ,1 bulan ,1 hari"),
        (date(2026, 11, 22), date(2026, 11, 22), "0 tahun ,0 bulan ,0 hari"),
        (date(2026, 11, 22), date(2026, 11, 1), "0 tahun ,0 bulan ,0 hari"),
    ],
)
def test_ages_in_years_months_and_days(birth, on, words):
    assert age_words(birth, on=on) == words


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_an_age_is_never_negative_and_grows(birth, on):
    years, months, days = (int(part.split()[0]) for part in age_words(birth, on=on).split(","))
    assert years >= 0
    assert 0 <= months < 12
    assert 0 <= days <= 31


# Nobody, and nonsense.


@pytest.mark.parametrize(
    ("how", "number"),
    [("card", "0009999999999"), ("nik", a_nik(9998)), ("nik", "9999999999999999"),
     ("nik", "0000000000000000")],
)  # fmt: skip
def test_nobody_is_201(hospital, siti, how, number):
    answer = getattr(hospital, how)(number)

    assert refused(answer, 200, "201")
    assert head(answer) == NOBODY
    entry = Entry.objects.get(verb="membership.card_unknown")
    assert (entry.actor_name, entry.facility_id) == ("RS Contoh", "3275R001")
    assert number not in str(entry.details)


def test_who_has_left_the_family_is_nobody(hospital, siti):
    Member.objects.filter(family_id=siti.family_id, id=siti.id).update(ended_on=date(2026, 11, 1))
    assert head(hospital.card(siti.card)) == NOBODY
    assert not Entry.objects.filter(group_id=siti.family_id).exists()


@pytest.mark.parametrize(
    ("how", "number", "message"),
    [
        ("card", "1", "Nomor kartu harus 13 angka"),
        ("card", "00012345678901", "Nomor kartu harus 13 angka"),
        ("card", "000123456789x", "Nomor kartu harus 13 angka"),
        ("card", "٠٠٠١٢٣٤٥٦٧٨٩٠", "Nomor kartu harus 13 angka"),
        ("card", "0001234567890%0A", "Nomor kartu harus 13 angka"),
        ("card", "0001234567890%00", "Nomor kartu harus 13 angka"),
        ("card", "' OR 1=1 --", "Nomor kartu harus 13 angka"),
        ("nik", "327501", "NIK harus 16 angka"),
        ("nik", "3275017101680001 ", "NIK harus 16 angka"),
    ],
)
def test_a_number_that_is_none(hospital, how, number, message):
    answer = getattr(hospital, how)(number)

    assert refused(answer, 200, "201")
    assert head(answer)["message"] == message
    assert nothing_was_read()


@pytest.mark.parametrize(
    "day", ["22-11-2026", "20261122", "2026-11-31", "2026-W47-7", "2026-11-22T00:00", "x", "2026-1-2",
            "0000-00-00", "٢٠٢٦-١١-٢٢", "2026-11-22%0A"],
)  # fmt: skip
def test_a_day_that_is_none(hospital, siti, day):
    answer = hospital.card(siti.card, day)

    assert refused(answer, 200, "201")
    assert head(answer)["message"] == "Tanggal SEP harus yyyy-MM-dd"
    assert nothing_was_read()


@pytest.mark.parametrize("day", ["2026-08-23", "2027-02-21", "0001-01-01", "9999-12-31"])
def test_a_day_too_far_away(hospital, siti, day):
    answer = hospital.card(siti.card, day)

    assert refused(answer, 200, "201")
    assert head(answer)["message"] == "Tanggal SEP paling jauh 90 hari"
    assert nothing_was_read()


@pytest.mark.parametrize("day", ["2026-08-24", "2027-02-20"])
def test_the_furthest_days(hospital, siti, day):
    assert head(hospital.card(siti.card, day))["code"] == "200"


@pytest.mark.parametrize(
    "path",
    ["", "Peserta", "Peserta/nokartu//tglSEP/2026-11-22", "SEP/x", "Peserta/nik/%0A%FF/%00/x"],
)
def test_an_address_that_is_none(hospital, path):
    answer = hospital.get(path)

    assert refused(answer, 404, "404")
    assert head(answer)["message"] == "URL tidak ditemukan"
    assert refused(hospital.get(path, secret="forged"), 401, "401")


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_another_method(hospital, siti, method):
    assert hospital.card(siti.card, method=method).status_code == 405
    assert nothing_was_read()


# Who is not believed is told nothing, whether the member exists or not.


@pytest.mark.parametrize(
    "over",
    [{"secret": "not the secret"}, {"user_key": "not the key"}, {"user_key": None},
     {"client_id": "99999"}, {"at": "1700000000"}, {"headers": {"X-signature": None}}],
)  # fmt: skip
def test_who_is_not_believed_reads_nothing(hospital, siti, over):
    known = hospital.nik(siti.nik, **over)
    nobody = hospital.nik(a_nik(9998), **over)

    assert refused(known, 401, "401")
    assert known.json() == nobody.json()
    assert nothing_was_read()
    assert not Rate.objects.exists()


def test_a_member_who_is_signed_in_is_no_hospital(siti):
    answer = signed_in(an_account(siti)).get(
        f"/vclaim-rest/Peserta/nokartu/{siti.card}/tglSEP/2026-11-22"
    )
    assert refused(answer, 401, "401")


def test_a_revoked_hospital_reads_nothing_more(hospital, siti, family):
    assert head(hospital.card(siti.card))["code"] == "200"
    revoke_partner(kind="bpjs", client_id=hospital.partner.client_id)

    assert refused(hospital.card(siti.card), 401, "401")
    assert reads(family).count() == 1


def test_too_many_calls_are_429_and_read_nothing(hospital, siti, family, settings):
    settings.PARTNER_REQUESTS_PER_SECOND = 0
    assert refused(hospital.card(siti.card), 429, "429")
    assert nothing_was_read()


# The trace.


def test_every_read_is_in_the_audit_with_the_hospitals_own_name(hospital, siti, family):
    other = Hospital(a_hospital(name="RS Lain", facility_id="3275R002"))
    hospital.card(siti.card)
    hospital.card(siti.card)
    other.nik(siti.nik, headers={"X-facility": "3275R001"})

    told = [(e.actor_role, e.actor_name, e.facility_id, e.actor_id) for e in reads(family)]
    assert told == [
        ("partner", "RS Contoh", "3275R001", hospital.partner.id),
        ("partner", "RS Contoh", "3275R001", hospital.partner.id),
        ("partner", "RS Lain", "3275R002", other.partner.id),
    ]
    assert {e.subject for e in reads(family)} == {siti.id}
    assert reads(family)[2].details == {"how": "nik", "on": "2026-11-22"}


def test_siti_sees_which_hospital_looked_and_wati_does_not(hospital, siti):
    wati = members_of(a_family(names=("Wati Lestari",)))[0]
    hospital.card(siti.card)

    shown = signed_in(an_account(siti)).get("/pengaturan/akses/").content.decode()
    assert "RS Contoh" in shown
    assert "Memeriksa kepesertaan dari sistem faskes" in shown
    assert "RS Contoh" not in signed_in(an_account(wati)).get("/pengaturan/akses/").content.decode()


def test_no_log_holds_a_number_or_a_name(hospital, siti, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    hospital.card(siti.card)
    hospital.nik(siti.nik)
    hospital.nik(siti.nik, secret="forged")
    hospital.nik(siti.nik, "2026-13-01")
    hospital.get(f"Peserta/nothing/{siti.nik}")
    Client(raise_request_exception=False).get(f"/vclaim-rest/peserta/nik/{siti.nik}")

    out, err = capfd.readouterr()
    written = "\n".join([caplog.text, out, err, *(str(r.__dict__) for r in caplog.records)])
    assert "membership:vclaim-by-nik" in written
    for secret in (siti.nik, siti.card, siti.name, hospital.partner.client_id):
        assert secret not in written, secret
