"""Where packs were seen, and what is in doubt about them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("supplychain", "0007_containers"),
    ]

    operations = [
        migrations.CreateModel(
            name="PackDoubt",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "pack",
                        "doubt",
                        "site",
                        "other",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("pack", models.CharField(max_length=64)),
                ("doubt", models.CharField(max_length=8)),
                ("site", models.CharField(max_length=13)),
                ("other", models.CharField(max_length=13)),
                ("gtin", models.CharField(max_length=14)),
                ("serial", models.CharField(max_length=20)),
                ("lot", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_by", models.CharField(blank=True, default="", max_length=13)),
                ("settled_why", models.CharField(blank=True, default="", max_length=500)),
            ],
            options={
                "ordering": ("-at",),
            },
        ),
        migrations.AddField(
            model_name="sighting",
            name="expected",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="sighting",
            name="pack",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddIndex(
            model_name="sighting",
            index=models.Index(
                condition=models.Q(("pack", ""), _negated=True),
                fields=["pack", "-at"],
                name="sighting_places",
            ),
        ),
        migrations.AddIndex(
            model_name="packdoubt",
            index=models.Index(fields=["at"], name="pack_doubt_at"),
        ),
    ]
