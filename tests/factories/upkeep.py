"""Campaigns for tests: ``publish(cars=[…])`` is a published recall of these cars."""

from datetime import UTC, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from services.models import Campaign, CampaignCar
from tests.factories.services import ServiceTypeFactory
from vehicles.models import Vehicle

PUBLISHED = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


class CampaignFactory(DjangoModelFactory[Campaign]):
    class Meta:
        model = Campaign

    code = factory.Sequence(lambda n: f"N5-2026-{n:03d}")
    kind = Campaign.Kind.RECALL
    title_de = "Verschraubung prüfen"
    title_en = "Check the bolts"
    service_type = factory.SubFactory(ServiceTypeFactory, name_de="Rückruf", price_cents=0)


def publish(*cars: Vehicle, **fields: Any) -> Campaign:
    campaign = CampaignFactory.create(**{"published_at": PUBLISHED, **fields})
    for car in cars:
        CampaignCar.objects.create(campaign=campaign, vin=car.vin)
    return campaign
