"""JKN_TILES_URL: an address that a policy of pages can name."""

from __future__ import annotations

import pytest

from jkn.config.environment import tiles


@pytest.mark.parametrize(
    "address",
    ["", "https://tiles.example/{z}/{x}/{y}.png", "/ubin/{z}/{y}/{x}?v=1",
     "https://tiles.example:8443/{z}/{x}/{y}", "http://localhost:8080/{z}/{x}/{y}.png"],
)  # fmt: skip
def test_an_address_of_tiles_is_taken(address):
    assert tiles(address) == address


@pytest.mark.parametrize(
    "address",
    ["http://tiles.example/{z}/{x}/{y}.png", "https://tiles.example/", "//tiles.example/{z}/{x}/{y}",
     "https://a; script-src */{z}/{x}/{y}", "https://{s}.tiles.example/{z}/{x}/{y}", "tiles",
     "https://tiles.example/{z}/{x}/{y}; script-src *", "javascript:/{z}/{x}/{y}"],
)  # fmt: skip
def test_what_a_policy_cannot_name_fails_loudly(address):
    with pytest.raises(ValueError, match="JKN_TILES_URL"):
        tiles(address)
