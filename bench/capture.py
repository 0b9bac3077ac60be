"""Takes the application's own SQL, with its values, and writes it as a script for pgbench.

Each sample request runs for real in one transaction that is rolled back. Statements that every
sample has become the script; values that differ from sample to sample become columns of a table,
from which the script takes one row for each transaction.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from django.db import connection
from psycopg import sql as compose
from psycopg.adapt import PyFormat, Transformer

_PLACE = re.compile(r"%(?:\((?P<name>\w+)\))?[sb]|%%")
_SAVEPOINT = re.compile(r'(SAVEPOINT )"?s\w+"?')
_ELSEWHERE = "/jkn/core/db.py"


@dataclass(frozen=True, slots=True)
class Value:
    """One bound value as text, and the type under which the application sends it."""

    text: str | None
    kind: str  # "" where the server finds it out itself


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of one request, and the file of ours that sent it."""

    sql: str  # with {} where a value is bound
    values: tuple[Value, ...]
    part: str


@dataclass
class Script:
    """What pgbench needs, and which statements a request makes."""

    text: str
    lookup: str  # the same without the statements: what taking a row costs
    constants: dict[str, str] = field(default_factory=dict)
    statements: list[tuple[str, str]] = field(default_factory=list)  # (part, beginning of it)
    samples: int = 0


def captured(acts: Sequence[Callable[[], None]], *, table: str) -> Script:
    """Run every act, undo it, and return the script of the statements that they share."""
    runs = [statements_of(act) for act in acts]
    shape, _ = Counter(tuple(s.sql for s in run) for run in runs).most_common(1)[0]
    runs = [run for run in runs if tuple(s.sql for s in run) == shape]
    return _written(runs, table)


def statements_of(act: Callable[[], None]) -> list[Statement]:
    """Run one act, undo it, and return its statements."""
    seen: list[Statement] = []
    with _undone(seen), connection.execute_wrapper(_Recorder(seen)):
        act()
    return seen


@contextmanager
def _undone(seen: list[Statement]) -> Iterator[None]:
    """Keep one real transaction open below Django's own, note where those begin and end."""
    database: Any = connection
    database.ensure_connection()
    raw = database.connection
    raw.autocommit = False
    kept = database._set_autocommit, database._commit, database._rollback
    database._set_autocommit = lambda on: None if on else seen.append(_plain("BEGIN"))
    database._commit = lambda: seen.append(_plain("COMMIT"))
    database._rollback = lambda: seen.append(_plain("ROLLBACK"))
    try:
        yield
    finally:
        database._set_autocommit, database._commit, database._rollback = kept
        raw.rollback()
        raw.autocommit = True


def _plain(word: str) -> Statement:
    return Statement(word, (), "transaction")


class _Recorder:
    """An execute wrapper that notes each statement before it runs."""

    def __init__(self, seen: list[Statement]) -> None:
        self._seen = seen

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        self._seen.append(_statement(sql, params))
        return execute(sql, params, many, context)


def _statement(sql: str, params: Any) -> Statement:
    text = _SAVEPOINT.sub(r"\1bench", sql).strip()
    if not params:
        return Statement(_braced(text) if params is None else _braced(text % ()), (), _part())
    order: list[Any] = []
    rest = iter(params if not isinstance(params, dict) else ())

    def bound(match: re.Match[str]) -> str:
        if match.group() == "%%":
            return "%"
        order.append(params[match["name"]] if match["name"] else next(rest))
        return "{}"

    braced = _PLACE.sub(bound, _braced(text))
    transformer = Transformer(connection.connection)
    return Statement(braced, tuple(_value(transformer, v) for v in order), _part())


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _value(transformer: Any, value: Any) -> Value:
    if value is None:
        return Value(None, "")
    dumper = transformer.get_dumper(value, PyFormat.TEXT)
    raw = dumper.dump(value)
    return Value(None if raw is None else bytes(raw).decode(), _type_name(dumper.oid))


def _type_name(oid: int) -> str:
    info = connection.connection.adapters.types.get(oid) if oid else None
    if info is None:
        return ""
    return f"{info.regtype}[]" if oid == info.array_oid else info.regtype


def _part() -> str:
    """Return the file of ours from which a statement comes, such as `contribution/ledger.py`."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if "/jkn/" in name and not name.endswith(_ELSEWHERE):
            return name.rpartition("/jkn/")[2]
        frame = frame.f_back
    return "other"


def _written(runs: list[list[Statement]], table: str) -> Script:
    columns: dict[str, list[str]] = {}
    constants: dict[str, str] = {}
    lines: list[str] = []
    for number, same in enumerate(zip(*runs, strict=True)):
        places = []
        for place, values in enumerate(zip(*(s.values for s in same), strict=True)):
            places.append(_placed(f"v{number}_{place}", values, columns, constants))
        lines.append(same[0].sql.format(*places).replace("\n", " ") + ";")
    _fill(table, columns, len(runs))
    names = ", ".join(columns)
    lookup = f"SELECT {names} FROM bench.{table} WHERE n = :n \\gset\n"
    shown = [(s.part, " ".join(s.sql.split())[:60]) for s in runs[0]]
    text = "\n".join(lines) + "\n"
    return Script(lookup + text, lookup, constants, shown, len(runs))


def _placed(
    name: str, values: Sequence[Value], columns: dict[str, list[str]], constants: dict[str, str]
) -> str:
    texts = [v.text for v in values]
    kind = max((v.kind for v in values), key=lambda k: (k == "bigint", k == "integer", k))
    cast = f"::{kind}" if kind else ""
    if len(set(texts)) == 1:
        if texts[0] is None:
            return f"NULL{cast}"
        if texts[0] == "":  # pgbench takes no empty variable
            return f"''{cast}"
        constants[name] = texts[0]
        return f":{name}{cast}"
    if None in texts:
        raise ValueError(f"{name} is NULL in some samples only: pgbench cannot say that")
    columns[name] = [str(text) for text in texts]
    return f":{name}{cast}"


def _fill(table: str, columns: dict[str, list[str]], rows: int) -> None:
    place = compose.Identifier("bench", table)
    names = [compose.Identifier(name) for name in columns]
    shape = compose.SQL(", ").join(compose.SQL("{} text").format(name) for name in names)
    with connection.cursor() as cursor:
        for statement in (
            compose.SQL("CREATE SCHEMA IF NOT EXISTS bench"),
            compose.SQL("DROP TABLE IF EXISTS {}").format(place),
            compose.SQL("CREATE TABLE {} (n int PRIMARY KEY, {})").format(place, shape),
        ):
            cursor.execute(statement)
        with cursor.copy(compose.SQL("COPY {} FROM STDIN").format(place)) as copy:
            for row in range(rows):
                copy.write_row([row, *(texts[row] for texts in columns.values())])
        cursor.execute(compose.SQL("VACUUM ANALYZE {}").format(place))
