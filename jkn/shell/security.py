"""What browsers may do with our pages: one policy, strict, with Trusted Types.

No inline script or style, nothing from elsewhere, no string becomes code. A page that needs another
policy (a map) sets its own `Content-Security-Policy` and is left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from jkn.shell.offline import repeat_order

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        # `trusted-types 'none'` would block the registration of the service worker.
        "trusted-types jkn",
    )
)


def map_csp(tiles: str) -> str:
    """Return the policy of the map's page: the usual one, and what Leaflet and its tiles need.

    Leaflet 1.9 tries `<svg/>` as HTML when it loads; a default policy of Trusted Types lets that
    one text pass (facility/ground.js). `tiles` is the address of the tiles, or "".
    """
    parts = urlsplit(tiles)
    host = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return CSP.replace("trusted-types jkn", "trusted-types jkn default").replace(
        "img-src 'self' data:", f"img-src 'self' data:{host}"
    )


DATA_CSP = "default-src 'none'; frame-ancestors 'none'"

_CLOSED = (
    *("accelerometer", "autoplay", "display-capture", "gyroscope", "magnetometer", "microphone"),
    *("midi", "payment", "picture-in-picture", "usb", "xr-spatial-tracking"),
)


def permissions(*, camera: str = "()") -> str:
    """Return the Permissions-Policy; passkeys and the place are for our own pages only."""
    closed = [f"{name}=()" for name in _CLOSED]
    opened = ["geolocation=(self)", "publickey-credentials-create=(self)"]
    opened += ["publickey-credentials-get=(self)", "fullscreen=(self)"]
    return ", ".join([f"camera={camera}", *closed, *opened])


_PERMISSIONS = permissions()
_STAFF_PERMISSIONS = permissions(camera="(self)")  # staff scan the QR of a card

PAGE_HEADERS = {
    "Content-Security-Policy": CSP,
    "Cross-Origin-Opener-Policy": "same-origin",
    # Not no-referrer: the check against forged forms needs Origin or Referer on https.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


class SecurityMiddleware:
    """Adds the headers to every answer; a header that a view has set stays as it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        guard(response, is_staff_page=request.path.startswith("/petugas/"))
        repeat_order(request, response)
        return response


def guard(response: HttpResponseBase, *, is_staff_page: bool) -> None:
    """Set what the kind of answer needs. Scripts carry no policy: the worker would inherit it."""
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    kind = headers.get("Content-Type", "")
    if kind.startswith("text/html"):
        for name, value in PAGE_HEADERS.items():
            headers.setdefault(name, value)
        headers.setdefault(
            "Permissions-Policy", _STAFF_PERMISSIONS if is_staff_page else _PERMISSIONS
        )
    elif "json" in kind and "manifest" not in kind:
        headers.setdefault("Content-Security-Policy", DATA_CSP)
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
