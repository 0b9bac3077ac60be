"""Bills of registrations that everybody left before anything was paid."""

from __future__ import annotations

import jkn.contribution.rules
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contribution', '0019_former_figures'),
    ]

    operations = [
        migrations.AlterField(
            model_name='bill',
            name='status',
            field=models.CharField(choices=[('open', 'open'), ('paid', 'paid'), ('beyond_cap', 'beyond_cap'), ('forgiven', 'forgiven'), ('cancelled', 'cancelled')], default=jkn.contribution.rules.BillStatus['OPEN'], max_length=10),
        ),
    ]
