from django.db import migrations


class Migration(migrations.Migration):
    # Apart from the move: PostgreSQL does not alter a table whose new rows still wait for their checks.
    dependencies = [("vehicles", "0006_photo_document")]

    operations = [migrations.RemoveField("vehicle", "old_photo")]
