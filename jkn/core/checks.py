"""The system check "scale": refuses a model that could not go to many shards without a rewrite.

From `_meta` alone, without a database and without Citus. The rules are those of
docs/adr on keys: what a model says of its distribution must be true of its keys. Beside core/db.py
the only part of core that knows Django.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.checks import CheckMessage, Error
from django.db import models
from django.db.models import UniqueConstraint
from django.db.models.constants import LOOKUP_SEP

TAG = "scale"
NOT_DISTRIBUTED = ("reference", "local")
OURS = "jkn."


def check_scale(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Check every model of ours (the tests' settings may hold others)."""
    found = app_configs or apps.get_app_configs()
    ours = [m for config in found for m in config.get_models(include_auto_created=True)]
    return [e for m in ours if m.__module__.startswith(OURS) for e in faults_of(m)]


def faults_of(model: type[models.Model]) -> Iterator[CheckMessage]:
    """Yield what is wrong with one model's keys, constraints and relations."""
    distribution = getattr(model, "distribution", "")
    if not isinstance(distribution, str) or not distribution:
        yield _error(model, 1, "does not say its `distribution`")
        return
    yield from _sequences(model)
    if distribution in NOT_DISTRIBUTED:
        return
    columns = {f.attname: f for f in model._meta.concrete_fields}
    if distribution not in columns:
        yield _error(model, 1, f"is distributed by `{distribution}`, which is no column of it")
        return
    yield from _primary_key(model, distribution, null=columns[distribution].null)
    yield from _unique(model, distribution)
    yield from _relations(model, distribution)


def _sequences(model: type[models.Model]) -> Iterator[CheckMessage]:
    for field in model._meta.concrete_fields:
        if isinstance(field, models.AutoField | models.BigAutoField | models.SmallAutoField):
            yield _error(model, 3, f"takes `{field.name}` from a sequence; ids come from new_id()")


def _primary_key(model: type[models.Model], key: str, *, null: bool) -> Iterator[CheckMessage]:
    first = model._meta.pk_fields[0].attname
    if first != key:
        yield _error(model, 2, f"has a primary key that begins with `{first}`, not with `{key}`")
    if null:
        yield _error(model, 2, f"may have no `{key}`, so that nobody knows where the row lives")


def _unique(model: type[models.Model], key: str) -> Iterator[CheckMessage]:
    for field in model._meta.concrete_fields:
        if field.unique and not field.primary_key and field.attname != key:
            yield _error(model, 4, f"has `{field.name}` unique across `{key}`: a directory's work")
    for together in model._meta.unique_together:
        if key not in _columns(model, together):
            yield _error(model, 4, f"has {tuple(together)} unique together without `{key}`")
    for constraint in model._meta.constraints:
        names = _names_in(constraint)
        if names is not None and key not in _columns(model, names):
            yield _error(model, 4, f"has the constraint `{constraint.name}` without `{key}`")


def _names_in(constraint: models.BaseConstraint) -> set[str] | None:
    """Return the fields that a unique or exclusion constraint names, None for any other kind."""
    if isinstance(constraint, UniqueConstraint):
        return {*constraint.fields, *_named(constraint.expressions)}
    if isinstance(constraint, ExclusionConstraint):
        return set(_named(expression for expression, _ in constraint.expressions))
    return None


def _named(expressions: Iterable[Any]) -> Iterator[str]:
    """Yield the fields that expressions are about, however deep."""
    for expression in expressions:
        if isinstance(expression, str):
            yield expression
        elif isinstance(expression, models.F):
            path: str = expression.name  # type: ignore[attr-defined]
            yield path.split(LOOKUP_SEP)[0]
        else:
            yield from _named(expression.get_source_expressions())


def _columns(model: type[models.Model], names: Iterable[str]) -> set[str]:
    """Return the columns of fields: a constraint may name `family` and mean `family_id`."""
    known = {f.name: f.attname for f in model._meta.concrete_fields}
    return {known.get(name, name) for name in names}


def _relations(model: type[models.Model], key: str) -> Iterator[CheckMessage]:
    for many in model._meta.local_many_to_many:
        through: Any = many.remote_field.through
        if through._meta.auto_created:
            yield _error(model, 11, f"has a many-to-many `{many.name}` that Django keeps itself")
    for private in model._meta.private_fields:
        if hasattr(private, "ct_field"):
            yield _error(model, 11, f"has a generic relation `{private.name}`")
    for field in model._meta.fields:  # a relation of several columns has none of its own
        if isinstance(field, models.ForeignObject):
            yield from _relation(model, key, field)


def _relation(
    model: type[models.Model], key: str, field: models.ForeignObject[Any, Any]
) -> Iterator[CheckMessage]:
    other = getattr(field.related_model, "distribution", "")
    if other == "reference":
        return
    pairs = [(own.attname, theirs.attname) for own, theirs in field.related_fields]
    if (key, other) not in pairs:
        yield _error(model, 2, f"has a relation `{field.name}` without `{key}` on both sides")


def _error(model: type[models.Model], rule: int, says: str) -> Error:
    label = model._meta.label
    return Error(f"{label} {says}.", obj=model, id=f"{TAG}.E{rule:03}")
