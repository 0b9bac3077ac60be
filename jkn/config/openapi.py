"""The OpenAPI 3.1 document, collected from what the doors declare."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, URLResolver, get_resolver

from jkn.gate.answers import Problem
from jkn.gate.doors import Door, doors_of, page
from jkn.gate.policy import ANYONE

_PROBLEM = "application/problem+json"
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
_ERRORS = {
    "400": "Bukan JSON yang utuh",
    "401": "Belum masuk, atau token tidak berlaku",
    "403": "Tidak punya hak",
    "404": "Tidak ada, atau bukan milik Anda",
    "405": "Alamat ini tidak menerima cara itu",
    "409": "Keadaannya sudah lain",
    "422": "Isi tidak sesuai aturan",
    "429": "Terlalu sering",
    "503": "Layanan terganggu",
}


def routes(
    patterns: list[Any] | None = None, prefix: str = "", namespace: str = ""
) -> Iterator[tuple[str, str, list[Door]]]:
    """Yield every route: its path, its name, and the doors behind it."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            below = entry.namespace or namespace
            yield from routes(entry.url_patterns, path, below)
        elif isinstance(entry, URLPattern):
            name = f"{namespace}:{entry.name}" if namespace else str(entry.name)
            yield "/" + path, name, doors_of(entry.callback)


def openapi() -> dict[str, Any]:
    """Return the document for every JSON door under `/api/v1/`."""
    doors = [
        (path, name, door)
        for path, name, found in routes()
        for door in found
        if door.kind == "api" and path.startswith("/api/")
    ]
    types = {d.body for _, _, d in doors if d.body} | {d.answer for _, _, d in doors if d.answer}
    ordered = [*sorted(types, key=lambda t: f"{t.__module__}.{t.__qualname__}"), Problem]
    schemas, components = msgspec.json.schema_components(
        ordered, ref_template="#/components/schemas/{name}"
    )
    schema_of = dict(zip(ordered, schemas, strict=True))
    paths: dict[str, Any] = {}
    for path, name, door in doors:
        shown = _PARAMETER.sub(r"{\2}", path)
        paths.setdefault(shown, {})[door.methods[0].lower()] = _operation(
            path, name, door, schema_of
        )
    return {
        "openapi": "3.1.0",
        "info": {"title": "jkn", "version": "1", "license": {"name": "Apache-2.0"}},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "device": {"type": "apiKey", "in": "cookie", "name": "jkn"},
            },
        },
    }


def _operation(path: str, name: str, door: Door, schema_of: dict[Any, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": schema_of[door.answer]}} if door.answer else {}
    operation: dict[str, Any] = {
        "operationId": f"{name}-{door.methods[0].lower()}",
        "summary": door.summary,
        "parameters": [
            {"name": n, "in": "path", "required": True, "schema": {"type": "string"}}
            for _, n in _PARAMETER.findall(path)
        ],
        "responses": {
            str(door.status): {
                "description": "OK",
                **({"content": content} if content else {}),
            }
        },
    }
    for status, words in _ERRORS.items():
        operation["responses"][status] = {
            "description": words,
            "content": {_PROBLEM: {"schema": schema_of[Problem]}},
        }
    if not door.who.is_public:
        operation["security"] = [{"bearer": []}, {"device": []}]
    if door.body:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema_of[door.body]}},
        }
    operation["parameters"] += [
        {"name": n, "in": "query", "description": what, "schema": {"type": "string"}}
        for n, what in door.query
    ]
    if door.takes_key:
        operation["parameters"].append(
            {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}
        )
    return operation


@page(who=ANYONE)
def document(request: HttpRequest) -> JsonResponse:
    """The OpenAPI document of this very version."""
    return JsonResponse(openapi())
