"""A slow line between phone and service: bandwidth, round trips, and scissors.

The browser's own throttling does not slow what a service worker fetches; this does.
"""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

_PACKET = 1460  # bytes
_Flight = queue.SimpleQueue[tuple[float, bytes]]


@dataclass
class Line:
    """Carries connections to a port of this machine; all share one bandwidth on the way down."""

    target: int
    bits_per_second: float = float("inf")
    round_trip: float = 0.0  # seconds
    down: int = 0  # bytes that came from the service, headers included
    _open: set[socket.socket] = field(default_factory=set)
    _is_cut: bool = False
    _free_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._start(self._accept)

    @property
    def base(self) -> str:
        """The address of the pages through this line."""
        return f"http://localhost:{self.port}"

    def cut(self) -> None:
        """Cut all connections; new ones are ended at once."""
        self._is_cut = True
        with self._lock:
            for end in self._open:
                _end(end)

    def mend(self) -> None:
        """Carry new connections again."""
        self._is_cut = False

    def close(self) -> None:
        """End it for good."""
        self.cut()
        _end(self._listener)
        self._listener.close()

    def _start(self, act: Callable[..., None], *arguments: object) -> threading.Thread:
        thread = threading.Thread(target=act, args=arguments, daemon=True)
        thread.start()
        return thread

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                phone, _ = self._listener.accept()
                if self._is_cut:
                    phone.close()
                else:
                    self._start(self._carry, phone)

    def _carry(self, phone: socket.socket) -> None:
        with contextlib.suppress(OSError), self._kept(phone):
            time.sleep(self.round_trip)  # the handshake's
            with self._kept(socket.create_connection(("127.0.0.1", self.target))) as service:
                up: _Flight = queue.SimpleQueue()
                down: _Flight = queue.SimpleQueue()
                parts = [
                    self._start(self._send, phone, up, self._at_once),
                    self._start(self._land, service, up),
                    self._start(self._send, service, down, self._in_turn),
                    self._start(self._land, phone, down),
                ]
                for part in parts:
                    part.join()

    @contextlib.contextmanager
    def _kept(self, end: socket.socket) -> Iterator[socket.socket]:
        with end:
            with self._lock:
                self._open.add(end)
            try:
                yield end
            finally:
                with self._lock:
                    self._open.discard(end)

    def _send(self, source: socket.socket, flight: _Flight, leaves: Callable[[int], float]) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_PACKET):
                flight.put((leaves(len(data)) + self.round_trip / 2, data))
        flight.put((time.monotonic() + self.round_trip / 2, b""))

    def _land(self, sink: socket.socket, flight: _Flight) -> None:
        with contextlib.suppress(OSError):
            while True:
                arrives, data = flight.get()
                time.sleep(max(0.0, arrives - time.monotonic()))
                if not data:
                    break
                sink.sendall(data)
        _end(sink)

    def _at_once(self, size: int) -> float:
        return time.monotonic()

    def _in_turn(self, size: int) -> float:
        with self._lock:
            self.down += size
            self._free_at = max(self._free_at, time.monotonic()) + size * 8 / self.bits_per_second
            return self._free_at


def _end(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
