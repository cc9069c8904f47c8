from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("supplychain", "0008_packs_in_two_places"),
    ]

    operations = [
        migrations.AddField(
            model_name="output",
            name="sent_back",
            field=models.CharField(
                blank=True,
                default="",
                help_text="On the way back: the state before.",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="output",
            name="way",
            field=models.TextField(
                blank=True, default="", help_text="Givers, the last one last: GLN,GLN/GLN."
            ),
        ),
    ]
