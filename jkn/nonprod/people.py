"""Made-up people of Kota Bekasi: pure functions of (seed, family number).

The numbers of a person are computed from the family's number by reversible steps, so every NIK,
KK, card and phone of `MOST` families is unique without a table, and the population register
finds a person from a NIK alone.

Layout: number n → place p (a permutation of 0..MOST-1 that the seed shifts) → mixed radix of
area (12 kecamatan), birthday (336: days 1 to 28) and household (1,249). The serial of a NIK is
8 x household + position in the family + 1; serials from 9993 are left for the special people.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from jkn.core.identifiers import WOMEN_DAY_OFFSET
from jkn.facility import data
from jkn.nonprod.names import LAST, MEN, WOMEN

HOUSEHOLDS, BIRTHDAYS, AREAS = 1249, 336, 12
MOST = HOUSEHOLDS * BIRTHDAYS * AREAS  # 5,035,968 families
LARGEST_FAMILY = 8
NEWCOMERS_FROM = 900_000_000  # families that only the register knows
NEWCOMERS = 1_000  # how many of them there are
AS_OF = 2026  # ages are plausible in this year

_STEP = 3_141_601  # has no factor of MOST: n x step mod MOST is a permutation
_STEP_BACK = pow(_STEP, -1, MOST)
_CARD_STEP = 7_230_961_847  # odd and no multiple of 5: a permutation of ten digits
_TEN_DIGITS = 10**10


class Sex(StrEnum):
    """Sex as civil registration writes it."""

    FEMALE = "f"
    MALE = "m"


class Relation(StrEnum):
    """What a person is to the head of the family."""

    HEAD = "head"
    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"


class Story(StrEnum):
    """How a family's membership stands when the demo begins."""

    PAID = "paid"  # self-paying, this month is paid
    OPEN_BILL = "open_bill"  # self-paying, covered, this month is open
    SUSPENDED = "suspended"  # self-paying, `months_owed` months before this one are open
    CANDIDATE = "candidate"  # registered, first contribution awaited
    LAPSED = "lapsed"  # registered, the virtual account ran out
    PBI = "pbi"  # paid by the central government
    PBI_REGIONAL = "pbi_regional"  # paid by the city
    REMOVED_PBI = "removed_pbi"  # no longer on the government's list
    WORKER = "worker"  # PPU
    NEWCOMER = "newcomer"  # no member: only the register knows them


class DemoPerson(NamedTuple):
    """One made-up person; `card` is the JKN card number, were they a member.

    A named tuple like `Part`: hundreds of thousands are made, and it costs half of a dataclass.
    """

    nik: str
    card: str
    name: str
    birth_date: date
    sex: Sex
    relation: Relation
    is_alive: bool = True


@dataclass(frozen=True, slots=True)
class DemoFamily:
    """One made-up family. The head comes first; `months_owed` only matters when suspended."""

    number: int
    kk: str
    village: str
    phone: str
    members: tuple[DemoPerson, ...]
    care_class: str
    story: Story
    months_owed: int = 0

    @property
    def head(self) -> DemoPerson:
        """The head of the family."""
        return self.members[0]


class Part(NamedTuple):
    """What is chosen, not computed, for one person of the fixed cast."""

    name: str
    age: int  # on 22 November 2026
    sex: Sex
    relation: Relation
    is_alive: bool = True


@dataclass(frozen=True, slots=True)
class Role:
    """What is chosen for one family of the fixed cast; `care_class` "" for those without one."""

    title: str
    parts: tuple[Part, ...]
    care_class: str
    story: Story
    months_owed: int = 0


def place_of(seed: int, number: int) -> int:
    """Return the place of a family: different numbers, different places."""
    index = number if number < NEWCOMERS_FROM else MOST - NEWCOMERS + number - NEWCOMERS_FROM
    return (index * _STEP + _shift(seed)) % MOST


