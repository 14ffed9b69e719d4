"""What was agreed and done at a visit is billed when the car goes back."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from common.errors import Conflict, Invalid
from services.desk import handing_back, invoicing
from services.models import Appointment
from subscriptions.models import LedgerEntry, LedgerTransaction
from tests.factories.accounts import AddressFactory, UserFactory
from tests.factories.estimates import visit_in_house
from tests.factories.services import make_car, make_workshop
from tests.factories.work import approved_line

pytestmark = pytest.mark.django_db


class Counter:
    """A visit that is ready: one job at a fixed price, and one approved line that was done."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        workshop = make_workshop()
        self.owner = UserFactory.create()
        AddressFactory.create(user=self.owner, purpose="home")
        self.staff = UserFactory.create(role="staff", scope=workshop.centre)
        self.visit: Appointment = visit_in_house(workshop, self.owner, make_car(self.owner))
        self.visit.jobs.update(price_cents=89_00)
        self.line = approved_line(self.visit)
        self.line.done_at = now
        self.line.save()
        self.line.entries.all().delete()
        self.line.entries.create(
            position=1, kind="labour", text="Arbeitszeit", quantity=Decimal("1.50"), unit_cents=98_00
        )
        self.line.entries.create(
            position=2, kind="part", text="Bremsbeläge", quantity=Decimal(1), unit_cents=124_90
        )
        Appointment.objects.filter(pk=self.visit.pk).update(status="ready")
        self.visit.refresh_from_db()

    def hand_back(self, **said: Any) -> Any:
        handing_back.hand_back(
            by=self.staff,
            appointment=self.visit,
            done="Bremsen erneuert",
            looked=True,
            now=self.now,
            **said,
        )
        self.visit.refresh_from_db()
        return invoicing.invoice_of(self.visit)

    @property
    def keys(self) -> list[str]:
        return [each.key for each in invoicing.positions_of(self.visit)]


@pytest.fixture
def counter(now: datetime) -> Counter:
    return Counter(now)


def sums(code: str) -> int:
    return sum(LedgerEntry.objects.filter(ledger_account__code=code).values_list("cents", flat=True))


def test_the_invoice_is_what_was_agreed_to_the_cent(counter: Counter) -> None:
    invoice = counter.hand_back()

    # 89.00 + (147.00 + 27.93) + (124.90 + 23.73)
    assert invoice.gross_cents == 412_56
    assert [line.amount_cents for line in invoice.lines.order_by("position")] == [89_00, 174_93, 148_63]
    assert sums("revenue-workshop") == -invoice.net_cents


def test_work_that_was_refused_or_not_done_is_not_billed(counter: Counter) -> None:
    counter.line.done_at = None
    counter.line.save()
    approved_line(counter.visit, decision="refused")

    assert counter.hand_back().gross_cents == 89_00


def test_what_warranty_bears_is_shown_at_no_charge_and_booked_as_our_cost(counter: Counter) -> None:
    _job, labour, part = counter.keys
    invoice = counter.hand_back(payers={labour: "warranty", part: "goodwill"})

    assert invoice.gross_cents == 89_00
    assert [line.amount_cents for line in invoice.lines.order_by("position")] == [89_00, 0, 0]
    assert (
        "Garantie" in invoice.lines.get(position=2).text or "warranty" in invoice.lines.get(position=2).text
    )
    assert (sums("warranty-costs"), sums("goodwill-costs"), sums("revenue-internal")) == (
        147_00,
        124_90,
        -271_90,
    )
    assert LedgerTransaction.objects.filter(kind="internal").count() == 1


def test_a_visit_without_a_price_has_no_invoice(counter: Counter) -> None:
    counter.visit.jobs.update(price_cents=None)
    counter.line.estimate.lines.update(done_at=None)

    assert counter.hand_back() is None


def test_billed_again_it_is_the_same_invoice(counter: Counter) -> None:
    invoice = counter.hand_back()

    again = invoicing.bill_visit(by=counter.staff, visit=counter.visit, payers={}, now=counter.now)

    assert again == invoice


def test_a_customer_without_an_address_needs_a_whole_file_first(counter: Counter) -> None:
    counter.owner.addresses.all().delete()

    with pytest.raises(Conflict) as refused:
        counter.hand_back()
    assert refused.value.code == "customer_incomplete"
    counter.visit.refresh_from_db()
    assert counter.visit.status == "ready"


def test_a_payer_or_position_that_does_not_exist_is_refused(counter: Counter) -> None:
    for payers in ({"job:0": "warranty"}, {counter.keys[0]: "nobody"}):
        with pytest.raises(Invalid):
            counter.hand_back(payers=payers)


def test_the_owner_sees_the_invoice_at_the_visit_and_among_theirs(client: Any, counter: Counter) -> None:
    invoice = counter.hand_back()
    client.force_login(counter.owner)

    visit = client.get(reverse("services:appointment-detail", args=[counter.visit.pk])).content.decode()
    listed = client.get(reverse("subscriptions:invoice-list")).content.decode()

    assert invoice.code in visit
    assert invoice.code in listed


def test_the_counter_chooses_the_payer_and_sees_the_invoice(client: Any, counter: Counter) -> None:
    client.force_login(counter.staff)
    url = reverse("services:hand-back", args=[counter.visit.pk])
    form = client.get(url).content.decode()
    typed = {
        "done": "Bremsen erneuert",
        "looked": "on",
        "payer_0": "customer",
        "payer_1": "warranty",
        "payer_2": "customer",
    }
    client.post(url, typed)
    page = client.get(reverse("services:staff-visit", args=[counter.visit.pk])).content.decode()

    invoice = invoicing.invoice_of(counter.visit)
    assert "payer_2" in form
    assert invoice is not None
    assert invoice.gross_cents == 237_63
    assert str(invoice.code) in page
