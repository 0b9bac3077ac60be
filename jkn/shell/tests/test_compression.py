"""What is rendered goes out small, and its length says nothing."""

from __future__ import annotations

import gzip

import brotli
from django.http import HttpResponse, StreamingHttpResponse

from jkn.shell.compression import CompressionMiddleware, compressed
from jkn.shell.tests.factories import a_request

PAGE = "<!doctype html><p>" + "iuran " * 200 + "</html>"


def a_response(content=PAGE, kind="text/html; charset=utf-8", **headers):
    response = HttpResponse(content, kind)
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


def test_brotli_where_the_browser_reads_it():
    response = compressed(a_response(), accepts="gzip, deflate, br;q=0.9")
    assert response.headers["Content-Encoding"] == "br"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert int(response.headers["Content-Length"]) == len(response.content)
    assert brotli.decompress(response.content).decode().startswith(PAGE)


def test_gzip_where_it_does_not():
    response = compressed(a_response(), accepts="gzip, br;q=0")
    assert gzip.decompress(response.content).decode().startswith(PAGE)


def test_plain_for_a_client_that_reads_neither():
    response = compressed(a_response(), accepts="")
    assert not response.has_header("Content-Encoding")
    assert response.content.decode().startswith(PAGE)


def test_the_same_page_has_many_lengths():
    lengths = {len(compressed(a_response(), accepts="br").content) for _ in range(40)}
    assert len(lengths) > 5


def test_json_is_padded_in_a_header_and_stays_json():
    body = '{"members": "' + "x" * 600 + '"}'
    seen = set()
    for _ in range(40):
        response = compressed(a_response(body, "application/problem+json"), accepts="br")
        assert brotli.decompress(response.content).decode() == body
        seen.add(len(response.headers["X-Pad"]))
    assert len(seen) > 5


def test_small_encoded_and_binary_answers_are_left_alone():
    for response in (
        a_response("<p>ok</p>"),
        a_response(Content_Encoding="br"),
        a_response(b"%PDF" * 500, "application/pdf"),
    ):
        before = bytes(response.content)
        assert compressed(response, accepts="br").content == before


def test_a_stream_is_left_alone():
    stream = StreamingHttpResponse([b"a" * 900], content_type="text/csv")
    answered = CompressionMiddleware(lambda request: stream)(a_request())
    assert answered is stream


def test_the_tag_of_a_compressed_page_is_weak():
    response = compressed(a_response(ETag='"abc"'), accepts="br")
    assert response.headers["ETag"] == 'W/"abc"'
