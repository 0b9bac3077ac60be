"""Pages and files of the shell itself. None of them reads a table.

The gate stands above this module, so the doors are declared where the addresses are joined
(`config/urls.py`): `page(who=ANYONE)(web.worker)`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language, gettext

from jkn.shell.forms import DisplayForm
from jkn.shell.pages import render
from jkn.shell.preferences import COOKIE, YEAR_SECONDS, preferences_from
from jkn.shell.worker import source

SAVED = "tersimpan"  # in the address after a saved form


def worker(request: HttpRequest) -> HttpResponseBase:
    """Answer `/sw.js`; browsers ask again at every visit, and get 304 until it changes."""
    text = source(kill=bool(getattr(settings, "WORKER_KILL", False)))
    response = HttpResponse(text, "text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    etag = f'W/"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
    response.headers["ETag"] = etag
    answer = get_conditional_response(request, etag=etag, response=response)
    return answer if answer is not None else response


def manifest(request: HttpRequest) -> HttpResponse:
    """Answer `/manifest.webmanifest`: how the app stands among the phone's apps."""
    icons = [
        ("192", "192x192", "any"),
        ("512", "512x512", "any"),
        ("maskable", "512x512", "maskable"),
    ]
    content = {
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "lang": get_language() or "id",
        "name": gettext("jkn, layanan peserta"),
        "short_name": "jkn",
        "display": "standalone",
        "background_color": "#faf6ef",
        "theme_color": "#2b3480",
        "icons": [
            {
                "src": static(f"shell/icon-{name}.png"),
                "sizes": size,
                "type": "image/png",
                "purpose": purpose,
            }
            for name, size, purpose in icons
        ],
        "shortcuts": [
            {"name": gettext("Kartu"), "url": "/kartu/"},
            {"name": gettext("Cari faskes"), "url": "/faskes/"},
        ],
    }
    body = json.dumps(content, ensure_ascii=False)
    response = HttpResponse(body, "application/manifest+json; charset=utf-8")
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


def offline(request: HttpRequest) -> HttpResponse:
    """Answer `/luring/`, the page that the worker shows where there is neither net nor stored page.

    It stays on the phone unencrypted and for everyone, so it is the same whoever is signed in.
    """
    context = {"frame": "public", "warm": ""}
    response = render(request, "shell/offline.jinja", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def unsure(request: HttpRequest) -> HttpResponse:
    """Answer `/luring/kirim/`, which the worker shows where the line broke under a form.

    The worker puts in what was typed, so that it can be sent again with the same key. In a member's
    frame, whose foot holds no links that lead away from it.
    """
    context = {"frame": "member", "warm": ""}
    response = render(request, "shell/unsure.jinja", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def settings_response(
    request: HttpRequest,
    links: Sequence[tuple[str, str, str, str]] = (),
    *,
    sign_out: str = "",
) -> HttpResponse:
    """Answer `/pengaturan/`, GET and POST; what modules above add comes as rows.

    `links`: (address, icon, text, small line); `sign_out`: where the sign-out form is sent, or "".
    """
    form = DisplayForm(request.POST if request.method == "POST" else None, initial=_chosen(request))
    if request.method == "POST" and form.is_valid():
        return _saved(request, form)
    context = {"form": form, "links": links, "sign_out": sign_out, "saved": SAVED in request.GET}
    return render(request, "shell/settings.jinja", context, status=422 if form.errors else 200)


def _chosen(request: HttpRequest) -> dict[str, str]:
    known = preferences_from(request.COOKIES)
    return {
        "view": known.view,
        "size": known.size,
        "theme": known.theme,
        "usage": known.data,
        "lang": get_language() or settings.LANGUAGE_CODE,
    }


def _saved(request: HttpRequest, form: DisplayForm) -> HttpResponse:
    """Set the cookies and show the page again as it is from now on."""
    response = HttpResponseRedirect(f"{request.path}?{SAVED}")
    for name, value in (
        (COOKIE, form.preferences().words()),
        (settings.LANGUAGE_COOKIE_NAME, form.cleaned_data["lang"]),
    ):
        response.set_cookie(
            name,
            value,
            max_age=YEAR_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


@lru_cache(maxsize=1)
def _broken() -> str:
    return get_template("shell/broken.jinja").render()


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer after a bug of ours (`handler500`): no table, no session, nothing that could fail."""
    return HttpResponse(_broken(), status=500)
