"""What every page of an employer shows: whose it is, and where else one can go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from jkn.employer.presenters import NAV
from jkn.employer.queries import Business
from jkn.shell.pages import render


def framed(
    request: HttpRequest,
    own: Business,
    template: str,
    context: Mapping[str, Any],
    status: int = 200,
) -> HttpResponse:
    """Return a page in the employer's frame."""
    frame = {
        "place": own.name,
        "nav": [(href, gettext(text)) for href, text in NAV],
        "employer": own,
    }
    return render(request, template, {**frame, **context}, status=status)
