"""Marking of messages. The door that shows a message translates it; this only makes it findable."""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802 (gettext's own name for it)
    """Return the message as it is; Babel extracts it through the keyword `N_`."""
    return message


# Of a field left empty, where its form has no sentence of its own: pages then name the field.
MISSING = N_("Bagian ini wajib diisi.")
