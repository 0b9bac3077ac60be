"""What is measured: requests of one kind to one server, and pgbench with the same SQL beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from bench import cpu
from bench.ground import Ground
from bench.load import Request, send_all
from bench.pgbench import Peer
from bench.server import Server

WARM_UP = 400  # requests before the first round: connections, prepared statements, facts
_SPARE = 1.05  # some samples only warm the capturing process, or have other statements


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU for one request, in milliseconds."""

    server: float
    postgres: float
    peer: float = 0.0  # PostgreSQL's for one pgbench transaction, in the same round

    @property
    def ratio(self) -> float:
        """The CPU ratio of design.md section 4."""
        return self.peer / (self.server + self.postgres)


@dataclass
class Work:
    """Requests of one kind; `make(n)` returns n that were never sent before."""

    name: str
    ground: Ground
    server: Server
    make: Callable[[int], list[Request]]
    count: int  # requests in a round
    expect: bytes = b""
    peer: Peer | None = None
    rounds: list[Spent] = field(default_factory=list)

    def prepare(self, rounds: int, *, has_peer: bool) -> None:
        """Warm the server up, and capture the SQL where pgbench runs beside it."""
        if has_peer:
            samples = self.make(int(rounds * self.count * _SPARE) + WARM_UP)
            told = {"table": self.name, "requests": [_told(one) for one in samples]}
            self.peer = Peer(self.ground, self.ground.inside("capture", told))
        self._send(self.make(WARM_UP))

    def measure(self) -> None:
        """Run one round: pgbench first, then the same number of requests."""
        done = len(self.rounds)
        peer = 0.0
        if self.peer:
            peer = self.peer.milliseconds(self.count, first=done * self.count)
        spent = self._spent(self.make(self.count))
        self.rounds.append(Spent(spent.server, spent.postgres, peer))

    @property
    def statements(self) -> Sequence[Sequence[str]]:
        """The statements of one request: (file of ours, beginning of the text)."""
        statements: list[list[str]] = self.peer.script["statements"] if self.peer else []
        return statements

    def middle(self, part: str) -> float:
        """Return the median of the rounds for one part of `Spent`."""
        return float(median(getattr(one, part) for one in self.rounds))

    @property
    def note(self) -> str:
        """The milliseconds behind a ratio, which another machine would not show."""
        told = f"server {self.middle('server'):.2f} + PostgreSQL {self.middle('postgres'):.2f} ms"
        return f"{told}; pgbench {self.middle('peer'):.2f} ms" if self.peer else told

    def _spent(self, requests: list[Request]) -> Spent:
        server, postgres = self.server.seconds(), cpu.tree_seconds(self.ground.postmaster)
        self._send(requests)
        per_request = 1000 / len(requests)
        return Spent(
            (self.server.seconds() - server) * per_request,
            (cpu.tree_seconds(self.ground.postmaster) - postgres) * per_request,
        )

    def _send(self, requests: list[Request]) -> None:
        send_all(self.server.port, requests, expect=self.expect)


def _told(request: Request) -> dict[str, Any]:
    told = asdict(request)
    told["body"] = request.body.decode() if request.body else None
    return told