def number_at(seed: int, place: int) -> int:
    """Return the family number of a place: the reverse of `place_of`."""
    index = (place - _shift(seed)) * _STEP_BACK % MOST
    newest = MOST - NEWCOMERS
    return index if index < newest else NEWCOMERS_FROM + index - newest


def family(seed: int, number: int, cast: tuple[Role, ...] = ()) -> DemoFamily:
    """Return a family; the first numbers play the roles of `cast`, where one is given."""
    place = place_of(seed, number)
    chance = _Chance(seed, number)
    if number < len(cast):
        role = cast[number]
        return _assembled(number, place, chance, role.parts, role)
    parts = _household(chance)
    return _assembled(number, place, chance, parts, _role(number, chance, parts))


def family_number_of(seed: int, nik: str) -> int | None:
    """Return which family a NIK would belong to, or None where the layout has no such NIK.

    The person is theirs only if `family` of that number then shows the same NIK.
    """
    area, serial = int(nik[:6]) - 327_501, int(nik[12:])
    day, month = int(nik[6:8]) % WOMEN_DAY_OFFSET, int(nik[8:10])
    if not (0 <= area < AREAS and 1 <= serial <= HOUSEHOLDS * LARGEST_FAMILY and 1 <= day <= 28):
        return None
    household, position = divmod(serial - 1, LARGEST_FAMILY)
    birthday = ((month - 1) * 28 + day - 1 - _offset(area, household, position)) % BIRTHDAYS
    return number_at(seed, (area * BIRTHDAYS + birthday) * HOUSEHOLDS + household)


class _Chance:
    """Draws from 64 bytes that seed and number give; much cheaper than a generator each."""

    __slots__ = ("_left",)

    def __init__(self, seed: int, number: int) -> None:
        digest = hashlib.blake2b(b"%d:%d" % (seed, number)).digest()
        self._left = int.from_bytes(digest, "little")

    def below(self, limit: int) -> int:
        """Return a number from 0 to limit - 1."""
        self._left, drawn = divmod(self._left, limit)
        return drawn

    def one_of(self, names: tuple[str, ...]) -> str:
        """Return one of the values."""
        self._left, drawn = divmod(self._left, len(names))
        return names[drawn]


@lru_cache(maxsize=16)
def _shift(seed: int) -> int:
    return int.from_bytes(hashlib.blake2b(b"shift:%d" % seed).digest()[:8], "little") % MOST


@lru_cache(maxsize=1)
def _villages() -> tuple[tuple[str, ...], ...]:
    """Return the kelurahan codes of each of the 12 kecamatan."""
    codes: tuple[list[str], ...] = tuple([] for _ in range(AREAS))
    for village in data.villages():
        codes[int(village.code[6:8]) - 1].append(village.code)
    return tuple(tuple(c) for c in codes)


def _offset(area: int, household: int, position: int) -> int:
    """Return how far a birthday is from the family's own; knows nothing of the birthday itself.

    That is what keeps a NIK unique: for one area and serial, other families, other birthdays.
    """
    return (
        (household * 131 + position * 8_191 + area * 29) * 2_654_435_761 % 4_294_967_291 % BIRTHDAYS
    )


def _household(chance: _Chance) -> tuple[Part, ...]:
    """Return who lives together: a head, mostly a spouse, up to four children, rarely a parent."""
    last = chance.one_of(LAST)
    head_age = 24 + chance.below(48)
    is_woman = chance.below(6) == 0
    sex, other = (Sex.FEMALE, Sex.MALE) if is_woman else (Sex.MALE, Sex.FEMALE)
    parts = [Part(_name(chance, sex, last), head_age, sex, Relation.HEAD)]
    mother_age = head_age
    if not is_woman and chance.below(5):
        mother_age = max(20, head_age - chance.below(7))
        parts.append(Part(_name(chance, other, ""), mother_age, other, Relation.SPOUSE))
    youngest, oldest = max(0, mother_age - 42), min(mother_age - 20, 24)
    if oldest > youngest and len(parts) + is_woman > 1:
        for _ in range((0, 1, 1, 2, 2, 2, 3, 4)[chance.below(8)]):
            child = Sex.FEMALE if chance.below(2) else Sex.MALE
            age = youngest + chance.below(oldest - youngest + 1)
            parts.append(Part(_name(chance, child, last), age, child, Relation.CHILD))
    if chance.below(12) == 0 and head_age < 50:
        age = head_age + 24
        parts.append(Part(_name(chance, Sex.FEMALE, ""), age, Sex.FEMALE, Relation.PARENT))
    return tuple(parts)


