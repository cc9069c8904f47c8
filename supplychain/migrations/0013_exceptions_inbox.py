from django.db import migrations, models


class Migration(migrations.Migration):
    """What does not agree, private to who found it."""

    dependencies = [
        ("supplychain", "0012_ends_are_undone_and_expiries_extended"),
    ]

    operations = [
        migrations.CreateModel(
            name="ExceptionCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gln", models.CharField(max_length=13)),
                ("source", models.CharField(max_length=90)),
                ("kind", models.CharField(max_length=24)),
                ("partner", models.CharField(blank=True, default="", max_length=13)),
                ("gtin", models.CharField(blank=True, default="", max_length=14)),
                ("lot", models.CharField(blank=True, default="", max_length=20)),
                ("found_lot", models.CharField(blank=True, default="", max_length=20)),
                ("serial", models.CharField(blank=True, default="", max_length=20)),
                ("expected", models.BigIntegerField(null=True)),
                ("found", models.BigIntegerField(null=True)),
                ("shipment", models.CharField(blank=True, default="", max_length=100)),
                ("order", models.CharField(blank=True, default="", max_length=100)),
                ("file", models.CharField(blank=True, default="", max_length=64)),
                ("words", models.CharField(blank=True, default="", max_length=500)),
                ("wanted", models.CharField(max_length=24)),
                ("entry_id", models.CharField(blank=True, default="", max_length=64)),
                ("output", models.SmallIntegerField(null=True)),
                ("opened_at", models.DateTimeField()),
                (
                    "owner",
                    models.CharField(
                        blank=True, default="", help_text="A user's name.", max_length=150
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(blank=True, default="", max_length=150)),
                ("closed_as", models.CharField(blank=True, default="", max_length=500)),
            ],
            options={
                "ordering": ("-opened_at", "-id"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["gln"],
                        name="case_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("gln", "source"), name="case_once")
                ],
            },
        ),
    ]
