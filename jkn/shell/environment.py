"""The Jinja2 environment of all pages (`OPTIONS["environment"]` of Django's backend)."""

from __future__ import annotations

import uuid
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext, override
from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.runtime import Context
from jinja2.utils import missing
from markupsafe import Markup, escape

from jkn.core.bases import IN_WORDS
from jkn.core.clock import now
from jkn.core.money import rupiah
from jkn.core.words import MISSING
from jkn.shell import formats, icons


def environment(**options: Any) -> Environment:
    """Return the environment: autoescaped, translated, without blank lines.

    A name that no view gave is an error: a page never shows an empty place for a figure.
    """
    options["undefined"] = StrictUndefined
    env = Environment(  # noqa: S701 (autoescape comes with Django's options, always True)
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"], **options
    )
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(
        rupiah=rupiah,
        count=formats.count,
        day=formats.day,
        month=formats.month,
        clock=formats.clock,
        moment=formats.moment,
        say=say,
        law=law,
    )
    env.tests["nameless"] = is_nameless
    env.globals.update(
        _=ours,
        static=file_address,
        url=url,
        icon=icons.icon,
        symbols=icons.symbols,
        fresh_key=fresh_key,
        now=now,
    )
    return env


@pass_context
def ours(context: Context, message: str, /, **values: object) -> Markup:
    """Return a sentence of a template in the page's language, filled in; values are escaped.

    The sentence itself is not: it must be one of the code's own. What may come from data (a
    facility's name, a verb of the audit) goes through `say`.

    Jinja's own way (asking for the language, marking and filling each sentence anew) took a third
    of the card's time. Django's own sentences go through `say`.
    """
    language = context.resolve_or_missing("lang")
    if language is missing:  # a page without a request
        language = get_language()
    return _marked(language, message) % values if values else _filled(language, message)


@lru_cache(maxsize=2048)
def _marked(language: str, message: str) -> Markup:
    """Return a sentence that we wrote; Indonesian, in which we write, needs no catalogue."""
    if language == settings.LANGUAGE_CODE:
        return Markup(message)  # noqa: S704 (msgids are our own)
    with override(language):
        return Markup(gettext(message))  # noqa: S704 (so are their translations)


@lru_cache(maxsize=2048)
def _filled(language: str, message: str) -> Markup:
    return _marked(language, message) % {}


@lru_cache(maxsize=256)
def file_address(name: str) -> str:
    """Return the address of a static file; it cannot change while the process lives."""
    return static(name)


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """Return the address of a named route: `url("contribution:bill", bill.id)`."""
    return reverse(name, args=args, kwargs=kwargs)


def fresh_key() -> str:
    """Return a new idempotency key for a form that is shown the first time."""
    return str(uuid.uuid4())


def law(basis: str) -> Markup:
    """Return the basis of a figure: our own words translated, a law's name marked as Indonesian."""
    if get_language() == settings.LANGUAGE_CODE:
        return escape(basis)
    if basis in IN_WORDS:
        return escape(gettext(basis))
    return Markup('<span lang="id">{}</span>').format(basis)


def is_nameless(error: ValidationError) -> bool:
    """Whether an error does not say which field it is about: one left empty, in a general form."""
    return error.code == "required" and error.message == MISSING


def say(message: object) -> str:
    """Return a marked message (`N_`) in the reader's language; other text stays as it is.

    `_()` of templates also fills `%`; labels and errors come here already filled.
    """
    text = str(message)
    return gettext(text) if text else ""
