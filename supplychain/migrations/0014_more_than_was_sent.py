import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("supplychain", "0013_exceptions_inbox"),
    ]

    operations = [
        migrations.CreateModel(
            name="OverReceipt",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "stream_id",
                        "entry_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("stream_id", models.UUIDField()),
                ("entry_id", models.CharField(max_length=64)),
                ("giver", models.CharField(max_length=13)),
                ("receiver", models.CharField(max_length=13)),
                ("quantity", models.BigIntegerField()),
                ("packs", models.CharField(blank=True, default="", max_length=64)),
                (
                    "serials",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("at", models.DateTimeField()),
                ("admitted_by", models.CharField(max_length=64, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("admitted_by__isnull", True)),
                        fields=["giver"],
                        name="over_open",
                    )
                ],
            },
        ),
    ]
