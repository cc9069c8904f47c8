"""Each stream has an index of its own, and what uses up nothing is found at once."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).with_name("sql")


def _key(*names: str) -> tuple[str, models.CompositePrimaryKey]:
    return "pk", models.CompositePrimaryKey(
        *names, blank=True, editable=False, primary_key=True, serialize=False
    )


_PAGE = migrations.CreateModel(
    name="IndexPage",
    fields=[
        _key("stream_id", "size", "number"),
        ("stream_id", models.UUIDField()),
        ("size", models.BigIntegerField()),
        ("number", models.BigIntegerField()),
        ("first_key", models.BinaryField(max_length=32)),
        ("leaves", models.BinaryField()),
        ("twigs", models.BinaryField(max_length=512)),
    ],
    options={
        "constraints": [
            models.UniqueConstraint(
                fields=("stream_id", "size", "first_key"), name="ledger_index_page_key_once"
            )
        ],
        "indexes": [models.Index(fields=["size"], name="ledger_index_page_size")],
    },
)
_TILE = migrations.CreateModel(
    name="IndexTile",
    fields=[
        _key("stream_id", "size", "level", "number"),
        ("stream_id", models.UUIDField()),
        ("size", models.BigIntegerField()),
        ("level", models.SmallIntegerField()),
        ("number", models.BigIntegerField()),
        ("hashes", models.BinaryField()),
    ],
)


class Migration(migrations.Migration):
    """Django does not change a key of several columns by itself: the state is told what SQL did."""

    dependencies = [("ledger", "0008_twigs_of_index_pages")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    sql=(SQL / "index_of_each_stream.sql").read_text(encoding="utf-8"),
                    reverse_sql=migrations.RunSQL.noop,
                )
            ],
            state_operations=[
                migrations.AddField(
                    "entry", "about_whole", models.BooleanField(), preserve_default=False
                ),
                migrations.AddIndex(
                    "entry",
                    models.Index(
                        fields=["stream_id", "entry_id"],
                        condition=models.Q(about_whole=True),
                        name="ledger_entry_about_whole",
                    ),
                ),
                migrations.DeleteModel("IndexPage"),
                migrations.DeleteModel("IndexTile"),
                _PAGE,
                _TILE,
            ],
        )
    ]
