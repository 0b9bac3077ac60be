"""The headers that bind browsers."""

from __future__ import annotations

from django.http import HttpResponse

from jkn.shell.offline import revoke
from jkn.shell.security import CSP, SecurityMiddleware
from jkn.shell.tests.factories import a_request


def answer(path="/", kind="text/html", request=None, **headers):
    def view(request):
        return HttpResponse("x", headers={"Content-Type": kind, **headers})

    return SecurityMiddleware(view)(request or a_request(path))


def test_pages_carry_the_strict_policy():
    policy = answer().headers["Content-Security-Policy"]
    assert policy == CSP
    assert "unsafe" not in policy
    for part in (
        "default-src 'none'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types jkn",
    ):
        assert part in policy


def test_pages_carry_the_other_headers():
    headers = answer().headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert "publickey-credentials-get=(self)" in headers["Permissions-Policy"]


def test_the_camera_is_for_staff_pages_only():
    assert "camera=()" in answer("/kartu/").headers["Permissions-Policy"]
    assert "camera=(self)" in answer("/petugas/peserta/").headers["Permissions-Policy"]


def test_a_page_may_have_a_policy_of_its_own():
    own = {"Content-Security-Policy": "default-src 'self'"}
    assert answer(**own).headers["Content-Security-Policy"] == "default-src 'self'"


def test_scripts_carry_no_policy_since_the_worker_would_inherit_it():
    assert "Content-Security-Policy" not in answer(kind="text/javascript").headers


def test_json_loads_nothing():
    assert (
        "default-src 'none'" in answer(kind="application/json").headers["Content-Security-Policy"]
    )


def test_an_order_to_wipe_reaches_the_first_page_that_the_worker_can_read():
    redirect = HttpResponse(status=302)
    revoke(redirect)
    assert redirect.headers["X-Revoked"] == "1"
    request = a_request("/masuk/")
    request.COOKIES["wipe"] = redirect.cookies["wipe"].value
    page = answer(request=request)
    assert page.headers["X-Revoked"] == "1"
    assert page.cookies["wipe"]["max-age"] == 0
    assert "X-Revoked" not in answer(kind="text/css", request=request).headers
    assert "X-Revoked" not in answer().headers