def _name(chance: _Chance, sex: Sex, last: str) -> str:
    first = chance.one_of(WOMEN if sex is Sex.FEMALE else MEN)
    return f"{first} {last or chance.one_of(LAST)}"


# Of a thousand families. Kota Bekasi's own shares are not known; these give each story its cases.
_SHARES = (
    (Story.PAID, 430), (Story.OPEN_BILL, 180), (Story.SUSPENDED, 90), (Story.CANDIDATE, 10),
    (Story.LAPSED, 10), (Story.PBI, 130), (Story.PBI_REGIONAL, 40), (Story.REMOVED_PBI, 10),
    (Story.WORKER, 100),
)  # fmt: skip
_STORIES = tuple(story for story, share in _SHARES for _ in range(share))
_MONTHS_OWED = (1, 1, 1, 2, 2, 3, 4, 5, 6, 8, 11, 12, 13, 18, 24, 30)


def _role(number: int, chance: _Chance, parts: tuple[Part, ...]) -> Role:
    if number >= NEWCOMERS_FROM:
        return Role("", parts, "", Story.NEWCOMER)
    story = _STORIES[chance.below(1000)]
    care_class = "332213"[chance.below(6)]
    if story in (Story.PBI, Story.PBI_REGIONAL, Story.REMOVED_PBI):
        care_class = "3"
    elif story is Story.WORKER:
        care_class = "12"[chance.below(2)]
    months = _MONTHS_OWED[chance.below(len(_MONTHS_OWED))] if story is Story.SUSPENDED else 0
    return Role("", parts, care_class, story, months)


def _assembled(
    number: int, place: int, chance: _Chance, parts: tuple[Part, ...], role: Role
) -> DemoFamily:
    rest, household = divmod(place, HOUSEHOLDS)
    area, birthday = divmod(rest, BIRTHDAYS)
    members = tuple(
        _person(part, place, area, birthday, household, position)
        for position, part in enumerate(parts)
    )
    month, day = divmod(birthday, 28)
    year = chance.below(20) + 5  # the year in which the family card was issued, 2005 to 2024
    return DemoFamily(
        number=number,
        kk=f"3275{area + 1:02}{day + 1:02}{month + 1:02}{year:02}{household + 1:04}",
        village=chance.one_of(_villages()[area]),
        phone=f"62800{place:08}",  # 0800 is a toll-free prefix: no mobile number begins so
        members=members,
        care_class=role.care_class,
        story=role.story,
        months_owed=role.months_owed,
    )


def _person(
    part: Part, place: int, area: int, birthday: int, household: int, position: int
) -> DemoPerson:
    month, day = divmod((birthday + _offset(area, household, position)) % BIRTHDAYS, 28)
    # Whoever has no birthday before 22 November was born a year earlier.
    year = AS_OF - part.age - ((month, day) > (10, 21))
    woman = WOMEN_DAY_OFFSET if part.sex is Sex.FEMALE else 0
    serial = household * LARGEST_FAMILY + position + 1
    ordinal = place * LARGEST_FAMILY + position
    return DemoPerson(
        nik=f"3275{area + 1:02}{day + 1 + woman:02}{month + 1:02}{year % 100:02}{serial:04}",
        card=f"000{ordinal * _CARD_STEP % _TEN_DIGITS:010}",
        name=part.name,
        birth_date=date(year, month + 1, day + 1),
        sex=part.sex,
        relation=part.relation,
        is_alive=part.is_alive,
    )
