"""Requests and pages for the tests of the shell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory

from jkn.core.actor import Actor, Level, Role
from jkn.shell.context import defaults

SITI = Actor(
    account_id=71,
    role=Role.MEMBER,
    name="Siti",
    level=Level.REGISTER_MATCHED,
    person_id=1,
    family_id=2,
)
WATI = Actor(account_id=72, role=Role.MEMBER, name="Wati", level=Level.CONTACT_PROVEN)
RINA = Actor(account_id=73, role=Role.FACILITY, name="Rina", facility_id="0001")


def a_request(
    path: str = "/", *, actor: Actor | None = None, headers: Mapping[str, str] | None = None
) -> HttpRequest:
    """Return a GET as it reaches a view."""
    request = RequestFactory().get(path, headers=dict(headers or {}))
    request.actor = actor  # type: ignore[attr-defined]
    return request


def rendered(request: HttpRequest, template: str, **context: Any) -> str:
    """Return what a template written here would show."""
    filled = {**defaults(request), **context}
    return engines["jinja2"].from_string(template).render(filled, request)


def a_page(request: HttpRequest, main: str, **context: Any) -> str:
    """Return a whole page with this inside `main`."""
    text = (
        '{% extends "shell/base.jinja" %}{% import "shell/parts.jinja" as ui with context %}'
        "{% block main %}" + main + "{% endblock %}"
    )
    return rendered(request, text, **context)
