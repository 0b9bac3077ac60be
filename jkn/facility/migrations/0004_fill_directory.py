"""Keys inside a facility, and our own tables: clinics, holidays, hospitals, made-up facilities."""

from django.conf import settings
from django.db import migrations

from jkn.facility import data
from jkn.facility.rules import PRIMARY, Kind

KEYS = (
    ("clinicoffer", "clinicoffer_of_facility", "facility_id", "facility_facility (code)"),
    ("doctor", "doctor_of_facility", "facility_id", "facility_facility (code)"),
    ("session", "session_of_doctor", "facility_id, doctor_id", "facility_doctor (facility_id, id)"),
    ("leave", "leave_of_doctor", "facility_id, doctor_id", "facility_doctor (facility_id, id)"),
)


def fill(apps, schema_editor):
    model = lambda name: apps.get_model("facility", name)  # noqa: E731
    model("DirectoryVersion").objects.create(id=1, version=1)
    model("Clinic").objects.bulk_create(
        model("Clinic")(code=c.code, name=c.name, words=c.words, source=c.source)
        for c in data.clinics()
    )
    model("Holiday").objects.bulk_create(
        model("Holiday")(day=day, name=name, basis="fixed by its date; the yearly decree is to be read")
        for day, name in data.holidays()
    )
    model("Facility").objects.bulk_create(
        model("Facility")(
            code=f.code,
            name=f.name,
            kind=f.kind.value,
            district_id=f.district,
            village_id=f.village or None,
            latitude=f.latitude,
            longitude=f.longitude,
            is_primary=False,
            source=f.source,
        )
        for f in data.hospitals()
    )
    if not settings.PRODUCTION:
        for row in data.demo():
            _make_up(model("Facility"), row)
    model("Facility").objects.update(version=1)


def _make_up(facility, row):
    facility.objects.update_or_create(
        code=row["code"],
        defaults={
            "kind": row["kind"],
            "grade": row["grade"],
            "name": row["name"],
            "district_id": row["district"],
            "village_id": row["village"],
            "address": row["address"],
            "phone": row["phone"],
            "latitude": float(row["latitude"]),
            "longitude": float(row["longitude"]),
            "hours": row["hours"],
            "services": row["services"].split(),
            "is_primary": Kind(row["kind"]) in PRIMARY,
            "is_fictional": True,
            "source": "made up for the demo",
        },
    )


def empty(apps, schema_editor):
    model = lambda name: apps.get_model("facility", name)  # noqa: E731
    for name in ("DirectoryVersion", "Clinic", "Holiday"):
        model(name).objects.all().delete()
    old = [f.code for f in data.facilities()]
    model("Facility").objects.exclude(code__in=old).delete()


class Migration(migrations.Migration):
    dependencies = [("facility", "0003_directory")]
    operations = [
        *(
            migrations.RunSQL(
                f"ALTER TABLE facility_{table} ADD CONSTRAINT {name}"
                f" FOREIGN KEY ({columns}) REFERENCES {target}",
                f"ALTER TABLE facility_{table} DROP CONSTRAINT {name}",
            )
            for table, name, columns, target in KEYS
        ),
        migrations.RunPython(fill, empty),
    ]
