"""How an organisation's loggers are read is said once, and kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Mappings by model, offsets of clocks by device."""

    dependencies = [("supplychain", "0018_profiles_of_ones_own")]

    operations = [
        migrations.CreateModel(
            name="LoggerClock",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "gln",
                        "device",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("gln", models.CharField(max_length=13)),
                ("device", models.CharField(max_length=64)),
                ("zone", models.CharField(max_length=6)),
                ("said_by", models.CharField(max_length=150)),
                ("said_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="LoggerMapping",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "gln",
                        "model",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("gln", models.CharField(max_length=13)),
                ("model", models.CharField(max_length=64)),
                ("mapping", models.JSONField()),
                ("said_by", models.CharField(max_length=150)),
                ("said_at", models.DateTimeField()),
            ],
            options={"ordering": ("model",)},
        ),
    ]
