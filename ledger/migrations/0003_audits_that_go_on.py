"""An audit keeps how far it has come, so that one which was killed goes on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns for what an audit must know to go on."""

    dependencies = [("ledger", "0002_append_only_triggers")]

    operations = [
        migrations.AddField("auditrun", "is_continuous", models.BooleanField(default=False)),
        migrations.AddField("auditrun", "steps", models.BigIntegerField(default=0)),
        migrations.AddField("auditrun", "progress", models.JSONField(default=dict)),
        migrations.AddField("auditrun", "share", models.FloatField(default=1.0)),
        migrations.AddField(
            "auditrun", "seed", models.CharField(blank=True, default="", max_length=64)
        ),
        migrations.AlterField(
            "auditrun", "finished_at", models.DateTimeField(blank=True, null=True)
        ),
        migrations.AlterField("auditrun", "whole", models.BooleanField(default=False)),
    ]
