"""Text from outside: what can be kept as text at all."""

from __future__ import annotations


def is_text(value: object) -> bool:
    """Whether every string in a decoded JSON value, names included, can be kept as text.

    No database column takes NUL, and half of a surrogate pair is no letter; both can be written
    in JSON as an escape.
    """
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str) and ("\0" in one or not _is_unicode(one)):
            return False
        if isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list | tuple):
            waiting += one
    return True


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
