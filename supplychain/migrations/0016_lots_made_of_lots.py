from django.db import migrations, models


def _key(*names: str) -> models.CompositePrimaryKey:
    return models.CompositePrimaryKey(
        *names, blank=True, editable=False, primary_key=True, serialize=False
    )


class Migration(migrations.Migration):
    dependencies = [
        ("supplychain", "0015_events_have_fingerprints"),
    ]

    operations = [
        migrations.CreateModel(
            name="Descent",
            fields=[
                ("pk", _key("stream_id", "ancestor")),
                ("stream_id", models.UUIDField()),
                ("ancestor", models.UUIDField()),
            ],
            options={
                "verbose_name_plural": "descent",
                "indexes": [models.Index(fields=["ancestor"], name="descent_of")],
            },
        ),
        migrations.CreateModel(
            name="Transformation",
            fields=[
                ("pk", _key("stream_id", "entry_id", "into_stream")),
                ("stream_id", models.UUIDField()),
                ("entry_id", models.CharField(max_length=64)),
                ("into_stream", models.UUIDField()),
                ("operation", models.CharField(max_length=100)),
                ("by", models.CharField(max_length=13)),
                ("uses", models.BigIntegerField()),
                ("makes", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["into_stream"], name="transformation_into")],
            },
        ),
    ]
