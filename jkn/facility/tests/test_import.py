"""`manage.py facilities import`: every doubtful row is named, twice is once, nothing is half done."""

from __future__ import annotations

import json
from datetime import date, time
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from jkn.audit.models import Entry
from jkn.core.actor import SYSTEM
from jkn.core.db import execute
from jkn.facility import directory
from jkn.facility.actions import Slot, set_sessions
from jkn.facility.models import Clinic, Facility, Session, Village
from jkn.facility.searching import Search

pytestmark = pytest.mark.django_db
REAL = settings.BASE_DIR.parent / "shared" / "data"
HEAD = "kode,nama,jenis,kecamatan,kelurahan,lat,lon,jam_buka,layanan,telepon\n"


@pytest.fixture
def run(tmp_path):
    """Import a text as a file; return what the command tells."""

    def imported(text, *words, name="faskes.csv"):
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        out = StringIO()
        call_command("facilities", "import", str(file), "--json", *words, stdout=out)
        return json.loads(out.getvalue())

    return imported


def doubts(told):
    return {(d["row"], d["code"]) for d in told["doubts"]}


def everything():
    return list(Facility.objects.order_by("code").values())


ROW = "9999R001,RS Contoh Uji,rumah sakit,Jati Asih,Jatirasa,-6.29,106.96,24 jam,icu,0210001\n"


def test_a_new_facility_comes_with_all_it_says(run):
    told = run(HEAD + ROW)
    assert told["doubts"] == []
    one = Facility.objects.get(code="9999R001")
    assert (one.name, one.kind, one.hours, one.services) == (
        "RS Contoh Uji", "hospital", "24/7", ["icu"],
    )  # fmt: skip
    assert (one.district_id, one.village_id) == ("32.75.09", "32.75.09.1004")
    assert (one.latitude, one.longitude, one.is_approximate) == (-6.29, 106.96, True)
    assert one.source == "imported from faskes.csv"
    assert not one.is_primary
    hits = directory.find(Search(text="contoh uji"), count=1).page
    assert [hit.code for hit in hits] == ["9999R001"]


def test_twice_is_once_and_a_dry_run_is_nothing(run):
    before = everything()
    planned = run(HEAD + ROW, "--dry-run")
    assert planned["dry_run"]
    assert len(planned["changes"]) == 1
    assert everything() == before
    run(HEAD + ROW)
    version, rows, entries = _version(), everything(), Entry.objects.count()
    again = run(HEAD + ROW)
    assert again["changes"] == []
    assert (_version(), everything(), Entry.objects.count()) == (version, rows, entries)


def _version():
    return execute("SELECT version FROM facility_directoryversion")


def test_a_changed_file_gives_a_diff_and_keeps_what_it_does_not_say(run):
    run(HEAD + ROW)
    set_sessions(
        actor=SYSTEM, facility_id="9999R001", number=1, name="dr. Contoh", clinic="INT",
        slots=[Slot(1, time(8), time(9), 5)], since=date(2026, 1, 1), on=date(2026, 1, 1),
    )  # fmt: skip
    told = run("kode;nama;telepon\n9999R001;RS Contoh Uji Baru;0219999\n")
    assert told["changes"] == [
        {
            "row": 2, "code": "9999R001", "name": "RS Contoh Uji Baru", "is_new": False,
            "fields": [["name", "RS Contoh Uji", "RS Contoh Uji Baru"],
                       ["phone", "0210001", "0219999"]],
        }
    ]  # fmt: skip
    one = Facility.objects.get(code="9999R001")
    assert (one.latitude, one.hours, one.services) == (-6.29, "24/7", ["icu"])
    assert one.clinics == ["INT", "INT1"]
    assert Session.objects.count() == 1
    assert Entry.objects.filter(verb="facility.import").count() == 2


