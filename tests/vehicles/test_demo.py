"""The demo fills a garage that follows our own rules."""

import random
from typing import Any

import pytest
from django.utils import timezone

from accounts import demo as people
from vehicles import demo, handover
from vehicles.models import Vehicle
from vehicles.plates import parse_plate
from vehicles.vin import parse_vin


@pytest.mark.django_db
def test_every_owner_has_a_car_and_one_car_waits_to_be_claimed():
    context: dict[str, Any] = {"hints": []}
    for part in (people, demo):
        part.seed(rng=random.Random(1), scale=1, say=lambda text: None, context=context)
    now = timezone.now()
    owner, newcomer = context["owners"][0], context["demo"]["advisor"]
    assert owner.email == "owner@demo.example"
    mine = Vehicle.objects.owned_by(owner, now).get()
    assert (mine.model.code, mine.plate) == ("N5", "HH NL 512E")
    assert Vehicle.objects.visible_to(owner, now).count() == 2
    for car in context["vehicles"]:
        assert (parse_vin(car.vin), parse_plate(car.plate)) == (car.vin, car.plate)
    assert demo.OPEN_CODE in context["hints"][0]
    claimed = handover.claim_vehicle(by=newcomer, vin=demo.OPEN_CAR, code=demo.OPEN_CODE, now=now)
    assert Vehicle.objects.owned_by(newcomer, now).get() == claimed
