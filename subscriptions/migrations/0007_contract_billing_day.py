"""The day of a contract's next bill moves on; all else that was agreed stays fixed."""

from importlib import import_module

from django.db import migrations

before = import_module("subscriptions.migrations.0005_merged_holders")
FREE = "ends_on,cancelled_at,withdrawn_at,holder_id,next_bill_on"
FORWARD = before.FUNCTION % {"free": FREE, "holder": before.HOLDER}


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0006_billing_shape")]

    operations = [migrations.RunSQL(FORWARD, before.FORWARD)]
