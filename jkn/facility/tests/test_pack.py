"""/api/v1/packs/{area}: the list of an area for a phone, whole and by what changed."""

from __future__ import annotations

import brotli
import pytest
from django.test import Client

from jkn.core.db import execute
from jkn.facility import packing, packs, phone
from jkn.facility.actions import next_version
from jkn.facility.models import Departure, Facility
from jkn.facility.packing import Item
from jkn.facility.tests.factories import a_facility
from jkn.facility.tests.lists import CODES, large_pack
from jkn.shell.tests.factories import SITI, a_request

MOST_BYTES, MOST_CHANGE = 110_000, 6_000


@pytest.fixture(autouse=True)
def _no_list_of_another_test():
    packs.forget()
    yield
    packs.forget()


@pytest.fixture
def client(db):
    return Client()


def rows_of(answer):
    """Put the columns together, as the phone does."""
    lists = [
        column if isinstance(column, list) else [column["values"][at] for at in column["at"]]
        for column in answer["columns"].values()
    ]
    return {row[0]: Item(*row) for row in zip(*lists, strict=True)}


def change(code, **values):
    Facility.objects.filter(code=code).update(version=next_version(), **values)


def test_everybody_gets_the_list_of_an_area(client):
    a_facility(
        code="3275R900", name="RS Contoh Kamis", district_id="32.75.01",
        village_id="32.75.01.1001", latitude=-6.25, longitude=107.01, clinics=["INT", "INT4"],
        hours="24/7", phone="0211",
    )  # fmt: skip
    response = client.get("/api/v1/packs/3275")
    answer = response.json()
    assert response.status_code == 200
    assert (answer["area"], answer["name"]) == ("3275", "Kota Bekasi")
    assert rows_of(answer)["3275R900"] == Item(
        "3275R900", "RS Contoh Kamis", "hospital", "32.75.01.1001", "", "0211", -62500, 1070100,
        "24/7", "INT INT4", "", "", packing.APPROXIMATE + packing.FICTIONAL,
    )  # fmt: skip
    assert ["32.75.01.1001", "Bekasijaya"] in answer["places"]
    assert {"INT", "ANA"} <= {code for code, *_ in answer["clinics"]}
    in_area = Facility.objects.filter(district__code__startswith="32.75.").count()
    assert len(rows_of(answer)) == in_area


def test_a_facility_of_no_known_district_belongs_where_its_code_says(client):
    a_facility(code="3275A901", district_id=None)
    a_facility(code="9999A901", district_id=None)
    rows = rows_of(client.get("/api/v1/packs/3275").json())
    assert "3275A901" in rows
    assert "9999A901" not in rows


@pytest.mark.parametrize("area", ["9999", "32", "3275x", "bekasi", "0000"])
def test_an_unknown_area_is_not_found(client, area):
    response = client.get(f"/api/v1/packs/{area}")
    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("application/problem+json")


