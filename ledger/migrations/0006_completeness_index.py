"""The completeness index: heads, epochs, and the pages of the newest of them."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).with_name("sql")


class Migration(migrations.Migration):
    """Tables, and the triggers that keep what was signed."""

    dependencies = [("ledger", "0005_the_leaf_waits_with_its_entry")]

    operations = [
        migrations.CreateModel(
            name="IndexHead",
            fields=[
                ("key", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("count", models.BigIntegerField()),
                ("last", models.BigIntegerField()),
                ("head", models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="IndexProgress",
            fields=[
                ("name", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("taken", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="IndexEpoch",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("keys", models.BigIntegerField()),
                ("root", models.BinaryField(max_length=32)),
                ("entry_id", models.CharField(max_length=64, unique=True)),
                ("at", models.DateTimeField()),
            ],
            options={"ordering": ["-size"]},
        ),
        migrations.CreateModel(
            name="IndexPage",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "size",
                        "number",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("size", models.BigIntegerField()),
                ("number", models.BigIntegerField()),
                ("first_key", models.BinaryField(max_length=32)),
                ("leaves", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("size", "first_key"), name="ledger_index_page_key_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IndexTile",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "size",
                        "level",
                        "number",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("size", models.BigIntegerField()),
                ("level", models.SmallIntegerField()),
                ("number", models.BigIntegerField()),
                ("hashes", models.BinaryField()),
            ],
        ),
        migrations.RunSQL(
            sql=(SQL / "completeness_index.sql").read_text(encoding="utf-8"),
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
