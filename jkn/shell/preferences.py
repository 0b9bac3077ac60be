"""How a person wants the pages shown. It lives in one cookie on the phone and needs no account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jkn.core.words import N_

COOKIE = "tampilan"
YEAR_SECONDS = 365 * 24 * 3600

THEMES = (("auto", N_("Ikuti ponsel")), ("light", N_("Terang")), ("dark", N_("Gelap")))
SIZES = (("normal", N_("Biasa")), ("big", N_("Huruf besar")))
VIEWS = (("full", N_("Lengkap")), ("simple", N_("Sederhana")))
DATA = (("normal", N_("Biasa")), ("saver", N_("Hemat data")))


@dataclass(frozen=True, slots=True)
class Preferences:
    """One person's choices; every field has the value that nobody had to choose."""

    theme: str = "auto"
    size: str = "normal"
    view: str = "full"
    data: str = "normal"

    @property
    def simple(self) -> bool:
        """Whether "Tampilan sederhana" is on: big type, three main buttons."""
        return self.view == "simple"

    @property
    def saver(self) -> bool:
        """Whether "Hemat data" is on: small photos, nothing fetched by itself."""
        return self.data == "saver"

    def words(self) -> str:
        """Return the cookie's value: the choices that differ from the usual, such as `dark.big`."""
        usual = Preferences()
        pairs = (
            (self.theme, usual.theme),
            (self.size, usual.size),
            (self.view, usual.view),
            (self.data, usual.data),
        )
        return ".".join(mine for mine, theirs in pairs if mine != theirs)


def preferences_from(cookies: Mapping[str, str]) -> Preferences:
    """Return the choices of a request's cookies; what is not known counts as not chosen."""
    words = cookies.get(COOKIE, "").split(".")
    return Preferences(
        theme=next((w for w in words if w in {"light", "dark"}), "auto"),
        size="big" if "big" in words else "normal",
        view="simple" if "simple" in words else "full",
        data="saver" if "saver" in words else "normal",
    )