@pytest.mark.parametrize(
    ("row", "code", "refused"),
    [
        (",,,,,,,,,\n9999R009,,rumah sakit,,,,,,,\n", "row.broken", True),
        ("1,2,3,4,5,6,7,8,9,10,11,12\n", "row.broken", True),
        ("9999Q001,Toko Bangunan,,,,,,,,\n", "kind.unknown", True),
        (f"9999R001,RS {'x' * 200},,,,,,,,\n", "name.long", True),
        (f"{'9' * 20},RS Contoh,,,,,,,,\n", "code.long", True),
        (ROW + ROW.replace("Uji", "Lain"), "code.twice", True),
        (",RS Uji,,Jatiasih,,-6.29,106.96,,,\n,RS  UJI,,Jati Asih,,-6.3,106.9,,,\n", "name.twice", True),
        ("9999R001,RS Contoh,,Atlantis,,-6.29,106.96,,,\n", "district.unknown", False),
        ("9999R001,RS Contoh,,Jatiasih (perlu diperiksa),,-6.29,106.96,,,\n", "district.to_check", False),
        ("9999R001,RS Contoh,,Pondok Gede,32.75.12.1001,-6.29,106.96,,,\n", "district.wrong", False),
        ("9999R001,RS Contoh,,Jatiasih,Nirwana,-6.29,106.96,,,\n", "village.unknown", False),
        ("9999R001,RS Contoh,,,,-6.29,106.96,,,\n", "district.missing", False),
        ("9999R001,RSU Jati Sampurna,,Jatisampurna,,-6.29,106.96,,,\n", "name.spaces", False),
        ("9999R001,RS Contoh,,Jatiasih,,,,,,\n", "point.missing", False),
        ("9999R001,RS Contoh,,Jatiasih,,NaN,nan,,,\n", "point.unreadable", False),
        ("9999R001,RS Contoh,,Jatiasih,,48.8,2.3,,,\n", "point.outside", False),
        ("9999R001,RS Contoh,,Jatiasih,,106.96,-6.29,,,\n", "point.swapped", False),
        ("9999R001,RS Contoh,,Jatiasih,,-6.29,106.96,kapan saja,,\n", "hours.unreadable", False),
        ("9999R001,RS Contoh,,Jatiasih,,-6.29,106.96,,heliport,\n", "services.unknown", False),
        ("9999R001,RS Cikunir,,,,-6.29,106.96,,,\n9999R002,RSU Cikunir Talib,,,,-6.29,106.961,,,\n",
         "hospital.twin", False),
        ("9999R001,RS Satu,,,,-6.29,106.96,,,\n9999R002,RS Dua,,,,-6.29,106.96,,,\n", "point.copy", False),
    ],
)  # fmt: skip
def test_every_doubtful_row_is_named(run, row, code, refused):
    told = run(HEAD + row)
    named = [d for d in told["doubts"] if d["code"] == code]
    assert named, told["doubts"]
    assert {d["is_refusal"] for d in named} == {refused}
    assert (told["changes"] == []) == (refused and "RS Uji" not in row)


def test_a_swapped_point_is_put_right_and_a_bad_one_left_out(run):
    run(HEAD + "9999R001,RS Satu,,Jatiasih,,106.96,-6.29,,,\n9999R002,RS Dua,,Jatiasih,,0,0,,,\n")
    points = Facility.objects.filter(code__startswith="9999").order_by("code")
    assert list(points.values_list("latitude", "longitude")) == [(-6.29, 106.96), (None, None)]


