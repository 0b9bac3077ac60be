"""Every command of ours says in one sentence that the database is away, and ends with 1."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.core.management import ManagementUtility, load_command_class
from django.db import connections

from jkn.config.environment import ROOT
from jkn.core.commands import Command
from jkn.nonprod import demo

AWAY = "postgresql://jkn@127.0.0.1:1/jkn"  # nothing listens at port 1
NIK = "3275014101900001"
FILES = {
    "amnesty": "number,reason\n8888800000000011,meninggal\n",
    "facilities": "kode,nama,jenis,kecamatan,kelurahan\n9999R001,RS Uji,rumah sakit,Jati Asih,Jatirasa\n",
    "reconcile": "Tanggal;Keterangan;Debit;Kredit;Saldo\n20/11/2026;SETOR;;5;5\n",
}
# What a command cannot do without; {file} is its file of above. Others are called bare.
WORDS = {
    "amnesty": ["{file} --dry-run"],
    "bill_month": ["2026-12"],
    "facilities": ["import {file}"],
    "partner": [
        "list", "revoke snap x", "add snap --client-id x --secret x --public-key {file}",
        "add bpjs --cons-id 1 --secret x --user-key x --facility 3275R001",
    ],
    "reconcile": ["{file}"],
    "staff": [f"close --nik {NIK}", f"add --role branch --name Andi --nik {NIK}"],
    "trial_balance": ["2026-11"],
}  # fmt: skip
WITHOUT = {
    "openapi": "tells the code",
    "partners": "programs without our database",
    "routes": "tells the code",
    "serve": "waits two minutes for the database, then says so",
    "templates": "compiles files",
}


def ours() -> dict[str, str]:
    """Return every command of our modules with its module."""
    files = (ROOT / "jkn").glob("*/management/commands/[a-z]*.py")
    return {file.stem: f"jkn.{file.parents[2].name}" for file in files}


CALLS = [
    (name, words)
    for name in sorted(ours().keys() - WITHOUT)
    for words in WORDS.get(name, [""])
]  # fmt: skip


@pytest.fixture(autouse=True)
def away(monkeypatch, django_db_blocker, tmp_path, settings) -> Iterator[None]:
    """Let the process's database be an address where nothing listens."""
    monkeypatch.setenv("DATABASE_URL", AWAY)
    monkeypatch.setenv("JKN_VAR", str(tmp_path))
    settings.VAR = tmp_path
    before, gone = connections["default"], connections.create_connection("default")
    gone.settings_dict = {**gone.settings_dict, "HOST": "127.0.0.1", "PORT": "1"}
    connections["default"] = gone
    with django_db_blocker.unblock():
        yield
    connections["default"] = before


def run(capsys, words: list[str]) -> tuple[object, str, str]:
    """Run a command as the shell does; return exit code, output and what was said of errors."""
    with pytest.raises(SystemExit) as ended:
        ManagementUtility(["manage.py", *words]).execute()
    return ended.value.code, *capsys.readouterr()


@pytest.mark.parametrize(("name", "words"), CALLS, ids=[" ".join(call) for call in CALLS])
def test_a_command_without_its_database_says_so_in_one_sentence(name, words, capsys, tmp_path):
    demo.bank_keys(demo.Place(tmp_path, 8000, "http://localhost:8000", AWAY))  # for register_bank
    file = tmp_path / f"{name}.csv"
    file.write_text(FILES.get(name, "x"))
    typed = [name, *words.format(file=file).split()]
    code, out, err = run(capsys, typed)
    assert (code, out) == (1, "")
    assert err.startswith("CommandError: the database does not answer: ")
    assert err.count("\n") == 1
    if isinstance(load_command_class(ours()[name], name), Command):  # all but `demo`
        code, out, _ = run(capsys, [*typed, "--json"])
        assert (code, json.loads(out)["code"]) == (1, "database.unavailable")
