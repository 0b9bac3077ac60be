"""Compresses what is rendered per request, and hides its true length (BREACH).

Static files are compressed once, when they are collected; they pass through here untouched.
"""

from __future__ import annotations

import gzip
import secrets
from collections.abc import Callable

import brotli
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

SMALLEST = 500  # bytes; below this the frame of the packet costs more than compression saves
QUALITY = 5  # brotli: 8 % more bytes than 11 at a fraction of the time
PADDING = 48  # bytes at most; random text, which compresses to about three quarters

_COMPRESSED_TYPES = (
    "text/",
    "application/json",
    "application/problem+json",
    "application/manifest",
)


class CompressionMiddleware:
    """Outermost of all: what the others set (ETag, cookies) is known by then."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not isinstance(response, HttpResponse):
            return response  # a stream
        return compressed(response, accepts=request.headers.get("Accept-Encoding", ""))


def compressed(response: HttpResponse, *, accepts: str) -> HttpResponse:
    """Return the same response, padded and compressed where the client can read it."""
    kind = response.headers.get("Content-Type", "")
    if (
        response.has_header("Content-Encoding")
        or not kind.startswith(_COMPRESSED_TYPES)
        or len(response.content) < SMALLEST
    ):
        return response
    _pad(response, kind)
    patch_vary_headers(response, ("Accept-Encoding",))
    offered = accepted(accepts)
    if "br" in offered:
        _encode(response, "br", brotli.compress(response.content, quality=QUALITY))
    elif "gzip" in offered:
        _encode(response, "gzip", gzip.compress(response.content, compresslevel=6, mtime=0))
    else:
        response.headers["Content-Length"] = str(len(response.content))
    return response


def accepted(header: str) -> set[str]:
    """Return the encodings that an Accept-Encoding header allows."""
    return {
        name.strip()
        for name, _, weight in (part.partition(";") for part in header.split(","))
        if weight.replace(" ", "") not in {"q=0", "q=0.0"}
    }


def _pad(response: HttpResponse, kind: str) -> None:
    """Make the length random: text that an attacker can repeat no longer shows in it."""
    filler = secrets.token_urlsafe(PADDING)[: secrets.randbelow(PADDING + 1)]
    if kind.startswith("text/html"):
        response.content += f"<!--{filler}-->".encode()
    elif "json" in kind:
        response.headers["X-Pad"] = filler


def _encode(response: HttpResponse, encoding: str, content: bytes) -> None:
    response.content = content
    response.headers["Content-Encoding"] = encoding
    response.headers["Content-Length"] = str(len(content))
    # The tag of the page as it was written is weak for its compressed form (RFC 9110, 8.8.1).
    etag = response.headers.get("ETag", "")
    if etag.startswith('"'):
        response.headers["ETag"] = f"W/{etag}"
