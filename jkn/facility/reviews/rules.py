"""Rules of reviews: stars by aspect, what a text must not hold, states, averages. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from jkn.core.errors import Conflict, Refused
from jkn.core.words import N_

MOST_STARS = 5
LONGEST = 1_000  # characters of a review or an answer


class Aspect(StrEnum):
    """What stars are given for."""

    WAITING = "waiting"  # how long one waited
    STAFF = "staff"  # how one was treated
    CLARITY = "clarity"  # how well things were explained
    CLEANLINESS = "cleanliness"


class State(StrEnum):
    """Whether a review is seen by all."""

    SHOWN = "shown"
    HIDDEN = "hidden"


class Verdict(StrEnum):
    """What the branch decides on a review."""

    HIDE = "hide"
    RESTORE = "restore"
    KEEP = "keep"  # reported, and nothing wrong with it


NEXT = {
    (State.SHOWN, Verdict.HIDE): State.HIDDEN,
    (State.SHOWN, Verdict.KEEP): State.SHOWN,
    (State.HIDDEN, Verdict.RESTORE): State.SHOWN,
}


def next_state(state: State, verdict: Verdict) -> State:
    """Return the state after a verdict; refuses `review.decided` what is so already."""
    try:
        return NEXT[state, verdict]
    except KeyError:
        raise Conflict(
            "review.decided", N_("Ulasan ini sudah diputuskan begitu. Muat ulang halaman.")
        ) from None


@dataclass(frozen=True, slots=True)
class Spread:
    """How many gave 1 to 5 stars for one aspect."""

    aspect: Aspect
    counts: tuple[int, ...]  # of 1 star, 2 stars … 5 stars

    @property
    def persons(self) -> int:
        """How many reviews there are."""
        return sum(self.counts)

    @property
    def tenths(self) -> int:
        """The average in tenths of a star, halves rounded up: 43 is 4.3."""
        stars = sum(n * count for n, count in enumerate(self.counts, start=1))
        return (20 * stars + self.persons) // (2 * self.persons)


def spreads(counted: Iterable[tuple[str, int, int]], *, at_least: int) -> tuple[Spread, ...]:
    """Return the spread of each aspect from (aspect, stars, how many); nothing from too few.

    Few reviews say little of a facility and much of who wrote them.
    """
    counts: Mapping[Aspect, list[int]] = {a: [0] * MOST_STARS for a in Aspect}
    for aspect, stars, persons in counted:
        counts[Aspect(aspect)][stars - 1] += persons
    found = tuple(Spread(a, tuple(counts[a])) for a in Aspect)
    return found if found[0].persons >= max(at_least, 1) else ()


_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def tidy(text: str) -> str:
    """Return a text without what nobody can see, its lines trimmed; what stands there stays."""
    seen = _CONTROL.sub("", _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    return "\n".join(line.strip() for line in seen.strip().split("\n"))


_HOURS = re.compile(r"\b(?:[01]?\d|2[0-4])[.:]\d\d\s*(?:-|–|sampai|s\.?d\.?)\s*\d?\d[.:]\d\d\b")
_CONTACTS = (
    re.compile(r"[\w.+-]+\s*(?:@|\(at\)|\[at\])\s*[\w-]+(?:\s*(?:\.|\(dot\)|\[dot\])\s*\w{2,})+"),
    re.compile(r"(?:https?|ftp)\s*:\s*/\s*/\s*\S+|\bwww\s*\.\s*\S+"),
    re.compile(
        r"\b[a-z0-9-]+(?:\.[a-z0-9-]+)*"
        r"\.(?:com|net|org|id|co|info|biz|my|me|ly|io|app|site|online|link|xyz|shop|store)\b"
        r"(?:/\S*)?"
    ),
    re.compile(r"\b(?:ig|instagram|telegram|fb|facebook|tiktok)\s*[:=]\s*\S+"),
    re.compile(r"(?<!\w)@\w{3,}"),
    re.compile(r"(?:\+\s?|\b)(?:62|0)(?:[\s.()/-]*\d){7,}"),  # 9 digits or more from 0 or 62
    re.compile(r"\b\d(?:[\s.-]?\d){12,}\b"),  # card, NIK, account of a bank
)


def contacts_in(text: str) -> tuple[str, ...]:
    """Return what could be used to reach or identify somebody: phones, e-mails, links, numbers."""
    plain = _HOURS.sub(" ", unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold())
    plain = "".join(str(unicodedata.digit(c, c)) for c in plain)
    found: list[str] = []
    for pattern in _CONTACTS:
        found += [m.group().strip() for m in pattern.finditer(plain)]
        plain = pattern.sub(" ", plain)
    return tuple(dict.fromkeys(found))


_LOOKALIKE = re.compile(r"(?<=[a-z])[013457@$!](?=[a-z])")
_MEANT = dict(zip("013457@$!", "oieastasi", strict=True))
_ENDINGS = ("nya", "lah", "kau", "lu", "mu", "lo")


def insults_in(text: str, insults: Sequence[str]) -> tuple[str, ...]:
    """Return the insults of the list that a text holds, however they are spelled.

    Letters drawn out (goblooook), look-alikes (g0bl0k), letters apart (g o b l o k, g.o.b.l.o.k),
    and endings (gobloknya) count; a longer word that only contains one does not.
    """
    words = _words(text)
    said = f" {' '.join(words)} "
    return tuple(i for i in insults if f" {' '.join(_words(i))} " in said)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text)).casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = _LOOKALIKE.sub(lambda m: _MEANT[m.group()], plain)
    words = re.findall(r"[^\W\d_]+", plain)
    joined: list[str] = []
    letters = ""
    for word in [*words, ".."]:
        if len(word) == 1:
            letters += word
            continue
        if letters:
            joined.append(letters)
        letters = ""
        joined.append(word)
    return [_root(re.sub(r"(.)\1+", r"\1", word)) for word in joined[:-1]]


def _root(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 5:
            return word.removesuffix(ending)
    return word


def check_text(text: str, *, insults: Sequence[str]) -> None:
    """Refuse a text that others will read with what is to be taken out; nothing else is judged."""
    contacts = contacts_in(text)
    if contacts:
        raise Refused(
            "review.contact", N_("Hapus kontak atau nomor ini dari tulisan: {found}."),
            found=", ".join(contacts)[:100],
        )  # fmt: skip
    said = insults_in(text, insults)
    if said:
        raise Refused(
            "review.insult", N_("Hapus kata ini: {found}. Ceritakan saja apa yang terjadi."),
            found=", ".join(said)[:100],
        )  # fmt: skip
