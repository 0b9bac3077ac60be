"""The check "scale": our models pass it, and each fault that was planted is named."""

from __future__ import annotations

import itertools
from datetime import date

import pytest
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.management import CommandError, call_command
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Lower
from django.test.utils import isolate_apps

from jkn.core import checks
from jkn.core.db import FamilyModel, execute, within
from jkn.core.ids import new_id
from jkn.facility.models import Facility
from jkn.membership.models import Member, StatusChange
from jkn.membership.tests.factories import a_family, members_of

_numbers = itertools.count()


def codes(model):
    return sorted(e.id for e in checks.faults_of(model))


def planted(*bases, **attributes):
    """Return a model made for one test; its name is its own."""
    name = f"Planted{next(_numbers)}"
    meta = type("Meta", (), {"app_label": "planted", **attributes.pop("Meta", {})})
    values = {"__module__": "jkn.planted", "Meta": meta, **attributes}
    return type(name, bases or (models.Model,), values)


def own_key(**more):
    """Return a model distributed by its own key, as an account is."""
    return planted(
        distribution="id", id=models.BigIntegerField(primary_key=True, default=new_id), **more
    )


def test_our_models_can_go_to_many_shards():
    assert checks.check_scale() == []
    call_command("check", tags=["scale"])


@isolate_apps()
def test_good_models_of_each_kind_pass():
    reference = planted(
        distribution="reference", code=models.CharField(max_length=8, primary_key=True),
        name=models.CharField(max_length=9, unique=True),
    )  # fmt: skip
    family = planted(
        FamilyModel, month=models.IntegerField(),
        Meta={
            "constraints": [models.UniqueConstraint(fields=["family_id", "month"], name="x")],
        },
    )  # fmt: skip
    below = planted(
        FamilyModel, bill_id=models.BigIntegerField(), bill=within(family, "bill_id", "lines"),
        place=models.ForeignKey(reference, models.PROTECT, related_name="+"),
    )  # fmt: skip
    for model in (reference, family, below, own_key()):
        assert codes(model) == []


@isolate_apps()
@pytest.mark.parametrize("said", [{}, {"distribution": ""}, {"distribution": None}])
def test_a_model_that_does_not_say_where_its_rows_live(said):
    model = planted(id=models.BigIntegerField(primary_key=True), **said)
    assert codes(model) == ["scale.E001"]


@isolate_apps()
def test_a_distribution_that_is_no_column():
    model = planted(distribution="family_id", id=models.BigIntegerField(primary_key=True))
    assert codes(model) == ["scale.E001"]


@isolate_apps()
def test_a_key_that_does_not_begin_with_the_family():
    single = planted(
        distribution="family_id", id=models.BigIntegerField(primary_key=True),
        family_id=models.BigIntegerField(),
    )  # fmt: skip
    turned = planted(
        distribution="family_id", pk=models.CompositePrimaryKey("id", "family_id"),
        id=models.BigIntegerField(), family_id=models.BigIntegerField(),
    )  # fmt: skip
    assert codes(single) == codes(turned) == ["scale.E002"]


@isolate_apps()
def test_a_row_that_may_have_no_family():
    model = planted(
        distribution="family_id", id=models.BigIntegerField(),
        family_id=models.BigIntegerField(null=True),
        pk=models.CompositePrimaryKey("family_id", "id"),
    )  # fmt: skip
    assert codes(model) == ["scale.E002"]


@isolate_apps()
@pytest.mark.parametrize("kind", [models.AutoField, models.BigAutoField, models.SmallAutoField])
@pytest.mark.parametrize("distribution", ["id", "reference", "local"])
def test_an_id_from_a_sequence(kind, distribution):
    model = planted(distribution=distribution, id=kind(primary_key=True))
    assert codes(model) == ["scale.E003"]


@isolate_apps()
def test_the_id_that_django_adds_by_itself():
    assert codes(planted(distribution="reference")) == ["scale.E003"]


@isolate_apps()
def test_what_is_unique_across_families():
    by_field = planted(FamilyModel, nik=models.CharField(max_length=16, unique=True))
    together = planted(
        FamilyModel, a=models.IntegerField(), b=models.IntegerField(),
        Meta={"unique_together": [("a", "b")]},
    )  # fmt: skip
    constraint = planted(
        FamilyModel, nik=models.CharField(max_length=16),
        Meta={"constraints": [models.UniqueConstraint(fields=["nik"], name="nik_once")]},
    )  # fmt: skip
    expression = planted(
        FamilyModel, name=models.CharField(max_length=16),
        Meta={"constraints": [models.UniqueConstraint(Lower("name"), name="name_once")]},
    )  # fmt: skip
    for model in (by_field, together, constraint, expression):
        assert codes(model) == ["scale.E004"]
    fine = planted(
        FamilyModel, name=models.CharField(max_length=16),
        Meta={"constraints": [models.UniqueConstraint("family_id", Lower("name"), name="ok")]},
    )  # fmt: skip
    assert codes(fine) == []


