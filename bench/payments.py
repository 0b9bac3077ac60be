"""Signed notifications of payments, as a bank sends them, made ready before they are measured."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.ground import Ground
from bench.load import Request
from jkn.nonprod.demo import Place, bank_keys
from jkn.nonprod.partners.run import credentials_file
from jkn.nonprod.snap_client import Answer, Credentials, SnapClient


@dataclass
class _Writer(SnapClient):
    """Keeps signed requests instead of sending them; only the access token is asked for."""

    caught: list[Request] = field(default_factory=list)

    def _post(self, path: str, text: str, headers: dict[str, str]) -> Answer:
        if path.endswith("/b2b"):
            return super()._post(path, text, headers)
        all_headers = {"Content-Type": "application/json", **headers}
        self.caught.append(Request(path, "POST", all_headers, text.encode()))
        return Answer(200, {"responseCode": "2002500"})


def register_bank(ground: Ground) -> None:
    """Make the simulated bank known to the ground, with keys of its own."""
    bank_keys(Place(ground.folder, 0, "", ground.url))
    ground.manage("register_bank")


def notifications(ground: Ground, port: int, debts: Sequence[tuple[str, int]]) -> list[Request]:
    """Return a signed notification for each (virtual account, rupiah); good for five minutes."""
    file = credentials_file(ground.folder)
    told = json.loads(file.read_text(encoding="utf-8"))
    key = (file.parent / told["private_key_file"]).read_bytes()
    url = f"http://127.0.0.1:{port}"
    client = _Writer(Credentials(url, told["client_id"], told["secret"], key))
    for number, amount in debts:
        client.payment(
            number, request_id=secrets.token_hex(12), amount=amount, reference=secrets.token_hex(8)
        )
    client.close()
    return client.caught
