"""The OpenAPI document: it equals its snapshot, and tells every JSON door with its errors."""

from __future__ import annotations

import json
import re

from jkn.config.environment import ROOT
from jkn.config.openapi import openapi, routes

SNAPSHOT = ROOT / "docs" / "reference" / "openapi.json"


def as_served():
    return json.loads(json.dumps(openapi()))


def operations():
    return [(path, m, op) for path, ms in as_served()["paths"].items() for m, op in ms.items()]


def test_nothing_changes_for_clients_by_accident():
    """Where this fails on purpose, `make reference` writes the snapshot anew."""
    assert as_served() == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_every_json_door_is_told():
    doors = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path), door.methods[0].lower())
        for path, _, found in routes()
        for door in found
        if door.kind == "api"
    }
    assert {(path, method) for path, method, _ in operations()} == doors
    assert {"/api/v1/card", "/api/v1/bills", "/api/v1/payments", "/api/v1/statement",
            "/api/v1/bills/{id}/pay", "/api/v1/session", "/api/v1/sessions",
            "/api/v1/card-checks"} <= {path for path, _ in doors}  # fmt: skip


def test_every_operation_has_a_name_a_summary_and_its_errors():
    names = [op["operationId"] for _, _, op in operations()]
    assert len(set(names)) == len(names)
    for path, _, op in operations():
        assert op["summary"], path
        assert {"400", "401", "403", "404", "409", "422", "429", "503"} <= set(op["responses"])
        named = {p["name"] for p in op["parameters"] if p["in"] == "path"}
        assert named == set(re.findall(r"\{(\w+)\}", path))


def test_the_key_is_told_where_a_repetition_gets_the_first_answer():
    keyed = {door.methods[0].lower() + path for path, _, found in routes() for door in found
             if door.kind == "api" and door.takes_key}  # fmt: skip
    told = {
        method + path
        for path, method, op in operations()
        if "Idempotency-Key" in {p["name"] for p in op["parameters"]}
    }
    assert told == {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", one) for one in keyed}
    assert "post/api/v1/bills/{id}/pay" in told


def test_what_may_stand_in_the_query_is_told():
    told = {
        method + path: [p["name"] for p in op["parameters"] if p["in"] == "query"]
        for path, method, op in operations()
    }
    assert told["post/api/v1/instalments"] == ["dry"]
    assert told["get/api/v1/primary-facility"] == ["member_id", "village"]
    assert {"q", "kind", "village", "limit"} <= set(told["get/api/v1/facilities"])
    assert told["get/api/v1/card"] == []


def test_every_reference_leads_somewhere():
    text = json.dumps(as_served())
    schemas = as_served()["components"]["schemas"]
    used = set(re.findall(r"#/components/schemas/([\w.]+)", text))
    assert used - set(schemas) == set()


def test_ids_are_strings_and_money_is_whole():
    schemas = as_served()["components"]["schemas"]
    for name, schema in schemas.items():
        for field, told in schema.get("properties", {}).items():
            if field == "id" or field.endswith("_id"):
                kinds = [told, *told.get("anyOf", [])]
                assert "integer" not in {k.get("type") for k in kinds}, (name, field)
            if field in ("amount", "amount_due", "credit", "credited", "per_person"):
                assert told["type"] in ("integer", "string"), (name, field)
            assert told.get("type") != "number", (name, field)


def test_it_is_served_to_everyone(client):
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"] == "3.1.0"