@isolate_apps()
def test_an_exclusion_across_families():
    def with_expressions(*expressions):
        return planted(
            FamilyModel, day=models.DateField(),
            Meta={"constraints": [ExclusionConstraint(name="x", expressions=list(expressions))]},
        )  # fmt: skip

    day, family = ("day", RangeOperators.EQUAL), (models.F("family_id"), RangeOperators.EQUAL)
    assert codes(with_expressions(day)) == ["scale.E004"]
    assert codes(with_expressions(family, day)) == []


@isolate_apps()
def test_relations_that_leave_the_family():
    bill = planted(FamilyModel)
    account = own_key()
    to_account = planted(
        FamilyModel, account=models.ForeignKey(account, models.PROTECT, related_name="+")
    )
    without_family = planted(
        FamilyModel, bill_id=models.BigIntegerField(),
        bill=models.ForeignObject(
            bill, models.DO_NOTHING, from_fields=["bill_id"], to_fields=["id"], related_name="+"
        ),
    )  # fmt: skip
    from_elsewhere = own_key(
        bill_id=models.BigIntegerField(),
        bill=models.ForeignObject(
            bill, models.DO_NOTHING, from_fields=["bill_id"], to_fields=["id"], related_name="+"
        ),
    )
    for model in (to_account, without_family, from_elsewhere):
        assert codes(model) == ["scale.E002"]


@isolate_apps("django.contrib.contenttypes")
def test_tables_that_django_would_make_itself():
    from django.contrib.contenttypes.fields import GenericForeignKey  # noqa: PLC0415

    reference = planted(
        distribution="reference", code=models.CharField(max_length=8, primary_key=True)
    )
    many = own_key(tags=models.ManyToManyField(reference, related_name="+"))
    generic = own_key(
        kind=models.BigIntegerField(), number=models.BigIntegerField(),
        thing=GenericForeignKey("kind", "number"),
    )  # fmt: skip
    assert codes(many) == codes(generic) == ["scale.E011"]


def test_a_bad_model_stops_the_check_command(monkeypatch):
    monkeypatch.setattr(Facility, "distribution", "family_id")
    with pytest.raises(CommandError, match="Facility is distributed by `family_id`"):
        call_command("check", tags=["scale"])


@pytest.mark.django_db
def test_an_orphan_is_refused_by_the_composite_key():
    family, stranger = a_family(), a_family(names=("Wati Lestari",))
    member, hers = members_of(family)[0], members_of(stranger)[0]
    for member_id in (new_id(), hers.id):  # nobody's, and a true one of another family
        with pytest.raises(IntegrityError, match="change_of_member"), transaction.atomic():
            StatusChange.objects.create(
                family_id=family.family_id, member_id=member_id, event="died", status="deceased",
                since=date(2026, 1, 1), by_account=0, by_name="x", reason="",
            )  # fmt: skip
    row = Member.objects.filter(family_id=family.family_id, id=member.id).values().get()
    with pytest.raises(IntegrityError, match="member_of_family"), transaction.atomic():
        Member.objects.create(**{**row, "family_id": new_id()})


@pytest.mark.django_db
def test_the_tables_themselves_begin_with_their_key_and_use_no_sequence():
    rows = execute(
        "SELECT c.relname, (SELECT attname FROM pg_attribute a"
        "   WHERE a.attrelid = c.oid AND a.attnum = i.indkey[0])"
        " FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE i.indisprimary"
        " AND c.relname LIKE ANY (ARRAY['membership_%%', 'contribution_%%', 'audit_entry'])"
    )
    firsts = dict(rows)
    for name in ("membership_member", "membership_family", "contribution_bill",
                 "contribution_posting", "contribution_payment"):  # fmt: skip
        assert firsts[name] == "family_id"
    assert firsts["audit_entry"] == "group_id"
    ours = "membership|contribution|account|audit|gate|notice|facility"
    sequences = execute("SELECT relname FROM pg_class WHERE relkind = 'S' AND relname ~ %s", [ours])
    assert sequences == []