def test_broken_rows_do_not_stop_the_others(run):
    rows = [f"9999R{n:03},RS Contoh {n},,Jatiasih,,-6.{n:03},106.9,,,\n" for n in range(100, 200)]
    rows[10:10] = [",,\n", '9999R999,"RS ""Tanda"" Kutip",,,,x,y,,,\n', "a,b\n", ",😀,,,,,,,,\n"]
    told = run(HEAD + "".join(rows))
    assert len(told["changes"]) == 101
    assert Facility.objects.filter(code__startswith="9999R").count() == 101


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "empty.csv"),
        (b"\xff\xfe\x00", "bytes.csv"),
        (b"{", "x.json"),
        (b'{"a": 1}', "x.json"),
        (b"[" * 5000, "deep.json"),
        (b"<osm><node id='1'", "cut.xml"),
        (b"<html></html>", "page.xml"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><osm/>', "bomb.xml"),
        (b"just words", "words.txt"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(run, data, name):
    before = everything()
    with pytest.raises(CommandError, match="Nothing was changed"):
        run(data, name=name)
    assert everything() == before


def test_a_fault_in_the_middle_leaves_nothing_behind(run, monkeypatch):
    before = everything()

    def broken(**told):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("jkn.facility.importing.record", broken)
    with pytest.raises(RuntimeError):
        run(HEAD + ROW)
    assert everything() == before
    with pytest.raises(CommandError):
        call_command("facilities", "import", "/nowhere/at/all.csv")


GEOJSON = {
    "type": "FeatureCollection",
    "features": [
        {"type": "Feature", "properties": {"@id": "node/1", "name": "Apotek Contoh Uji",
         "amenity": "pharmacy", "opening_hours": "Mo-Sa 08:00-20:00", "wheelchair": "yes"},
         "geometry": {"type": "Point", "coordinates": [106.9, -6.2]}},
        {"type": "Feature", "id": "way/2", "properties": {"name": "Balai Sehat", "amenity": "clinic"},
         "geometry": {"type": "Polygon",
                      "coordinates": [[[106.9, -6.3], [107.1, -6.3], [107.1, -6.1], [106.9, -6.1]]]}},
        "nonsense",
    ],
}  # fmt: skip
OVERPASS = {
    "elements": [
        {"type": "node", "id": 5, "lat": -6.21, "lon": 106.91,
         "tags": {"name": "Klinik Contoh Osm", "amenity": "clinic", "phone": "+62 21 1"}},
        {"type": "way", "id": 6, "center": {"lat": -6.22, "lon": 106.92},
         "tags": {"name": "RS Contoh Osm", "amenity": "hospital", "emergency": "yes"}},
        {"type": "node", "id": 7, "lat": 1, "lon": 2},
    ]
}  # fmt: skip
OSM = """<?xml version='1.0'?><osm version='0.6'>
<node id='1' lat='-6.24' lon='106.90'/><node id='2' lat='-6.22' lon='106.92'/>
<node id='5' lat='-6.21' lon='106.91'>
<tag k='name' v='Klinik Contoh Osm'/><tag k='amenity' v='clinic'/></node>
<way id='6'><nd ref='1'/><nd ref='2'/><tag k='name' v='RS Contoh Osm'/><tag k='amenity' v='hospital'/></way>
</osm>"""


def test_geojson(run):
    told = run(json.dumps(GEOJSON), name="x.geojson")
    assert {(3, "row.broken"), (1, "district.missing")} <= doubts(told)
    pharmacy = Facility.objects.get(origin="node/1")
    assert (pharmacy.kind, pharmacy.hours) == ("pharmacy", "Mo-Sa 08:00-20:00")
    assert (pharmacy.services, pharmacy.code) == (["wheelchair"], "0000A001")
    clinic = Facility.objects.get(origin="way/2")
    assert (clinic.latitude, clinic.longitude, clinic.kind) == (-6.2, 107.0, "clinic")
    assert run(json.dumps(GEOJSON), name="x.geojson")["changes"] == []


def test_the_two_forms_of_openstreetmap_are_the_same_places(run):
    first = run(json.dumps(OVERPASS), name="x.json")
    assert len(first["changes"]) == 2
    told = run(OSM, name="x.osm")
    assert [c["fields"] for c in told["changes"]] == [
        [
            ["latitude", -6.22, -6.23],
            ["longitude", 106.92, 106.91],
        ]  # of the way: its corners' middle
    ]
    assert Facility.objects.get(origin="osm:way/6").services == ["emergency"]


def test_one_name_in_two_places_is_not_guessed(run):
    Facility.objects.create(code="9999R001", name="RS Uji", kind="hospital", is_primary=False)
    Facility.objects.create(code="9999R002", name="RS UJI", kind="hospital", is_primary=False)
    told = run("nama,lat,lon\nRS Uji,-6.2,106.9\n")
    assert (2, "match.several") in doubts(told)
    assert told["changes"] == []


def test_areas_and_clinics(run):
    told = run("kode,tingkat,nama\n32.75,kota,Kota Bekasi\n32.75.09.1002,kelurahan,Jati Asih\n")
    assert told["changes"] == [["32.75.09.1002", "Jatiasih", "Jati Asih"]]
    assert Village.objects.get(code="32.75.09.1002").name == "Jati Asih"
    told = run("kode,nama\nINT,Penyakit Dalam\nXYZ,Poli Contoh\n")
    assert told["changes"] == [["XYZ", "", "Poli Contoh"]]
    assert Clinic.objects.get(code="XYZ").words == ""
    assert run("kode,nama\nXYZ,Poli Contoh\n")["changes"] == []


def real(name):
    file = REAL / name
    if not file.exists():
        pytest.skip(f"{name} is not here")
    return file.read_bytes()


def test_the_real_hospitals(run):
    data = real("rumah_sakit_kota_bekasi.csv")
    told = run(data)
    named = doubts(told)
    assert {row for row, code in named if code == "point.two"} == {2, 3, 5, 6, 10, 18, 30, 31} ^ {
        31,
        41,
    }
    assert {row for row, code in named if code == "hospital.twin"} == {31, 49}
    assert {row for row, code in named if code == "point.missing"} == {51, 52}
    assert (52, "district.to_check") in named
    assert {(22, "name.spaces"), (34, "name.spaces")} & named == {(34, "name.spaces")}
    assert not any(change["is_new"] for change in told["changes"])  # ours are these, at 110 m
    assert run(data)["changes"] == []


def test_the_real_puskesmas(run):
    data = real("puskesmas_kota_bekasi.csv")
    told = run(data)
    named = doubts(told)
    assert {row for row, code in named if code == "district.wrong"} == {6, 7}
    assert {row for row, code in named if code == "district.to_check"} == {2, 18, 26, 27, 33}
    assert len({row for row, code in named if code == "point.missing"}) == 19
    assert {row for row, code in named if code == "point.copy"} == {34}
    assert (11, "name.spaces") in named
    assert run(data)["changes"] == []
    assert Facility.objects.get(code="3275P033").latitude is None


@pytest.mark.parametrize("name", ["wilayah_kota_bekasi.csv", "poli_bpjs.csv"])
def test_the_real_tables_of_names(run, name):
    assert run(real(name))["changes"] == []


def test_what_people_read(tmp_path, capsys):
    file = tmp_path / "faskes.csv"
    file.write_text(HEAD + ROW + "9999Q001,Toko,,,,,,,,\n", encoding="utf-8")
    call_command("facilities", "import", str(file), "--dry-run")
    told = capsys.readouterr().out
    assert "row 3 REFUSED kind.unknown: Toko" in told
    assert "+ 9999R001 RS Contoh Uji" in told
    assert "2 rows: 1 new, 0 changed, 0 unchanged, 1 refused" in told
    assert "Nothing was written." in told
