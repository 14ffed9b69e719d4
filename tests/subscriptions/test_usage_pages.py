"""Usage by page and API: twins on the same functions, each sees their own."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from subscriptions.models import Contract, UsageRecord, UsageSource
from subscriptions.usage import metering, sources
from tests.factories.accounts import UserFactory
from tests.factories.subscriptions import subscribed
from tests.factories.vehicles import own

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened() -> sources.Opened:
    by = UserFactory.create(role="product")
    return sources.add_source(by=by, code="swaps", name="Swap stations", now=timezone.now())


@pytest.fixture
def contract() -> Contract:
    owner = UserFactory.create()
    return subscribed(owner, own(owner), now=timezone.now() - timedelta(days=40))


def swap_of(contract: Contract, number: str = "a1") -> dict[str, str]:
    used_at = (timezone.now() - timedelta(hours=1)).isoformat()
    return {"id": number, "unit": "swap", "quantity": "1", "used_at": used_at, "contract": contract.code}


def report(client, key: str, *reports: object):
    return client.post(
        "/api/v1/usage/",
        {"reports": list(reports)},
        content_type="application/json",
        headers={"X-Api-Key": key},
    )


def test_a_source_reports_with_its_key(client, opened, contract) -> None:
    answer = report(client, opened.key, swap_of(contract), {"id": "b"})
    assert answer.status_code == 200
    told = answer.json()
    assert (told["accepted"], told["repeated"], told["unmatched"]) == (1, 0, 0)
    assert [(each["place"], each["id"], each["code"]) for each in told["refused"]] == [(1, "b", "required")]


@pytest.mark.parametrize("key", ["", "use_wrong", "nonsense"])
def test_without_its_key_nobody_reports(client, contract, key) -> None:
    assert report(client, key, swap_of(contract)).status_code == 401
    assert not UsageRecord.objects.exists()


def test_who_is_signed_in_is_no_source(client, contract) -> None:
    client.force_login(contract.holder)
    sent = {"reports": [swap_of(contract)]}
    assert client.post("/api/v1/usage/", sent, content_type="application/json").status_code == 403
    client.force_login(UserFactory.create(role="product"))
    answer = client.post("/api/v1/usage/", sent, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "no_key")
    assert not UsageRecord.objects.exists()


@pytest.mark.parametrize("body", [{}, {"reports": []}, {"reports": "a"}, []])
def test_a_batch_without_reports_is_refused(client, opened, body) -> None:
    answer = client.post(
        "/api/v1/usage/", body, content_type="application/json", headers={"X-Api-Key": opened.key}
    )
    assert answer.status_code == 400


def test_everybody_reads_their_own_records_only(client, opened, contract) -> None:
    report(client, opened.key, swap_of(contract))
    other = UserFactory.create()
    subscribed(other, own(other), now=timezone.now() - timedelta(days=40))
    for person, seen in ((contract.holder, ["a1"]), (other, [])):
        client.force_login(person)
        assert [each["id"] for each in client.get("/api/v1/usage/").json()["results"]] == seen


def test_the_entitlement_says_what_is_left(client, opened, contract) -> None:
    report(client, opened.key, swap_of(contract))
    client.force_login(contract.holder)
    (mine,) = client.get("/api/v1/entitlements/", {"vehicle": contract.vehicle_id, "unit": "swap"}).json()
    assert (mine["contract"], mine["left"], mine["overage_cents"]) == (contract.code, "1.000", 1000)
    client.force_login(UserFactory.create())
    assert client.get("/api/v1/entitlements/", {"vehicle": contract.vehicle_id}).status_code == 404
    assert client.get("/api/v1/entitlements/").json() == []


def test_the_page_shows_what_is_left_and_what_was_used(
    client, opened, contract, django_assert_max_num_queries
):
    report(client, opened.key, swap_of(contract))
    client.force_login(contract.holder)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("subscriptions:usage"))
    assert "1 Tausch" in page.content.decode()
    part = client.get(reverse("subscriptions:usage"), {"part": "meters"}).content.decode()
    assert "<html" not in part


def test_staff_add_a_source_and_see_its_key_once_for_them(client) -> None:
    client.force_login(UserFactory.create(role="product"))
    page = client.post(
        reverse("subscriptions:staff-source-create"), {"name": "Ladenetz", "code": "Ladenetz"}, follow=True
    ).content.decode()
    source = UsageSource.objects.get()
    assert source.code == "ladenetz"
    assert f"{source.key_end}&quot;" in page or source.key_end in page
    client.force_login(UserFactory.create(role="product"))
    assert "use_" not in client.get(reverse("subscriptions:staff-sources")).content.decode()


def test_staff_assign_a_report_by_page(client, opened, contract) -> None:
    report(client, opened.key, swap_of(contract) | {"contract": "NL-0000-00"})
    client.force_login(UserFactory.create(role="advisor"))
    listed = client.get(reverse("subscriptions:staff-usage")).content.decode()
    record = UsageRecord.objects.get()
    assert "a1" in listed
    url = reverse("subscriptions:staff-usage-assign", args=[record.pk])
    assert client.post(url, {"contract": "quatsch"}).status_code == 422
    assert client.post(url, {"contract": contract.code}).status_code == 302
    record.refresh_from_db()
    assert record.contract == contract
    assert client.get(url).status_code == 404  # it is assigned


def test_the_meter_can_be_watched_by_its_holder_only(contract) -> None:
    from subscriptions.usage.live import may_watch_meter

    topic = f"{metering.TOPIC}:{contract.pk}"
    assert may_watch_meter(contract.holder, topic)
    assert not may_watch_meter(UserFactory.create(), topic)
    assert not may_watch_meter(contract.holder, f"{metering.TOPIC}:x")
