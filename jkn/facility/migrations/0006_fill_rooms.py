"""Classes of rooms, and the key of beds to their facility."""

from django.db import migrations

from jkn.facility import data


def fill(apps, schema_editor):
    room_class = apps.get_model("facility", "RoomClass")
    room_class.objects.bulk_create(
        room_class(code=code, name=name, source="codes in public client code; to be checked")
        for code, name in data.room_classes()
    )


def empty(apps, schema_editor):
    apps.get_model("facility", "RoomClass").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("facility", "0005_beds")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE facility_bed ADD CONSTRAINT bed_of_facility"
            " FOREIGN KEY (facility_id) REFERENCES facility_facility (code)",
            "ALTER TABLE facility_bed DROP CONSTRAINT bed_of_facility",
        ),
        migrations.RunPython(fill, empty),
    ]
