"""The simulated population register (Dukcapil). Protocol: docs/reference/register.md.

It knows every made-up person by computing, not by a table, and it can be slow, failing or lying:
for the special people of `cast.SPECIALS`, and for all by its page.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from jkn.nonprod.cast import SPECIALS, UNKNOWN_NIK, SpecialPerson, cast_family, newcomers
from jkn.nonprod.partners.http import (
    App,
    BadRequest,
    Cut,
    Request,
    Response,
    command_line,
    json_response,
    page,
    redirect,
    serve,
    style,
)
from jkn.nonprod.people import DemoFamily, DemoPerson, family_number_of

SLOW_SECONDS = 8.0  # longer than PARTNER_TIMEOUT_SECONDS of the settings
MOODS = {
    "truth": "menjawab benar",
    "slow": "lambat (8 detik)",
    "failing": "galat 500",
    "lying": "JSON rusak",
    "silent": "memutus sambungan",
}


@dataclass
class Register:
    """One register for one seed. `mood` is how it behaves to everybody."""

    seed: int
    slow_seconds: float = SLOW_SECONDS
    mood: str = "truth"
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def app(self) -> App:
        """Return its program."""
        app = App()
        app.route("POST", "/lookup", self.lookup)
        app.route("GET", "/", self.show)
        app.route("POST", "/mood", self.change_mood)
        app.route("GET", "/people.json", self.people)
        app.route("GET", "/gaya.css", style)
        return app

    def lookup(self, request: Request) -> Response:
        """Answer whether NIK, KK and birth date belong together, and who lives there."""
        nik, kk, birth_date = _asked(request.json)
        special = _SPECIALS.get(nik)
        mood = special.says if special and self.mood == "truth" else self.mood
        if mood == "failing":
            return json_response({"error": "internal error"}, 500)
        if mood == "lying":
            return Response(200, b'{"match": true, "person": {"nik": "')
        if mood == "silent":
            raise Cut
        if mood == "slow":
            time.sleep(self.slow_seconds)
        return self._truth(nik, kk, birth_date)

    def _truth(self, nik: str, kk: str | None, birth_date: str | None) -> Response:
        found = self._found(nik)
        if found is None:
            return json_response({"error": "unknown nik"}, 404)
        household, person = found
        differs = [
            name
            for name, sent, true in (
                ("kk", kk, household.kk),
                ("birth_date", birth_date, person.birth_date.isoformat()),
            )
            if sent is not None and sent != true
        ]
        if differs:
            return json_response({"match": False, "differs": differs})
        return json_response(
            {
                "match": True,
                "person": person_json(person),
                "family": [person_json(p) for p in household.members],
                "address": {
                    "kelurahan": household.village,
                    "street": f"Jalan Contoh No. {int(household.kk[-4:]) % 200 + 1}",
                },
            }
        )

    def _found(self, nik: str) -> tuple[DemoFamily, DemoPerson] | None:
        if special := _SPECIALS.get(nik):
            return special.household, special.person
        number = family_number_of(self.seed, nik)
        if number is None:
            return None
        household = cast_family(self.seed, number)
        return next(((household, p) for p in household.members if p.nik == nik), None)

    def show(self, request: Request) -> Response:
        """Show who can register, and how the register behaves."""
        return page(
            "register.jinja",
            moods=MOODS,
            mood=self.mood,
            newcomers=newcomers(self.seed),
            specials=SPECIALS,
            unknown=UNKNOWN_NIK,
        )

    def change_mood(self, request: Request) -> Response:
        """Change how the register behaves to everybody, from its page or a test."""
        mood = request.form.get("mood", "")
        if mood not in MOODS:
            raise BadRequest("unknown mood")
        with self._lock:
            self.mood = mood
        return redirect("/")

    def people(self, request: Request) -> Response:
        """Return the families that can register, for tests."""
        return json_response(
            {
                "newcomers": [household_json(h) for h in newcomers(self.seed)],
                "specials": [special_json(s) for s in SPECIALS],
                "unknown": UNKNOWN_NIK,
            }
        )


_SPECIALS = {special.person.nik: special for special in SPECIALS}


def _asked(body: dict[str, Any]) -> tuple[str, str | None, str | None]:
    """Return the NIK, KK and birth date that were sent; the last two may be left out."""
    nik, kk, birth_date = body.get("nik"), body.get("kk"), body.get("birth_date")
    if not (isinstance(nik, str) and re.fullmatch(r"[0-9]{16}", nik)):
        raise BadRequest("nik must be 16 digits")
    if kk is not None and not (isinstance(kk, str) and re.fullmatch(r"[0-9]{16}", kk)):
        raise BadRequest("kk must be 16 digits")
    if birth_date is not None and not (
        isinstance(birth_date, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", birth_date)
    ):
        raise BadRequest("birth_date must be YYYY-MM-DD")
    return nik, kk, birth_date


def person_json(person: DemoPerson) -> dict[str, object]:
    """Return a person in the register's words."""
    return {
        "nik": person.nik,
        "name": person.name,
        "birth_date": person.birth_date.isoformat(),
        "sex": person.sex.value,
        "relation": person.relation.value,
        "alive": person.is_alive,
    }


def household_json(household: DemoFamily) -> dict[str, object]:
    """Return a family that can register, with all that is typed for it."""
    return {
        "kk": household.kk,
        "kelurahan": household.village,
        "phone": household.phone,
        "members": [person_json(p) for p in household.members],
    }


def special_json(special: SpecialPerson) -> dict[str, object]:
    """Return a special person, with what is typed to see the trouble."""
    return {
        **household_json(special.household),
        "says": special.says,
        "story": special.story,
        "typed_kk": special.typed_kk,
        "typed_birth_date": special.typed_birth_date.isoformat(),
    }


def main() -> None:
    """Serve the people of a seed until told to stop."""
    parser = command_line("register")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    serve(Register(chosen.seed).app(), chosen.port)


if __name__ == "__main__":
    main()
