"""Database helpers that every model needs: keys that start with the family, sealed values,
prepared reads, dated figures. With `checks` and `commands` the only part of core that knows Django.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, TypeVar

from django.conf import settings
from django.db import connection, models

from jkn.core.figures import Figure
from jkn.core.ids import new_id
from jkn.core.sealing import Sealer, derived_key

M = TypeVar("M", bound=models.Model)


@lru_cache(maxsize=1)
def sealer() -> Sealer:
    """Return the sealer of this installation; its keys come from settings."""
    return Sealer(
        field_key=derived_key(settings.FIELD_SECRET, "field"),
        index_key=derived_key(settings.FIELD_SECRET, "index"),
    )


class FamilyModel(models.Model):
    """A row that belongs to one family (or ledger group): its key starts with the family."""

    distribution: ClassVar[str] = "family_id"

    pk = models.CompositePrimaryKey("family_id", "id")
    family_id = models.BigIntegerField()
    id = models.BigIntegerField(default=new_id)

    class Meta:
        abstract = True


def within(to: type[M], column: str, related_name: str) -> models.ForeignObject[M, M]:
    """Return a relation to another row of the same family: (family_id, column) → (family_id, id).

    Django makes no database constraint for it; the migration adds the composite foreign key.
    """
    return models.ForeignObject(
        to,
        on_delete=models.DO_NOTHING,
        from_fields=["family_id", column],
        to_fields=["family_id", "id"],
        related_name=related_name,
    )


class FacilityModel(models.Model):
    """A row that belongs to one facility: its key starts with the facility's code."""

    distribution: ClassVar[str] = "facility_id"

    pk = models.CompositePrimaryKey("facility_id", "id")
    facility_id = models.CharField(max_length=12)
    id = models.BigIntegerField(default=new_id)

    class Meta:
        abstract = True

    @property
    def public_id(self) -> str:
        """The id that others are told: it says whose row it is, and nothing else."""
        return f"{self.facility_id}-{self.id}"


def within_facility(to: type[M], column: str, related_name: str) -> models.ForeignObject[M, M]:
    """Return a relation to another row of the same facility, as `within` does for families."""
    return models.ForeignObject(
        to,
        on_delete=models.DO_NOTHING,
        from_fields=["facility_id", column],
        to_fields=["facility_id", "id"],
        related_name=related_name,
    )


class DatedFigure(models.Model):
    """A figure of law as a dated row; each module that has figures keeps its own table."""

    distribution: ClassVar[str] = "reference"

    id = models.BigIntegerField(primary_key=True, default=new_id)
    name = models.CharField(max_length=60)
    valid_from = models.DateField()
    value = models.BigIntegerField()
    basis = models.CharField(max_length=200)
    verified = models.BooleanField(default=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name} = {self.value} since {self.valid_from}"

    def as_figure(self) -> Figure:
        """Return the row as the plain value that rules take."""
        return Figure(self.name, self.valid_from, self.value, self.basis, self.verified)


class Prepared:
    """A read that is compiled once and later only bound.

    Compiling a queryset is the largest cost of a Django request. `build`
    makes the queryset from sentinel values; every sentinel must be found in its parameters, else
    compiling fails. Rows come as plain tuples in the order of `values_list`.
    """

    def __init__(
        self, build: Callable[..., models.QuerySet[Any, Any]], sentinels: Mapping[str, Any]
    ) -> None:
        self._build = build
        self._sentinels = dict(sentinels)
        self._sql = ""
        self._fixed: list[Any] = []
        self._slots: list[tuple[int, str, Callable[[Any], Any] | None]] = []

    def _compile(self) -> None:
        query = self._build(**self._sentinels).query
        sql, params = query.get_compiler(using="default").as_sql()
        self._fixed = list(params)
        for name, sentinel in self._sentinels.items():
            kind = type(sentinel)
            places = [i for i, p in enumerate(params) if isinstance(p, kind) and p == sentinel]
            if not places:
                raise LookupError(f"sentinel {name} is not a parameter of {sql}")
            # psycopg's own integers (Int8) say the column's type to the server: keep them so.
            self._slots += [
                (i, name, None if type(params[i]) is kind else type(params[i])) for i in places
            ]
        self._sql = sql

    def bound(self, **values: Any) -> tuple[str, list[Any]]:
        """Return the SQL and its parameters for these values."""
        if not self._sql:
            self._compile()
        params = list(self._fixed)
        for place, name, wrapped in self._slots:
            params[place] = wrapped(values[name]) if wrapped else values[name]
        return self._sql, params

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """Run the read with these values and return all rows."""
        return execute(*self.bound(**values))


def execute(sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """Run one hand-written statement; return its rows, or none where it yields none.

    psycopg prepares it on the server from the third time on (setting `prepare_threshold`).
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.pgresult.nfields else []  # cheaper than `description`