def test_it_is_compressed_once_and_asked_for_again_without_bytes(client):
    response = client.get("/api/v1/packs/3275", headers={"accept-encoding": "gzip, br"})
    assert response.headers["Content-Encoding"] == "br"
    assert brotli.decompress(response.content) == client.get("/api/v1/packs/3275").content
    tag = response.headers["ETag"]
    again = client.get("/api/v1/packs/3275", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    change("3275P001", phone="0219")
    assert client.get("/api/v1/packs/3275", headers={"if-none-match": tag}).status_code == 200


def test_under_its_version_it_never_changes(client):
    version = client.get("/api/v1/packs/3275").json()["version"]
    fixed = client.get(f"/api/v1/packs/3275?v={version}")
    assert "immutable" in fixed.headers["Cache-Control"]
    change("3275P001", phone="0219")
    assert "immutable" not in client.get(f"/api/v1/packs/3275?v={version}").headers["Cache-Control"]


def test_only_an_answer_to_nobody_is_kept_for_all(db):
    nobodys = phone.facilities(a_request(), "3275")
    hers = phone.facilities(a_request(actor=SITI), "3275")
    assert nobodys["Cache-Control"].startswith("public")
    assert hers["Cache-Control"].startswith("private")
    assert hers.content == nobodys.content


def test_what_changed_since_a_version_is_enough(client):
    old = client.get("/api/v1/packs/3275").json()
    change("3275P001", phone="0219")
    a_facility(code="3275R900", district_id="32.75.01")
    Facility.objects.get(code="3275P002").delete()
    change("3275P003", district_id=None)  # still of this area by its code
    news = client.get(f"/api/v1/packs/3275?since={old['version']}").json()
    changed = rows_of(news)
    assert news["since"] == old["version"]
    assert set(changed) == {"3275P001", "3275R900", "3275P003"}
    assert news["gone"] == ["3275P002"]
    held = {**rows_of(old), **changed}
    for code in news["gone"]:
        del held[code]
    assert held == rows_of(client.get("/api/v1/packs/3275").json())
    assert news["version"].endswith(packing.digest_of(held.values()))


def test_nothing_changed_is_said_in_a_few_bytes(client):
    version = client.get("/api/v1/packs/3275").json()["version"]
    same = client.get(f"/api/v1/packs/3275?since={version}")
    assert same.json() == {"version": version, "since": version}


def test_who_moves_to_another_area_leaves_this_one_and_may_return(client):
    Facility.objects.filter(code="3275P002").update(district_id="32.75.01")
    first = client.get("/api/v1/packs/3275").json()["version"]
    # Another area in the test: a district whose code begins otherwise.
    execute("INSERT INTO facility_district (code, name) VALUES ('32.16.01', 'Uji')")
    Facility.objects.filter(code="3275P002").update(district_id="32.16.01")
    news = client.get(f"/api/v1/packs/3275?since={first}").json()
    assert news["gone"] == ["3275P002"]
    change("3275P002", district_id="32.75.01")
    back = client.get(f"/api/v1/packs/3275?since={news['version']}").json()
    assert list(rows_of(back)) == ["3275P002"]
    assert back.get("gone", []) == []
    assert set(Departure.objects.values_list("area", "code")) == {
        ("3275", "3275P002"), ("3216", "3275P002")
    }  # fmt: skip


@pytest.mark.parametrize(
    "since", ["", "1", "x", "-1", "999999999-0123456789abcdef", "1-xyz", "٣-0123456789abcdef",
              "1-0123456789abcdef0", "9" * 10_000, "' OR 1=1", "🏥"]
)  # fmt: skip
def test_an_unknown_version_gets_the_whole(client, since):
    answer = client.get("/api/v1/packs/3275", {"since": since}).json()
    assert "since" not in answer
    assert len(rows_of(answer)) > 50


def test_another_process_says_the_same(client):
    first = client.get("/api/v1/packs/3275")
    packs.forget()  # as after a restart, or in another worker
    assert client.get("/api/v1/packs/3275").content == first.content


def test_a_change_elsewhere_costs_nothing(client, django_assert_num_queries):
    packs.pack("3275")
    with django_assert_num_queries(1):
        first = packs.pack("3275")
    a_facility(code="9999R900")
    assert packs.pack("3275") is first
    a_facility(code="3275R900", district_id="32.75.01")
    assert packs.pack("3275") is not first


def test_three_thousand_are_small_and_a_hundredth_of_them_smaller():
    assert len(CODES) == 3_000
    assert len(large_pack(changed=0).whole.compressed) <= MOST_BYTES
    delta = large_pack(changed=len(CODES) // 100).since(f"1-{'0' * 16}")
    assert len(delta.compressed) <= MOST_CHANGE


def test_much_change_is_sent_as_the_whole():
    changed = large_pack(changed=len(CODES))
    assert changed.since(f"1-{'0' * 16}") is changed.whole


def test_no_table_is_scanned(db):
    for table in ("facility_facility", "facility_departure"):
        execute(f"ANALYZE {table}")
    execute("SET LOCAL enable_seqscan = off")
    plan = "\n".join(
        line for (line,) in execute(f"EXPLAIN {packs._ROWS}", [["32.75.01", "32.75.02"], "3275%"])
    )
    assert "Seq Scan" not in plan
    values = [1, ["32.75.01"], "3275%", "3275", 1]
    plan = "\n".join(line for (line,) in execute(f"EXPLAIN {packs._CHANGED}", values))
    assert "Seq Scan" not in plan
