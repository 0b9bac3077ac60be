"""What the system may say no with. Each kind of door turns these into its own kind of answer."""

from __future__ import annotations


class Refused(Exception):
    """A rule says no. `code` is stable and for machines; `message` is for people, in Indonesian.

    The message is a gettext msgid with `{name}` placeholders; the door translates and fills it
    with `values`, so that one refusal serves every language.
    """

    def __init__(self, code: str, message: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return f"{self.code}: {self.message.format(**self.values)}"


class Conflict(Refused):
    """The thing is in another state than the caller believes; nothing was changed."""


class Forbidden(Refused):
    """The person is known, but may not do this."""


class SignInNeeded(Refused):
    """Nobody is signed in, or the sign-in has ended."""


class Limited(Refused):
    """Too often; `retry_after` says in how many seconds it is possible again."""

    def __init__(self, code: str, message: str, *, retry_after: int, **values: object) -> None:
        super().__init__(code, message, **values)
        self.retry_after = retry_after


class Unavailable(Refused):
    """Ours or a partner's machine does not answer; it is not the person's fault."""


class NotFound(Exception):
    """There is no such thing, or it is not theirs to see: the two look alike."""
