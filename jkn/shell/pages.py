"""How a view answers with a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template

from jkn.shell import icons
from jkn.shell.context import defaults


def render(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Return the page of a template, e.g. `render(request, "membership/card.jinja", {...})`."""
    icons.forget()
    filled = {**defaults(request), **(context or {})}
    return HttpResponse(get_template(template).render(filled, request), status=status)
