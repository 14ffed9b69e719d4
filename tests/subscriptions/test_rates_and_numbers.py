"""What bills rest on: rates of VAT by day, and series of numbers."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Role
from common.errors import Conflict, Invalid, NotAllowed
from journal.models import Event
from subscriptions.billing import numbers, vat
from subscriptions.models import InvoiceLine, NumberSeries, VatRate
from tests.factories.accounts import UserFactory
from tests.factories.billing import issued, line

pytestmark = pytest.mark.django_db

TYPED: dict[str, Any] = {"code": "standard", "valid_from": date(2027, 1, 1), "rate": Decimal("0.210")}


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def keeper() -> User:
    return UserFactory.create(role=Role.ACCOUNTANT)


def test_a_rate_holds_from_its_day(keeper: User, now: datetime) -> None:
    vat.add_rate(by=keeper, now=now, **TYPED)
    rates = vat.read_rates()
    assert rates.on("standard", date(2026, 12, 31)) == Decimal("0.190")
    assert rates.on("standard", date(2027, 1, 1)) == Decimal("0.210")
    event = Event.objects.get(kind="subscriptions.vat_rate_added")
    assert event.data == {"code": "standard", "from": "2027-01-01", "rate": "0.210"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "luxury"),
        ("rate", Decimal("1")),
        ("rate", Decimal("-0.1")),
        ("rate", Decimal("0.1955")),
        ("valid_from", date(1968, 1, 1)),
    ],
)
def test_what_is_no_rate_is_refused_beside_its_field(
    field: str, value: Any, keeper: User, now: datetime
) -> None:
    with pytest.raises(Invalid) as refused:
        vat.add_rate(by=keeper, now=now, **{**TYPED, field: value})
    assert refused.value.field == field


def test_one_day_has_one_rate(keeper: User, now: datetime) -> None:
    vat.add_rate(by=keeper, now=now, **TYPED)
    with pytest.raises(Conflict) as refused:
        vat.add_rate(by=keeper, now=now, **{**TYPED, "rate": Decimal("0.200")})
    assert refused.value.code == "vat_rate_exists"


def test_the_past_changes_only_where_nothing_is_invoiced(keeper: User, now: datetime) -> None:
    issued(line("Radwechsel", 5_900))
    last = InvoiceLine.objects.get().service.upper
    with pytest.raises(Conflict) as refused:
        vat.add_rate(by=keeper, now=now, **{**TYPED, "valid_from": date(2026, 1, 1)})
    assert refused.value.code == "vat_rate_billed"
    assert last > date(2026, 1, 1)
    reduced = {**TYPED, "code": "reduced", "valid_from": date(2026, 1, 1)}
    vat.add_rate(by=keeper, now=now, **reduced)


def test_a_rate_that_has_not_begun_is_withdrawn(keeper: User, now: datetime) -> None:
    row = vat.add_rate(by=keeper, now=now, **TYPED)
    vat.withdraw_rate(by=keeper, rate=row, now=now)
    assert vat.read_rates().on("standard", date(2027, 1, 1)) == Decimal("0.190")


def test_a_rate_that_holds_stays(keeper: User, now: datetime) -> None:
    row = VatRate.objects.get(code="standard")
    with pytest.raises(Conflict):
        vat.withdraw_rate(by=keeper, rate=row, now=now)


def test_a_series_is_chosen_before_its_first_number(keeper: User, now: datetime) -> None:
    series = NumberSeries.objects.get(code="invoice")
    changed = numbers.change_series(by=keeper, series=series, prefix="2027/", next_number=10_001, now=now)
    assert numbers.preview(changed) == "2027/010001"
    assert issued(line("Radwechsel", 5_900)).code == "2027/010001"


def test_a_series_in_use_stays(keeper: User, now: datetime) -> None:
    issued(line("Radwechsel", 5_900))
    series = NumberSeries.objects.get(code="invoice")
    with pytest.raises(Conflict) as refused:
        numbers.change_series(by=keeper, series=series, prefix="X-", next_number=1, now=now)
    assert refused.value.code == "series_begun"


@pytest.mark.parametrize(
    ("field", "typed"),
    [("prefix", "RE"), ("prefix", "<b>-"), ("prefix", "-"), ("next_number", 0), ("next_number", 1_000_000)],
)
def test_what_is_no_series_is_refused_beside_its_field(
    field: str, typed: Any, keeper: User, now: datetime
) -> None:
    series = NumberSeries.objects.get(code="invoice")
    values = {"prefix": "RG-", "next_number": 1, field: typed}
    with pytest.raises(Invalid) as refused:
        numbers.change_series(by=keeper, series=series, now=now, **values)
    assert refused.value.field == field


def test_two_series_have_two_prefixes(keeper: User, now: datetime) -> None:
    series = NumberSeries.objects.get(code="invoice")
    taken = NumberSeries.objects.get(code="credit").prefix
    with pytest.raises(Conflict) as refused:
        numbers.change_series(by=keeper, series=series, prefix=taken, next_number=1, now=now)
    assert refused.value.code == "prefix_taken"


def test_nobody_else_changes_them(now: datetime) -> None:
    somebody, series = UserFactory.create(), NumberSeries.objects.get(code="invoice")
    for attempt in (
        lambda: vat.add_rate(by=somebody, now=now, **TYPED),
        lambda: vat.withdraw_rate(by=somebody, rate=VatRate.objects.all()[0], now=now),
        lambda: numbers.change_series(by=somebody, series=series, prefix="X-", next_number=1, now=now),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_bookkeepers_do_it_by_page(keeper: User, client: Client) -> None:
    client.force_login(keeper)
    path = reverse("subscriptions:setup-vat")
    assert (
        f'class="back" href="{reverse("subscriptions:staff-billing")}"' in client.get(path).content.decode()
    )
    typed = {"code": "standard", "valid_from": "2099-01-01", "percent": "21.0"}
    assert client.post(path, typed).status_code == 302
    row = VatRate.objects.get(valid_from=date(2099, 1, 1))
    assert row.rate == Decimal("0.210")
    assert client.post(path, {**typed, "percent": "210"}).status_code == 422
    assert client.post(reverse("subscriptions:vat-withdraw", args=[row.pk])).status_code == 302
    assert not VatRate.objects.filter(pk=row.pk).exists()
    series = reverse("subscriptions:setup-series", args=["credit"])
    assert client.post(series, {"prefix": "GU-", "next_number": 500}).status_code == 302
    assert "GU-000500" in client.get(reverse("subscriptions:setup-numbers")).content.decode()


def test_administrators_find_both_among_the_steps(client: Client) -> None:
    client.force_login(UserFactory.create(role=Role.ADMINISTRATOR))
    html = client.get(reverse("accounts:staff-setup")).content.decode()
    for name in ("setup-vat", "setup-numbers"):
        assert reverse(f"subscriptions:{name}") in html
    back = client.get(reverse("subscriptions:setup-vat")).content.decode()
    assert f'class="back" href="{reverse("accounts:staff-setup")}"' in back


def test_the_api_does_the_same(keeper: User, client: Client) -> None:
    client.force_login(keeper)
    typed = {"code": "standard", "valid_from": "2099-01-01", "rate": "0.210"}
    added = client.post("/api/v1/vat-rates/", typed, content_type="application/json")
    assert added.status_code == 201, added.content
    again = client.post("/api/v1/vat-rates/", typed, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "vat_rate_exists")
    assert client.delete(f"/api/v1/vat-rates/{added.json()['id']}/").status_code == 204
    answer = client.patch(
        "/api/v1/number-series/invoice/",
        {"prefix": "NL-", "next_number": 7},
        content_type="application/json",
    )
    assert (answer.status_code, answer.json()["next"]) == (200, "NL-000007")
    client.force_login(UserFactory.create())
    assert client.get("/api/v1/vat-rates/").status_code == 403
