"""What operators' commands have in common: words for people, one JSON object for programs.

Standard output carries the answer alone; progress and refusals in words go to standard error. The
exit code is 0 where all is well, 1 for a refusal, 2 for a word that cannot be read.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg.errors import UndefinedTable

from jkn.core.errors import Refused
from jkn.core.figures import MissingFigure

_INTERRUPTED = 130  # as a shell says it


@dataclass(frozen=True, slots=True)
class Said:
    """What a command did: for programs, for people, and what is not well although it was done."""

    told: Mapping[str, Any] | Sequence[Any]
    words: str
    fault: str = ""


def take_json(parser: ArgumentParser) -> None:
    """Take `--json`; a command of several acts takes it with each."""
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object, and nothing else"
    )


class Command(BaseCommand, ABC):
    """A command with `--json`: subclasses say in `act` what they did, and may refuse.

    A refusal is an object with `code` and `message` too, never a traceback.
    """

    requires_system_checks: list[str] = []  # half a second each time; `serve` and `make check` do

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--json`."""
        take_json(parser)

    @abstractmethod
    def act(self, options: Mapping[str, Any]) -> Said:
        """Do the work and return what was done."""

    def refusal(self, refused: Refused) -> tuple[dict[str, Any], str]:
        """Return a refusal for programs and in words."""
        message = refused.message.format(**refused.values)
        return {"code": refused.code, "message": message}, str(refused)

    def handle(self, *args: Any, **options: Any) -> None:
        """Act, print, and end with 1 where something was refused or is not well."""
        said = self._said(options)
        text = said.words
        if options.get("json"):
            text = json.dumps(said.told, ensure_ascii=False, default=str)
        if text:
            self.stdout.write(text)
        if said.fault:
            raise CommandError(said.fault)

    def _said(self, options: Mapping[str, Any]) -> Said:
        try:
            with _more_time():
                return self.act(options)
        except Refused as refused:
            told, words = self.refusal(refused)
            return Said(told, "", fault=words)
        except CommandError as error:
            return _broken("command.refused", str(error))
        except MissingFigure as missing:
            return _broken("figure.missing", f"no figure in force: {missing}")
        except OperationalError as error:
            first = str(error).partition("\n")[0]
            return _broken("database.unavailable", f"the database does not answer: {first}")
        except ProgrammingError as error:
            if not isinstance(error.__cause__, UndefinedTable):
                raise
            return _broken("database.empty", "the database has no tables: `manage.py migrate`")
        except KeyboardInterrupt:
            words = "stopped; what was done stays, and the same command goes on with the rest"
            raise CommandError(words, returncode=_INTERRUPTED) from None


@contextmanager
def _more_time() -> Iterator[None]:
    """Let a statement take as long as its transaction may: nobody waits at a page for a run."""
    connection_created.connect(_allow)
    try:
        yield
    finally:
        connection_created.disconnect(_allow)


def _allow(*, connection: BaseDatabaseWrapper, **_: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', current_setting('transaction_timeout'), false)"
        )


def _broken(code: str, words: str) -> Said:
    return Said({"code": code, "message": words}, "", fault=words)
