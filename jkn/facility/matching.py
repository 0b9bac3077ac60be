"""Finds names by their spelling among many: exact counts of common grams, by sets of bits. Pure.

A set of places is one large integer, a bit for each place. Adding such sets up bit by bit counts
for all places at once how many grams of a query each has; 40,000 of them cost microseconds.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_SPARSE = 100  # a gram that fewer than one in so many places has is kept as a list of numbers
# A place is found when it has this share of the query's grams, and of what the best place has.
_OF_QUERY, _OF_BEST = 0.4, 0.75


class Sets:
    """For each word (a gram, a kind, a clinic) the set of the places that have it."""

    def __init__(self, words_of: Iterable[Iterable[str]]) -> None:
        lists: dict[str, array[int]] = {}
        count = 0
        for place, words in enumerate(words_of):
            count = place + 1
            for word in words:
                known = lists.get(word)
                if known is None:
                    known = lists[word] = array("I")
                known.append(place)
        self._bytes = count // 8 + 1
        few = count // _SPARSE
        self._kept: dict[str, int | array[int]] = {
            word: places if len(places) <= few else self._joined(places)
            for word, places in lists.items()
        }

    def _joined(self, places: Iterable[int]) -> int:
        bits = bytearray(self._bytes)
        for place in places:
            bits[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(bits, "little")

    def get(self, word: str) -> int:
        """Return the set of the places that have the word; 0 where none has."""
        kept = self._kept.get(word, 0)
        return kept if isinstance(kept, int) else self._joined(kept)

    def items(self) -> Iterator[tuple[str, int]]:
        """Yield each word with its set."""
        return ((word, self.get(word)) for word in self._kept)


def places_in(bits: int) -> Iterator[int]:
    """Yield the places of a set, lowest first."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of some sets each place is in, as the binary digits of that number."""

    digits: Sequence[int]

    @classmethod
    def of(cls, sets: Iterable[int]) -> Counts:
        """Count all places at once."""
        digits: list[int] = []
        for one in sets:
            carry = one
            for i, digit in enumerate(digits):
                if not carry:
                    break
                digits[i], carry = digit ^ carry, digit & carry
            if carry:
                digits.append(carry)
        return cls(digits)

    def exactly(self, number: int, among: int) -> int:
        """Return the places among `among` that are in exactly so many sets."""
        if number >> len(self.digits):
            return 0
        for i, digit in enumerate(self.digits):
            among &= digit if number >> i & 1 else ~digit
        return among

    def most(self, among: int) -> int:
        """Return the largest number that any place among `among` has."""
        number = 0
        for i in reversed(range(len(self.digits))):
            higher = among & self.digits[i]
            if higher:
                among, number = higher, number | 1 << i
        return number


@dataclass(frozen=True, slots=True)
class Matches:
    """What a query found among the places `among`: hits in all their texts, and in the name."""

    hits: Counts
    name_hits: Counts
    among: int

    @property
    def best(self) -> int:
        """The most grams of the query that any place has."""
        return self.hits.most(self.among)

    def at_least(self, number: int) -> int:
        """Return the places with so many hits or more."""
        found = 0
        for hits in range(number, (1 << len(self.hits.digits))):
            found |= self.hits.exactly(hits, self.among)
        return found

    def ranked(self, least: int) -> Iterator[tuple[int, int, int]]:
        """Yield (hits, hits in the name, place), most hits first, then as places are numbered."""
        for hits in range(self.best, least - 1, -1):
            level = self.hits.exactly(hits, self.among)
            if not level:
                continue
            for in_name in range(self.name_hits.most(level), -1, -1):
                for place in places_in(self.name_hits.exactly(in_name, level)):
                    yield hits, in_name, place


def match(query: Iterable[str], *, texts: Sets, names: Sets, among: int) -> Matches:
    """Compare the grams of a query with those of all places."""
    wanted = sorted(query)
    return Matches(
        Counts.of(texts.get(gram) for gram in wanted),
        Counts.of(names.get(gram) for gram in wanted),
        among,
    )


def least_hits(*, asked: int, best: int) -> int:
    """Return from how many hits on a place is found: `asked` grams, `best` of the best place.

    At least one, so that nothing is found by nothing.
    """
    return max(1, -(-int(asked * _OF_QUERY * 100) // 100), -(-best * int(_OF_BEST * 100) // 100))
