"""What `make demo` needs of nonprod: the bank's keys, the file that tells all, the words to print."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from jkn.nonprod.cast import CAST, SPECIALS, UNKNOWN_NIK, cast_family, newcomers
from jkn.nonprod.partners.register import household_json, person_json, special_json
from jkn.nonprod.partners.run import PARTNERS, credentials_file, port_of

SEED, FAMILIES, ACCOUNTS = 1, 300, 300
BANK_CLIENT, BANK_NAME = "bank-contoh", "Bank Contoh"
_KEY, _PUBLIC_KEY = "bank_key.pem", "bank_key.pub.pem"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a demo runs: its data folder, its port, the address of its pages, its database."""

    var: Path
    port: int
    page_url: str
    database_url: str

    @property
    def file(self) -> Path:
        """Where all of it is told."""
        return self.var / "demo.json"

    @property
    def accounts_file(self) -> Path:
        """Where `seed --write` keeps the accounts with their tokens."""
        return self.var / "accounts.json"


def write_private(path: Path, value: object) -> None:
    """Replace a JSON file in one step; only its owner can read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}")
    new.touch(mode=0o600)
    new.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    new.replace(path)


def bank_keys(place: Place) -> bool:
    """Make the bank's key pair and secret where there are none; return whether they are new.

    The bank's file is written at every start, because the port may be another.
    """
    file = credentials_file(place.var)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.parent.chmod(0o700)
    known = _read(file)
    if known is None or not (file.parent / _KEY).exists():
        _make_key(file.parent)
    told = {
        "base_url": f"http://127.0.0.1:{place.port}",
        "page_url": place.page_url,
        "client_id": BANK_CLIENT,
        "secret": (known or {}).get("secret") or secrets.token_urlsafe(32),
        "private_key_file": _KEY,
        "public_key_file": _PUBLIC_KEY,
    }
    write_private(file, told)
    return known is None


def describe(place: Place, processes: Mapping[str, Any]) -> None:
    """Write var/demo.json: addresses, accounts, people to register, process numbers."""
    write_private(
        place.file,
        {
            "base_url": place.page_url,
            "seed": SEED,
            "accounts": _read(place.accounts_file) or [],
            "newcomers": [household_json(h) for h in newcomers(SEED)],
            "specials": [special_json(s) for s in SPECIALS],
            "unknown_nik": UNKNOWN_NIK,
            "without_account": list(_without_account()),
            "partners": addresses(place.port),
            "database_url": place.database_url,
            "data_folder": str(place.var),
            "processes": dict(processes),
        },
    )


def addresses(port: int) -> dict[str, str]:
    """Return the partners' addresses."""
    return {name: f"http://127.0.0.1:{port_of(name, port)}" for name in PARTNERS}


def words(place: Place) -> str:
    """Return what a newcomer reads once the demo is ready."""
    accounts: list[dict[str, Any]] = _read(place.accounts_file) or []
    members = [a for a in accounts if a["role"] == "member"][: len(CAST) + 1]
    staff = [a for a in accounts if a["role"] != "member"]
    first = next(h for h in newcomers(SEED) if len(h.members) > 2)
    lines = [
        f"Siap: {place.page_url}",
        "",
        "Bank tiruan     {bank}/".format(**addresses(place.port)),
        "Pesan keluar    {messages}/  (kode sekali pakai dibaca di sini)".format(
            **addresses(place.port)
        ),
        "Register        {register}/  (keluarga yang dapat mendaftar)".format(
            **addresses(place.port)
        ),
        "",
        *_table("Peserta", members),
        "",
        *_table("Petugas", staff),
        "",
        f"Mendaftar baru, misalnya: NIK {first.head.nik}, KK {first.kk},"
        f" lahir {first.head.birth_date:%d-%m-%Y}, HP 0{first.phone[2:]}",
        f"Selengkapnya: {place.file}",
    ]
    return "\n".join(lines)


def _table(title: str, accounts: list[dict[str, Any]]) -> Iterator[str]:
    if not accounts:
        yield f"{title}: basis data ini diisi tanpa perintah demo; akunnya tidak tercatat di sini."
        return
    yield f"{title} (kata sandi semuanya: {accounts[0]['password']})"
    for account in accounts:
        yield f"  {account['nik']}  {account['name']:20} {account['story']}"


def _without_account() -> Iterator[dict[str, object]]:
    """Yield members of the cast who can make an account at /daftar/."""
    for number in range(1, len(CAST)):
        household = cast_family(SEED, number)
        living = [p for p in household.members if p.is_alive]
        if len(living) > 1 and living[1].birth_date.year < 2005:
            told = {"kk": household.kk, "phone": household.phone, "card": living[1].card}
            yield {**person_json(living[1]), **told}


def _make_key(folder: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = folder / _KEY
    private.touch(mode=0o600)
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / _PUBLIC_KEY).write_bytes(public)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
