"""An event of a partner's file ends in one of the four ways that the field knows."""

from django.db import migrations, models

# What was used or kept was accepted: what needs no entry is accepted too.
OUTCOMES = "UPDATE supplychain_importedevent SET outcome = 'accepted' WHERE outcome <> 'refused'"
ONE_OF = ("accepted", "known", "refused", "exception")


class Migration(migrations.Migration):
    """Say rule, category and place too."""

    dependencies = [("supplychain", "0009_goods_go_back")]

    operations = [
        *(
            migrations.AddField(
                "importedevent", name, models.CharField(blank=True, default="", max_length=length)
            )
            for name, length in (("place", 200), ("rule", 3), ("category", 20))
        ),
        migrations.AlterField(
            "importedevent",
            "outcome",
            models.CharField(choices=[(one, one) for one in ONE_OF], max_length=9),
        ),
        migrations.RunSQL(OUTCOMES, migrations.RunSQL.noop),
    ]
