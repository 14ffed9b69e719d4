"""Accounts for what the workshop does at its own cost: warranty, goodwill, and revenue with ourselves."""

from typing import Any

from django.db import migrations, models

# Code, side, name, number in the SKR03 chart of accounts.
ACCOUNTS = (
    ("warranty-costs", "loss", "Aufwendungen für Gewährleistung", "4790"),
    ("goodwill-costs", "loss", "Aufwendungen für Kulanz", "4791"),
    ("revenue-internal", "revenue", "Innenumsatz Werkstatt", "8949"),
)


def seed(apps: Any, schema_editor: Any) -> None:
    account = apps.get_model("subscriptions", "LedgerAccount")
    for code, side, name, number in ACCOUNTS:
        account.objects.get_or_create(
            code=code, defaults={"side": side, "name": name, "datev_number": number}
        )


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0013_bank_data_forgotten")]

    operations = [
        migrations.AlterField(
            model_name="ledgertransaction",
            name="kind",
            field=models.CharField(
                choices=[
                    ("invoice", "invoice"),
                    ("payment", "payment"),
                    ("return", "returned payment"),
                    ("refund", "refund"),
                    ("write_off", "write-off"),
                    ("allocation", "allocation"),
                    ("internal", "work for ourselves"),
                ],
                max_length=10,
            ),
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
