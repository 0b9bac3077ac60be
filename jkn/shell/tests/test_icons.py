"""A page carries the symbols that it uses, each once, and no other."""

from __future__ import annotations

import re

import pytest

from jkn.shell import icons
from jkn.shell.tests.factories import SITI, a_page, a_request


def symbols_of(page: str) -> list[str]:
    return re.findall(r'<symbol id="(\w+)"', page)


def used_by(page: str) -> set[str]:
    return set(re.findall(r'<use href="#(\w+)"', page))


def test_a_page_carries_only_the_icons_it_uses():
    page = a_page(a_request(actor=SITI), '{{ icon("finger") }}{{ icon("finger") }}')
    assert "finger" in symbols_of(page)
    assert len(symbols_of(page)) == len(set(symbols_of(page)))
    assert set(symbols_of(page)) == used_by(page)


def test_the_next_page_starts_empty():
    a_page(a_request(), '{{ icon("cam") }}')
    assert "cam" not in symbols_of(a_page(a_request(), ""))


def test_an_icon_that_does_not_exist_is_a_bug():
    with pytest.raises(KeyError, match="unicorn"):
        icons.icon("unicorn")


def test_icons_are_hidden_from_readers():
    assert 'aria-hidden="true"' in icons.icon("home")
    icons.forget()
