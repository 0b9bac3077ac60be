"""Commands for operators: an answer alone on standard output, and no traceback whatever happens."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from datetime import date
from io import StringIO

import pytest
from django.core.management.base import CommandError
from django.db import OperationalError, ProgrammingError, connection
from psycopg.errors import UndefinedColumn, UndefinedTable

from jkn.core import commands
from jkn.core.db import execute
from jkn.core.errors import Refused
from jkn.core.figures import MissingFigure
from jkn.core.options import a_count, a_day


class Acts(commands.Command):
    """A command that raises what it is given, or says that it did something."""

    def __init__(self, raises: BaseException | None, **said: str) -> None:
        super().__init__(stdout=StringIO(), stderr=StringIO())
        self._raises, self._fault = raises, said.get("fault", "")

    def act(self, options):
        if self._raises:
            raise self._raises
        return commands.Said({"made": 3}, "3 made", fault=self._fault)


def run(command: Acts, *, is_json: bool) -> str:
    command.handle(json=is_json)
    return str(command.stdout.getvalue())


def test_what_was_done_is_said_once_in_the_form_that_was_asked_for():
    assert run(Acts(None), is_json=False) == "3 made\n"
    assert run(Acts(None), is_json=True) == '{"made": 3}\n'


class Asks(Acts):
    """A command that says how long a statement of its own may take."""

    def act(self, options):
        ((limit,),) = execute("SHOW statement_timeout")
        return commands.Said({}, limit)


@pytest.mark.django_db(transaction=True)
def test_a_statement_of_a_command_may_take_longer_than_one_of_a_page():
    connection.close()
    assert run(Asks(None), is_json=False) == "1min\n"
    connection.close()
    assert execute("SHOW statement_timeout") == [("15s",)]


def test_what_is_not_well_ends_with_1_and_still_says_what_was_done():
    acts = Acts(None, fault="one lacks a tariff")
    with pytest.raises(CommandError, match="one lacks a tariff"):
        run(acts, is_json=True)
    assert json.loads(acts.stdout.getvalue()) == {"made": 3}


@pytest.mark.parametrize(
    ("raises", "code", "says"),
    [
        (Refused("bill.late", "Sudah lewat {day}.", day=5), "bill.late", "Sudah lewat 5."),
        (CommandError("no such file"), "command.refused", "no such file"),
        (MissingFigure("child_age on 2014-01-01"), "figure.missing", "child_age on 2014-01-01"),
        (OperationalError("refused\n\tIs it running?"), "database.unavailable", "refused"),
    ],
)
def test_a_refusal_has_a_code_and_words_and_no_traceback(raises, code, says):
    for is_json in (True, False):
        acts = Acts(raises)
        with pytest.raises(CommandError, match=says) as refused:
            run(acts, is_json=is_json)
        assert refused.value.returncode == 1
        out = acts.stdout.getvalue()
        told = json.loads(out) if is_json else {}
        assert told.get("code", code) == code
        assert says in told.get("message", says)
        assert is_json or out == ""


def wrong(cause: Exception) -> ProgrammingError:
    error = ProgrammingError(str(cause))
    error.__cause__ = cause
    return error


def test_a_database_without_tables_says_what_makes_them():
    with pytest.raises(CommandError, match=r"no tables: `manage\.py migrate`"):
        run(Acts(wrong(UndefinedTable("relation"))), is_json=True)
    with pytest.raises(ProgrammingError, match="column"):  # a slip of ours is left to be seen
        run(Acts(wrong(UndefinedColumn("column"))), is_json=True)


def test_an_interrupt_ends_as_a_shell_says_it():
    with pytest.raises(CommandError, match="goes on with the rest") as stopped:
        run(Acts(KeyboardInterrupt()), is_json=True)
    assert stopped.value.returncode == 130


@pytest.mark.parametrize("text", ["0", "-5", "", "x", "1.5", "٣", "1234567890"])
def test_a_count_is_a_whole_number_above_zero(text):
    assert a_count("5000") == 5000
    with pytest.raises(ArgumentTypeError, match="whole number above 0"):
        a_count(text)


@pytest.mark.parametrize("text", ["0001-01-01", "2013-12-31", "2101-01-01", "9999-12-31"])
def test_a_day_before_jkn_or_beyond_this_age_is_a_slip_of_the_pen(text):
    assert a_day("2048-02-29") == date(2048, 2, 29)
    with pytest.raises(ArgumentTypeError, match="2014-01-01 to 2100-12-31"):
        a_day(text)
