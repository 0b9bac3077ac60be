"""How names are compared: case, accents and spaces never count, small mistakes little. Pure.

Two texts are compared by their grams: groups of three letters of the text without spaces. So
"Jati Asih" is "Jatiasih", and "puskemas" is still nearly "puskesmas".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

LONGEST_QUERY = 100  # letters; nothing in the directory has a longer name
_SIZE = 3
_WORDS = re.compile("[a-z0-9]+")
_START = "^"  # before the first letters of a word: what a query of one or two letters is found by


def folded(text: str) -> str:
    """Return lower-case ASCII words with one space between: "RSIA Séhat, Jati-Asih" → "rsia sehat
    jati asih". What has no such letters (emoji, signs) becomes nothing.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(_WORDS.findall(text.lower()))


def squeezed(text: str) -> str:
    """Return a text folded and without its spaces, as it is compared."""
    return folded(text).replace(" ", "")


def grams(parts: Iterable[str]) -> set[str]:
    """Return the grams by which a thing with these texts is found."""
    return set().union(*map(_grams, parts))


@lru_cache(maxsize=500)  # kinds, areas and services are the same for many
def _grams(part: str) -> frozenset[str]:
    words = folded(part)
    found = _threes(words.replace(" ", ""))
    for word in words.split():
        found |= {_START + word[:1], _START + word[:2]}
    return frozenset(found)


def grams_of_query(query: str) -> set[str]:
    """Return the grams of what somebody typed; of one or two letters, the beginning of a word."""
    text = squeezed(query)
    if len(text) >= _SIZE:
        return _threes(text)
    return {_START + text} if text else set()


def _threes(text: str) -> set[str]:
    return {text[i : i + _SIZE] for i in range(len(text) - _SIZE + 1)}
