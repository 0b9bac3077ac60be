"""Fills areas and facilities from our own table; production gets no fictional facility."""

from django.conf import settings
from django.db import migrations

from jkn.facility import data
from jkn.facility.rules import PRIMARY


def fill(apps, schema_editor):
    district = apps.get_model("facility", "District")
    village = apps.get_model("facility", "Village")
    facility = apps.get_model("facility", "Facility")
    district.objects.bulk_create(district(code=a.code, name=a.name) for a in data.districts())
    village.objects.bulk_create(
        village(code=a.code, name=a.name, district_id=a.code.rpartition(".")[0])
        for a in data.villages()
    )
    facility.objects.bulk_create(
        facility(
            code=f.code,
            name=f.name,
            kind=f.kind.value,
            district_id=f.district,
            village_id=f.village or None,
            address=f.address,
            latitude=f.latitude,
            longitude=f.longitude,
            is_approximate=True,
            is_primary=f.kind in PRIMARY,
            is_fictional=f.is_fictional,
            source=f.source,
        )
        for f in data.facilities()
        if not (f.is_fictional and settings.PRODUCTION)
    )


def empty(apps, schema_editor):
    for name in ("Facility", "Village", "District"):
        apps.get_model("facility", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("facility", "0001_initial")]
    operations = [migrations.RunPython(fill, empty)]
