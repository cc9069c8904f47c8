import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    """Let parties be suspended and keys give way to others."""

    dependencies = [
        ("ledger", "0003_audits_that_go_on"),
    ]

    operations = [
        migrations.AddField(
            model_name="key",
            name="successor",
            field=models.CharField(blank=True, default="", max_length=43),
        ),
        migrations.AddField(
            model_name="party",
            name="reinstated_by",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=64), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="party",
            name="suspended_by",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=64), blank=True, default=list, size=None
            ),
        ),
    ]
