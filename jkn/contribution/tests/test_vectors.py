"""The worked examples of membership and money: ours are those that were handed over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

OURS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
THEIRS = Path(__file__).resolve().parents[4] / "shared" / "data" / "test_vectors.json"
GROUPS = ("denda_pelayanan", "va", "ppu", "pbpu_keluarga", "reaktivasi")


def test_our_copy_holds_every_group_and_a_test_reads_each():
    tests = "".join(p.read_text(encoding="utf-8") for p in Path(__file__).parent.glob("test_*.py"))
    for group in GROUPS:
        assert OURS[group]
        assert f'VECTORS["{group}"]' in tests


@pytest.mark.skipif(not THEIRS.exists(), reason="../shared/data/test_vectors.json is not here")
@pytest.mark.parametrize("group", GROUPS)
def test_our_copy_is_as_it_was_handed_over(group):
    assert OURS[group] == json.loads(THEIRS.read_text(encoding="utf-8"))[group]
