"""The demo's brand and legal texts: the samples, published."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from accounts.house import legal_samples
from accounts.models import Brand, LegalText
from common.civil import local_date

IN_FORCE_FOR = timedelta(days=30)


def seed_house(*, by: Any, now: datetime) -> None:
    """The brand of the settings with a whole imprint, and every legal text in force."""
    shown = settings.BRAND
    street, _comma, place = shown["address"].partition(", ")
    postcode, _blank, town = place.partition(" ")
    Brand.objects.create(
        name=shown["name"],
        legal_name=shown["legal_name"],
        colour_light=shown["colour"],
        colour_dark="#35b79f" if shown["colour"] == "#0b7d6b" else "",
        street=street,
        postcode=postcode,
        town=town,
        represented_by="Antje Brandt, Holger Kern",
        register="Amtsgericht Hamburg, HRB 000000",
        vat_id="DE123456788",
        phone=shown["phone"],
        email=shown["email"],
    )
    since = local_date(now - IN_FORCE_FOR)
    LegalText.objects.bulk_create(
        LegalText(
            kind=kind.value,
            version=1,
            text_de=legal_samples.sample(kind=kind.value, language="de", day=since),
            text_en=legal_samples.sample(kind=kind.value, language="en", day=since),
            valid_from=since,
            published_at=now - IN_FORCE_FOR,
            published_by=by,
        )
        for kind in LegalText.Kind
    )
