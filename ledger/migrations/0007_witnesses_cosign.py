"""Cosignatures, of which the first of each witness stays, and how we stand with each witness."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).with_name("sql")


class Migration(migrations.Migration):
    """Two tables; the SQL that keeps the first one stands beside this file."""

    dependencies = [
        ("ledger", "0006_completeness_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="WitnessState",
            fields=[
                ("name", models.TextField(primary_key=True, serialize=False)),
                ("key_id", models.CharField(max_length=8)),
                ("size", models.BigIntegerField(default=0)),
                ("line", models.TextField(blank=True, default="")),
                ("line_at", models.DateTimeField(blank=True, null=True)),
                ("answer", models.CharField(blank=True, default="", max_length=200)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("failures", models.IntegerField(default=0)),
                ("next_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Cosignature",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("size", models.BigIntegerField()),
                ("witness", models.TextField()),
                ("key_id", models.CharField(max_length=8)),
                ("line", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-size", "witness"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("size", "witness", "key_id"), name="ledger_cosignature_first"
                    )
                ],
            },
        ),
        migrations.RunSQL(
            sql=(SQL / "cosignatures_stay.sql").read_text(encoding="utf-8"),
            reverse_sql=(SQL / "cosignatures_stay.down.sql").read_text(encoding="utf-8"),
        ),
    ]
