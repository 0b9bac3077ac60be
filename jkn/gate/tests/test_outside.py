"""A partner that is slow, drips, lies or floods costs us five seconds, never a worker."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress

import pytest

from jkn.gate import outside


@contextmanager
def a_partner(speak):
    """Serve one line at a time on a free port; `speak` is given each accepted socket."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0.1)
    done = threading.Event()

    def serve():
        while not done.is_set():
            with suppress(OSError):
                line, _ = listening.accept()
                with line, suppress(OSError):
                    line.recv(65_536)
                    speak(line, done)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/lookup"
    finally:
        done.set()
        thread.join()
        listening.close()


def answer(body, status="200 OK"):
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    return lambda line, done: line.sendall(head + body)


def drip(head):
    def speak(line, done):
        line.sendall(head)
        while not done.wait(0.1):
            line.sendall(b"x")

    return speak


@pytest.fixture
def _impatient(settings):
    settings.PARTNER_TIMEOUT_SECONDS = 0.6


def test_it_returns_status_and_body():
    with a_partner(answer(b'{"ok":1}', "202 Accepted")) as url:
        assert outside.post_json(url, {"a": 1}, {"X-Id": "1"}) == outside.Heard(202, b'{"ok":1}')


def test_a_redirect_is_an_answer_and_is_not_followed():
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with a_partner(lambda line, done: line.sendall(moved)) as url:
        assert outside.get(url).status == 302


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize(
    "head",
    [b"", b"HTTP/1.1 200 OK\r\nX-", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",
     b"HTTP/1.1 200 OK\r\n\r\n"],
)  # fmt: skip
def test_a_partner_that_drips_is_left_after_the_deadline(head):
    with a_partner(drip(head)) as url:
        began = time.monotonic()
        with pytest.raises(outside.Silent):
            outside.get(url)
        assert time.monotonic() - began < 3


def test_an_answer_without_end_is_not_kept():
    flood = b"x" * (outside.LARGEST_ANSWER + 1)
    with a_partner(answer(flood)) as url, pytest.raises(outside.Silent):
        outside.get(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://", "nonsense", "http://[::1"])
def test_nobody_there_is_silence(url):
    with pytest.raises(outside.Silent):
        outside.get(url)
