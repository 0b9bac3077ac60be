"""Doors say who may use them. What a view declares here is what `manage.py routes` prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeAlias

import msgspec
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from jkn.core.errors import Refused
from jkn.core.text import is_text
from jkn.core.words import N_
from jkn.gate.answers import not_allowed
from jkn.gate.policy import PARTNER, Who

View: TypeAlias = Callable[..., HttpResponseBase]
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Door:
    """What is known of one view: kind of door, who, methods, and for JSON its shapes."""

    kind: str  # page, api, machine
    who: Who
    methods: tuple[str, ...]
    summary: str = ""
    body: type | None = None
    answer: Any = None
    status: int = 200
    takes_key: bool = False  # whether a repeated Idempotency-Key gets the first answer
    query: tuple[tuple[str, str], ...] = ()  # what may stand after the `?`: name, what it means


def door_of(view: Any) -> Door | None:
    """Return what a view declares, or None: then it stays closed."""
    door = getattr(view, "door", None)
    return door if isinstance(door, Door) else None


def _mark(view: View, door: Door) -> View:
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in door.methods:
            return _other_method(request, door.methods)
        return view(request, *args, **kwargs)

    checked.door = door  # type: ignore[attr-defined]
    return checked


def _other_method(request: HttpRequest, methods: Sequence[str]) -> HttpResponseBase:
    """Answer OPTIONS, which never reaches a view and so changes nothing, and refuse the rest."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": ", ".join(methods)})
    return not_allowed(request, methods)


def page(*, who: Who, methods: tuple[str, ...] = ("GET", "HEAD")) -> Callable[[View], View]:
    """Declare a page for people."""

    def declare(view: View) -> View:
        return _mark(view, Door("page", who, methods, summary=_summary(view)))

    return declare


def machine(*, methods: tuple[str, ...] = ("POST",), who: Who = PARTNER) -> Callable[[View], View]:
    """Declare a partner's door: it proves its caller itself and knows no CSRF token."""

    def declare(view: View) -> View:
        return csrf_exempt(_mark(view, Door("machine", who, methods, summary=_summary(view))))

    return declare


def api(
    *,
    who: Who,
    method: str = "GET",
    body: type[msgspec.Struct] | None = None,
    answer: Any = None,
    status: int = 200,
    takes_key: bool = False,
    query: Mapping[str, str] | None = None,
) -> Callable[[Callable[..., Any]], View]:
    """Declare a JSON door. The view gets the decoded body and returns a struct or a response.

    `takes_key` says that the view runs its act through `gate.idempotency.once`; `query` tells what
    may stand after the `?`. Whoever may GET may ask by HEAD for the same without its body.
    """
    decoder = msgspec.json.Decoder(body) if body else None
    taken = ("GET", "HEAD") if method == "GET" else (method,)
    asked = tuple((query or {}).items())

    def declare(view: Callable[..., Any]) -> View:
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if decoder is not None:
                kwargs["body"] = _decoded(request, decoder)
            given = view(request, *args, **kwargs)
            if isinstance(given, HttpResponse):
                return given
            return HttpResponse(_encoder.encode(given), "application/json", status=status)

        wraps(view)(answered)
        door = Door("api", who, taken, _summary(view), body, answer, status, takes_key, asked)
        return _mark(answered, door)

    return declare


def methods(**views: View) -> View:
    """Join JSON doors of one path, one for each method: `methods(GET=…, POST=…)`."""

    def dispatch(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        view = views.get(_as_get(request.method or ""))
        return view(request, *args, **kwargs) if view else _other_method(request, all_methods)

    all_methods = [m for view in views.values() for door in doors_of(view) for m in door.methods]

    dispatch.by_method = views  # type: ignore[attr-defined]
    return dispatch


def is_dry(request: HttpRequest) -> bool:
    """Whether a caller only asks what a write would mean: `?dry=1`.

    Refuses `dry.invalid` any other word, none, and several: nobody shall act who meant to ask.
    """
    asked = request.GET.getlist("dry") or ["0"]
    if len(asked) > 1 or asked[0] not in ("0", "false", "1", "true"):
        raise Refused("dry.invalid", N_("Tulis dry=1 untuk simulasi saja."))
    return asked[0] in ("1", "true")


def doors_of(view: Any, method: str = "") -> list[Door]:
    """Return the doors behind one route, or only the one for a method."""
    by_method: dict[str, View] = getattr(view, "by_method", {}) or {}
    if by_method:
        chosen = [v for m, v in by_method.items() if _as_get(method) in ("", m)]
        return [d for v in chosen if (d := door_of(v)) is not None]
    door = door_of(view)
    return [door] if door else []


def _as_get(method: str) -> str:
    """Return the method whose view answers: HEAD is a GET without its body."""
    return "GET" if method == "HEAD" else method


def _summary(view: Callable[..., Any]) -> str:
    return (view.__doc__ or "").strip().split("\n")[0]


def _decoded(request: HttpRequest, decoder: msgspec.json.Decoder[Any]) -> Any:
    try:
        body = decoder.decode(request.body or b"{}")
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refused("body.malformed", N_("Isi permintaan bukan JSON yang utuh.")) from None
    if not is_text(msgspec.to_builtins(body)):
        raise _invalid("Text holds NUL")
    return body


def _invalid(why: str) -> Refused:
    return Refused("body.invalid", N_("Isi permintaan tidak sesuai: {why}"), why=why)
