from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("services", "0004_allocation_causes")]

    operations = [
        migrations.AddField(
            model_name="closure",
            name="cancelled_at",
            field=models.DateTimeField(null=True),
        ),
    ]
