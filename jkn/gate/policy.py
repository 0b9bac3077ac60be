"""Who may use what. Default deny: a door without one of these is closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jkn.core.actor import Actor, Level, Role
from jkn.core.errors import Forbidden, SignInNeeded
from jkn.core.words import N_


@dataclass(frozen=True, slots=True)
class Who:
    """A group of callers by name, and the test that an actor belongs to it."""

    name: str
    admits: Callable[[Actor], bool]
    is_public: bool = False


ANYONE = Who("anyone", lambda actor: True, is_public=True)
SIGNED_IN = Who("signed-in", lambda actor: actor.role is not Role.PARTNER)
# Members and those who want to become one. Who works here has an account of their own for that.
PERSON = Who("person", lambda actor: actor.role is Role.MEMBER)
MEMBER = Who(
    "member",
    lambda actor: actor.family_id is not None and actor.level >= Level.REGISTER_MATCHED,
)
STAFF = Who("staff", lambda actor: actor.role in (Role.FACILITY, Role.BRANCH))
FACILITY = Who("facility", lambda actor: actor.role is Role.FACILITY)
BRANCH = Who("branch", lambda actor: actor.role is Role.BRANCH)
ADMIN = Who("admin", lambda actor: actor.role is Role.ADMIN)
EMPLOYER = Who(
    "employer",
    lambda actor: actor.role is Role.EMPLOYER and actor.employer_id is not None,
)
# Partners prove themselves by signature inside the door, over the raw bytes.
PARTNER = Who("partner", lambda actor: True, is_public=True)


def require(who: Who, actor: Actor | None) -> None:
    """Raise `SignInNeeded` or `Forbidden` where the actor may not pass."""
    if who.is_public:
        return
    if actor is None:
        raise SignInNeeded("signin.needed", N_("Masuk dulu untuk membuka halaman ini."))
    if who is MEMBER and actor.role is Role.MEMBER and actor.family_id is None:
        raise Forbidden(
            "membership.none", N_("Akun ini belum punya kepesertaan. Daftar di halaman Daftar.")
        )
    if not who.admits(actor):
        raise Forbidden("forbidden", N_("Akun Anda tidak punya hak untuk ini."))
