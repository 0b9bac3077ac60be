"""The population register (Dukcapil) as an HTTP partner; its protocol is docs/reference/register.md.

Wire names are allowed here and nowhere above.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec
from django.conf import settings

from jkn.core.errors import Unavailable
from jkn.core.ids import new_id
from jkn.core.words import N_
from jkn.gate.outside import Silent, post_json
from jkn.membership.rules import Relation

DOWN = N_("Data kependudukan belum menjawab. Isian Anda tersimpan; kami coba lagi.")


Nik = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{16}$")]
Name = Annotated[
    str, msgspec.Meta(pattern=r"^[^\x00-\x1f]*[^\s\x00-\x1f][^\x00-\x1f]*$", max_length=120)
]


class RegisterPerson(msgspec.Struct, frozen=True):
    """One person of a family card, as the register knows them."""

    nik: Nik
    name: Name
    birth_date: date
    sex: Literal["f", "m"]
    relation: Relation
    alive: bool = True


class RegisterAddress(msgspec.Struct, frozen=True):
    """Where the family lives: the kelurahan's code."""

    kelurahan: Annotated[str, msgspec.Meta(max_length=13)]


class RegisterAnswer(msgspec.Struct, frozen=True):
    """Whether what was sent matches one person, which fields differ, and the family card."""

    match: bool
    differs: tuple[str, ...] = ()
    family: tuple[RegisterPerson, ...] = ()
    address: RegisterAddress | None = None


_decoder = msgspec.json.Decoder(RegisterAnswer)
UNKNOWN = RegisterAnswer(match=False, differs=("nik",))


def look_up(*, nik: str, kk: str, birth_date: date) -> RegisterAnswer:
    """Ask the register whether NIK, KK and birth date belong together.

    Raises `Unavailable("register.down")` when it is slow, fails or answers nonsense: none of
    these says anything about the person.
    """
    body = {"nik": nik, "kk": kk, "birth_date": birth_date.isoformat()}
    try:
        heard = post_json(f"{settings.REGISTER_URL}/lookup", body, {"X-Request-Id": str(new_id())})
        if heard.status == 404:
            return UNKNOWN
        if heard.status != 200:
            raise Silent
        return _checked(_decoder.decode(heard.body), nik)
    except (Silent, msgspec.DecodeError, ValueError):
        raise Unavailable("register.down", DOWN) from None


def _checked(answer: RegisterAnswer, nik: str) -> RegisterAnswer:
    """Return the answer; raises `ValueError` where it does not hold together."""
    if not answer.match:
        if not set(answer.differs) & {"nik", "kk", "birth_date"}:
            raise ValueError("differs in nothing that was asked")
        return answer
    niks = [person.nik for person in answer.family]
    living = {person.nik for person in answer.family if person.alive}
    if nik not in living or len(set(niks)) != len(niks) or answer.address is None:
        raise ValueError("incoherent answer")
    return answer
