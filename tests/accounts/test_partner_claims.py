"""Partners learn what kind of car somebody drives only while that person allows it."""

from datetime import datetime
from typing import Any

import pytest
from allauth.idp.oidc.adapter import get_adapter
from django.utils import timezone

from accounts.consents import consents
from accounts.models import User
from accounts.partners import connections, partner_claims
from tests.accounts.partner_house import registered
from tests.factories.accounts import UserFactory, company
from tests.factories.vehicles import own, own_for, share

pytestmark = pytest.mark.django_db
TOLD = {"cars": [{"model": "N5", "battery_kwh": 75, "charging_kw": 170}]}


@pytest.fixture
def anna() -> User:
    user: User = UserFactory.create()
    own(user)
    own_for(company(user))
    share(own(UserFactory.create()), user)
    return user


def allow(user: User, now: datetime) -> None:
    consents.give_consent(by=user, purpose=partner_claims.PURPOSE, version=1, way=consents.Way.PAGE, now=now)


def test_only_one_s_own_cars_are_told_and_only_while_allowed(anna: User, now: datetime) -> None:
    assert partner_claims.shared_claims(user=anna, now=now) == {}
    allow(anna, now)
    assert partner_claims.shared_claims(user=anna, now=now) == TOLD
    consents.withdraw_consent(by=anna, purpose=partner_claims.PURPOSE, way=consents.Way.PAGE, now=now)
    assert partner_claims.shared_claims(user=anna, now=now) == {}


def test_a_partner_reads_it_where_it_reads_who_somebody_is(anna: User) -> None:
    now = timezone.now()  # the interface brings it
    partner = registered("profile").partner
    client = partner.client

    def claims(purpose: str) -> Any:
        return get_adapter().get_claims(purpose, anna, client, ["openid", "profile"])

    allow(anna, now)
    connections.connect_service(
        by=anna, partner=partner, asked=["openid", "profile"], allowed=["openid", "profile"], now=now
    )
    assert claims("userinfo")["cars"] == TOLD["cars"]
    assert "cars" not in claims("id_token")
