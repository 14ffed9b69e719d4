"""Whoever orders paid work from afar reads how to withdraw, before and after (EGBGB Art. 246a)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from services.estimates import deciding
from services.models import Estimate
from tests.factories.estimates import BRAKES_GROSS, line_ids, sent, visit_in_house
from tests.factories.services import Workshop
from vehicles.models import Vehicle


@pytest.fixture
def estimate(workshop: Workshop, owner: User, car: Vehicle, staff: User) -> Estimate:
    return sent(visit_in_house(workshop, owner, car), staff, timezone.now())


def test_the_notice_has_a_page_of_its_own_for_everybody(client: Client, db: None) -> None:
    page = client.get(reverse("services:withdrawal-notice"))
    assert page.status_code == 200
    words = page.content.decode()
    assert "binnen vierzehn Tagen" in words
    assert "Muster-Widerrufsformular" in words


def test_it_is_linked_beside_the_wish_to_begin_early(client: Client, owner: User, estimate: Estimate) -> None:
    client.force_login(owner)
    chosen = {f"line-{pk}": "approve" for pk in line_ids(estimate)}
    page = client.get(reverse("services:estimate-detail", args=[estimate.pk]), chosen)
    assert f'href="{reverse("services:withdrawal-notice")}"' in page.content.decode()


def test_ordered_work_is_confirmed_with_notice_and_form(
    owner: User,
    estimate: Estimate,
    run_reactions: Callable[[], int],
    deliver_outbox: Callable[[], int],
    mailoutbox: Any,
) -> None:
    deciding.decide(
        by=owner,
        estimate=estimate,
        approved=line_ids(estimate)[:1],
        cents=BRAKES_GROSS,
        early_start=True,
        now=timezone.now(),
    )
    run_reactions()
    deliver_outbox()
    (mail,) = [each for each in mailoutbox if owner.email in each.to and "Auftrag" in each.subject]
    ((_name, content, _kind),) = mail.attachments
    words = content if isinstance(content, str) else content.decode()
    for told in ("Widerrufsrecht", "Muster-Widerrufsformular", "Ihr ausdrücklicher Wunsch"):
        assert told in words
