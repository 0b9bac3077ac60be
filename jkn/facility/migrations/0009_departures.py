"""Facilities that left an area: the table, and the trigger that fills it."""

from django.db import migrations, models

# Before the row changes, so that a move between areas always has a new version.
TRIGGER = """
CREATE FUNCTION facility_area(district text, code text) RETURNS text
LANGUAGE sql IMMUTABLE AS
$$ SELECT coalesce(replace(left(district, 5), '.', ''), left(code, 4)) $$;

CREATE FUNCTION facility_departs() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  taken bigint;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF facility_area(OLD.district_id, OLD.code) = facility_area(NEW.district_id, NEW.code) THEN
      RETURN NEW;
    END IF;
    taken := NEW.version;
  END IF;
  IF taken IS NULL OR taken <= OLD.version THEN
    UPDATE facility_directoryversion SET version = version + 1 WHERE id = 1
      RETURNING version INTO taken;
  END IF;
  INSERT INTO facility_departure (area, code, version)
    VALUES (facility_area(OLD.district_id, OLD.code), OLD.code, coalesce(taken, OLD.version))
    ON CONFLICT (area, code) DO UPDATE SET version = excluded.version;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  NEW.version := taken;
  RETURN NEW;
END $$;

CREATE TRIGGER facility_departs BEFORE DELETE OR UPDATE OF district_id ON facility_facility
FOR EACH ROW EXECUTE FUNCTION facility_departs();
"""
UNDO = """
DROP TRIGGER facility_departs ON facility_facility;
DROP FUNCTION facility_departs();
DROP FUNCTION facility_area(text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("facility", "0008_reviews")]
    operations = [
        migrations.CreateModel(
            name="Departure",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "area", "code", blank=True, editable=False, primary_key=True,
                        serialize=False,
                    ),
                ),
                ("area", models.CharField(max_length=4)),
                ("code", models.CharField(max_length=12)),
                ("version", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(TRIGGER, UNDO),
    ]
