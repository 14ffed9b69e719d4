"""A car’s photo becomes a document: what lies in the old column moves along, its content unchanged."""

import hashlib

import django.db.models.deletion
from django.core.files.base import ContentFile
from django.db import migrations, models
from django.utils import timezone


def move_photos(apps, schema_editor):
    Vehicle = apps.get_model("vehicles", "Vehicle")
    Ownership = apps.get_model("vehicles", "Ownership")
    Document = apps.get_model("documents", "Document")
    now = timezone.now()
    for vehicle in Vehicle.objects.exclude(old_photo=""):
        storage, old = vehicle.old_photo.storage, vehicle.old_photo.name
        running = Ownership.objects.filter(vehicle=vehicle, period__upper_inf=True).first()
        if running is None or not storage.exists(old):
            continue
        with storage.open(old, "rb") as stored:
            content = stored.read()
        sha256 = hashlib.sha256(content).hexdigest()
        name = f"documents/kept/{sha256[:2]}/{sha256}"
        if not storage.exists(name):
            storage.save(name, ContentFile(content))
        vehicle.photo = Document.objects.create(
            kind="vehicles.photo",
            state="ready",
            about_kind="vehicles.vehicle",
            about_id=vehicle.pk,
            owner_id=running.user_id,
            uploaded_by_id=running.user_id,
            file=name,
            sha256=sha256,
            media_type="image/webp",
            size=len(content),
            created_at=now,
            ready_at=now,
        )
        vehicle.save(update_fields=["photo"])


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0003_sheets_and_states"),
        ("vehicles", "0005_found_and_merged"),
    ]

    operations = [
        migrations.RenameField("vehicle", "photo", "old_photo"),
        migrations.AddField(
            "vehicle",
            "photo",
            models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="documents.document",
                verbose_name="photo",
            ),
        ),
        migrations.RunPython(move_photos, migrations.RunPython.noop),
    ]
