"""A small WSGI house for the simulated partners: routes, bodies with limits, one server."""

from __future__ import annotations

import argparse
import json
import logging
import signal
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from jkn.core.money import rupiah

LONGEST_BODY = 64 * 1024
SOCKET_SECONDS = 30  # a caller that sends nothing for so long is dropped
_HERE = Path(__file__).resolve().parents[1]
_STYLE = _HERE.parent / "shell" / "static" / "shell" / "app.css"

log = logging.getLogger("jkn.nonprod")


class BadRequest(Exception):
    """The caller's fault; the text says which."""


class Cut(ConnectionAbortedError):
    """Drop the connection without an answer: wsgiref sends none after this kind of error."""


@dataclass(frozen=True)
class Request:
    """What a partner's program needs to know of a request."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @cached_property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object, whatever its Content-Type; raises `BadRequest`."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            raise BadRequest("body is not JSON") from None
        if not isinstance(found, dict):
            raise BadRequest("body is not a JSON object")
        return found

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of a form, the first value of each; raises `BadRequest`."""
        try:
            return _firsts(self.body.decode())
        except UnicodeDecodeError:
            raise BadRequest("form is not UTF-8") from None


@dataclass(frozen=True, slots=True)
class Response:
    """An answer; the body is bytes."""

    status: int
    body: bytes
    kind: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


Handler = Callable[[Request], Response]


def json_response(value: object, status: int = 200) -> Response:
    """Return a JSON answer."""
    return Response(status, json.dumps(value, ensure_ascii=False).encode())


def page(template: str, **context: object) -> Response:
    """Return an HTML page of `jinja2/nonprod/<template>`; every value in it is escaped."""
    text = _pages().get_template(f"nonprod/{template}").render(**context)
    return Response(200, text.encode(), "text/html; charset=utf-8")


def redirect(to: str) -> Response:
    """Return the answer that sends a browser on after a form."""
    return Response(303, b"", "text/plain", (("Location", to),))


def style(request: Request) -> Response:
    """Return the app's own style sheet, so that the partners' pages look decent."""
    return Response(200, _STYLE.read_bytes(), "text/css; charset=utf-8")


@dataclass
class App:
    """A WSGI application of a few exact routes."""

    routes: dict[tuple[str, str], Handler] = field(default_factory=dict)

    def route(self, method: str, path: str, handler: Handler) -> None:
        """Add a route; `GET` also answers `HEAD`."""
        self.routes[method, path] = handler

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        response = self._answer(environ)
        start_response(
            f"{response.status} {_REASONS.get(response.status, 'Status')}",
            [
                ("Content-Type", response.kind),
                ("Content-Length", str(len(response.body))),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
                ("Content-Security-Policy", "default-src 'none'; style-src 'self'"),
                *response.headers,
            ],
        )
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else response.body]

    def _answer(self, environ: WSGIEnvironment) -> Response:
        try:
            request = _request(environ)
            method = "GET" if request.method == "HEAD" else request.method
            handler = self.routes.get((method, request.path))
            if handler is None:
                known = any(path == request.path for _, path in self.routes)
                return json_response({"error": "not found"}, 405 if known else 404)
            return handler(request)
        except BadRequest as fault:
            return json_response({"error": str(fault)}, 400)


_REASONS = {200: "OK", 202: "Accepted", 303: "See Other", 400: "Bad Request", 404: "Not Found"}


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a cut connection is part of the play, and traces would carry bodies."""


class _QuietHandler(WSGIRequestHandler):
    timeout = SOCKET_SECONDS

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
        """Write no line: paths and queries of partners carry telephone numbers."""


def server(app: WSGIApplication, port: int) -> WSGIServer:
    """Return a server on 127.0.0.1 that is bound and not yet serving; port 0 takes a free one."""
    made = _Server(("127.0.0.1", port), _QuietHandler)
    made.set_app(app)
    return made


def command_line(name: str) -> argparse.ArgumentParser:
    """Return the parser of a partner's own program, `python -m jkn.nonprod.partners.<name>`."""
    parser = argparse.ArgumentParser(prog=f"python -m jkn.nonprod.partners.{name}")
    parser.add_argument("--port", type=int, required=True)
    return parser


def serve(app: WSGIApplication, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    bound = server(app, port)
    for number in (signal.SIGTERM, signal.SIGINT):
        # shutdown() waits for the loop that this very thread runs, so another thread calls it.
        signal.signal(number, lambda *_: threading.Thread(target=bound.shutdown).start())
    log.info("listening on %s", bound.server_port)
    try:
        bound.serve_forever()
    finally:
        bound.server_close()


def _request(environ: WSGIEnvironment) -> Request:
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        raise BadRequest("Content-Length is not a number") from None
    if not 0 <= length <= LONGEST_BODY:
        raise BadRequest("body is too long")
    body = environ["wsgi.input"].read(length) if length else b""
    if len(body) != length:
        raise BadRequest("body is shorter than announced")
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    return Request(
        method=environ["REQUEST_METHOD"],
        path=environ.get("PATH_INFO", "/"),
        query=_firsts(environ.get("QUERY_STRING", "")),
        headers=headers,
        body=body,
    )


def _firsts(text: str) -> dict[str, str]:
    try:
        found = parse_qs(text, keep_blank_values=True, max_num_fields=50)
    except ValueError:
        raise BadRequest("too many fields") from None
    return {name: values[0] for name, values in found.items()}


@lru_cache(maxsize=1)
def _pages() -> Environment:
    env = Environment(
        loader=FileSystemLoader(_HERE / "jinja2"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters["rupiah"] = rupiah
    return env
