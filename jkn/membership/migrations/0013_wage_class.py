"""The class of a family of workers follows its wages; what no listed wage gives is kept beside it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("membership", "0012_billed_from")]

    operations = [
        migrations.AddField(
            model_name="family",
            name="unlisted_class",
            field=models.CharField(max_length=8, null=True),
        ),
        migrations.AddIndex(
            model_name="family",
            index=models.Index(
                condition=models.Q(("unlisted_class__gt", "")),
                fields=["family_id"],
                name="family_raised",
            ),
        ),
    ]
