"""The language of a page is what the person chose on this phone."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.utils.translation import get_language

from jkn.shell.middleware import LanguageMiddleware
from jkn.shell.tests.factories import a_request


@pytest.mark.parametrize(
    ("cookie", "language"), [("", "id"), ("id", "id"), ("en", "en"), ("xx", "id"), ("<b>", "id")]
)
def test_the_cookie_decides_and_nothing_else(cookie, language):
    request = a_request("/", headers={"accept-language": "en-US,en;q=0.9"})
    request.COOKIES["lang"] = cookie
    response = LanguageMiddleware(lambda r: HttpResponse(get_language()))(request)
    assert response.content.decode() == language
    assert response.headers["Content-Language"] == language
