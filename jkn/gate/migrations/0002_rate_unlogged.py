"""The count of this second needs no safety: a crash may forget it, so it writes no log."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("gate", "0001_initial")]

    operations = [
        migrations.RunSQL("ALTER TABLE gate_rate SET UNLOGGED", "ALTER TABLE gate_rate SET LOGGED"),
    ]
