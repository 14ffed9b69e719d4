"""One's invoices: paged, in words, as PDF and XML, and nobody else's."""

from datetime import date
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.core import mail
from django.urls import reverse

from accounts.models import Notice
from common.errors import Conflict
from documents.models import Document
from journal import log
from subscriptions.invoices import making, reading
from subscriptions.models import Invoice, OpenItem
from tests.factories.accounts import MembershipFactory, OrganisationFactory, UserFactory
from tests.factories.billing import MADE_AT, BillingAccountFactory, issued, line, set_up_creditor

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
LATER = date(2027, 1, 4)


@pytest.fixture
def account(db: None) -> Any:
    set_up_creditor()
    return BillingAccountFactory.create()


def standing(invoice: Invoice, day: date = TODAY) -> reading.Standing:
    holder = invoice.account.holder
    assert holder is not None
    found = reading.invoices_of(holder).get(pk=invoice.pk)
    return reading.standing_of(found, day)


def test_papers_are_made_once_and_kept_eight_years(account: Any) -> None:
    invoice = issued(line("Akku-Abo", 169_00), account=account)

    paper = making.make_papers(invoice=invoice, now=MADE_AT)

    assert making.make_papers(invoice=invoice, now=MADE_AT) == paper
    assert Document.objects.about(invoice).count() == 2
    assert paper.keep_until == date(2034, 12, 31)
    with paper.file.open("rb") as stored, pikepdf.open(BytesIO(stored.read())) as pdf:
        assert list(pdf.attachments) == ["factur-x.xml"]


def test_without_tax_data_no_paper_is_made() -> None:
    set_up_creditor(vat_id="", tax_number="")
    invoice = issued(line("Akku-Abo", 169_00))

    with pytest.raises(Conflict):
        making.make_papers(invoice=invoice, now=MADE_AT)
    assert not Document.objects.about(invoice).exists()


def test_an_issued_invoice_reaches_its_person_with_the_pdf(
    account: Any, run_reactions: Any, deliver_outbox: Any
) -> None:
    invoice = issued(line("Akku-Abo", 169_00), account=account)
    log.record(
        "subscriptions.invoice_issued",
        by=None,
        subject=invoice,
        data={
            "code": invoice.code,
            "kind": invoice.kind,
            "account": account.pk,
            "amount": invoice.gross_cents,
        },
        audience=[account.holder],
        at=MADE_AT,
    )

    run_reactions()
    run_reactions()
    deliver_outbox()

    assert Notice.objects.filter(user=account.holder, kind="subscriptions.invoice_issued").count() == 1
    letters = [each for each in mail.outbox if str(invoice.code) in str(each.subject)]
    assert len(letters) == 1
    assert [each.filename for each in letters[0].attachments] == [f"Rechnung {invoice.code}.pdf"]


def test_the_list_says_in_words_how_each_stands(account: Any) -> None:
    paid = issued(line("Bezahlt", 10_00), account=account)
    OpenItem.objects.filter(invoice=paid).update(open_cents=0, settled_at=MADE_AT)
    part = issued(line("Teilweise", 10_00), account=account)
    OpenItem.objects.filter(invoice=part).update(open_cents=4_00)
    whole = issued(line("Offen", 10_00), account=account)
    credit = issued(line("Zurück", -10_00), account=account, kind="credit")

    assert standing(paid).tone == "good"
    assert standing(part).remedy
    assert "4,00" in standing(part).words
    assert standing(whole, LATER).tone == "bad"
    assert not standing(credit).remedy


def test_what_is_open_in_all_is_told_with_a_way_to_pay(client: Any, account: Any) -> None:
    first = issued(line("Akku-Abo", 169_00), account=account)
    issued(line("Akku-Abo", 31_00), account=account)
    client.force_login(account.holder)

    page = client.get(reverse("subscriptions:invoice-list")).content.decode()
    detail = client.get(reverse("subscriptions:invoice-detail", args=[first.pk])).content.decode()

    assert "200,00" in page
    assert reverse("subscriptions:invoice-pay", args=[first.pk]) in detail


@pytest.mark.parametrize("name", ["detail", "pdf", "xml"])
def test_somebody_elses_invoice_is_not_there(client: Any, account: Any, name: str) -> None:
    invoice = issued(account=account)
    making.make_papers(invoice=invoice, now=MADE_AT)
    client.force_login(UserFactory.create())

    assert client.get(reverse(f"subscriptions:invoice-{name}", args=[invoice.pk])).status_code == 404
    suffix = "" if name == "detail" else f"{name}/"
    assert client.get(f"/api/v1/invoices/{invoice.pk}/{suffix}").status_code == 404


def test_its_papers_are_handed_out_by_page_and_api(client: Any, account: Any) -> None:
    invoice = issued(account=account)
    making.make_papers(invoice=invoice, now=MADE_AT)
    client.force_login(account.holder)

    for name, start in (("pdf", b"%PDF-1.7"), ("xml", b"<?xml")):
        page = client.get(reverse(f"subscriptions:invoice-{name}", args=[invoice.pk]))
        api = client.get(f"/api/v1/invoices/{invoice.pk}/{name}/")
        content = b"".join(page.streaming_content)
        assert content.startswith(start)
        assert content == b"".join(api.streaming_content)


def test_a_paper_that_is_still_being_made_is_said_so(client: Any, account: Any) -> None:
    invoice = issued(account=account)
    client.force_login(account.holder)

    assert client.get(reverse("subscriptions:invoice-detail", args=[invoice.pk])).status_code == 200
    assert client.get(reverse("subscriptions:invoice-pdf", args=[invoice.pk])).status_code == 404


def test_one_year_is_shown_alone(client: Any, account: Any) -> None:
    issued(line("Alt", 1_00), account=account, issued_on=date(2025, 5, 2))
    new = issued(line("Neu", 1_00), account=account)
    client.force_login(account.holder)

    page = client.get(reverse("subscriptions:invoice-list"), {"year": "2026"})

    assert [invoice.pk for invoice in page.context["invoices"]] == [new.pk]
    assert client.get(reverse("subscriptions:invoice-list"), {"year": "x"}).status_code == 200


def test_the_api_tells_amounts_lines_and_what_is_open(client: Any, account: Any) -> None:
    invoice = issued(line("Akku-Abo", 169_00), account=account)
    client.force_login(account.holder)

    told = client.get(f"/api/v1/invoices/{invoice.pk}/").json()
    listed = client.get("/api/v1/invoices/", {"year": 2026}).json()["results"]

    assert (told["gross_cents"], told["open_cents"], told["net_cents"]) == (169_00, 169_00, 142_02)
    assert told["lines"][0]["last_day"] == "2026-11-30"
    assert [each["id"] for each in listed] == [invoice.pk]


@pytest.mark.parametrize("many", [1, 60])
def test_a_long_list_costs_no_more_queries(
    client: Any, account: Any, many: int, django_assert_max_num_queries: Any
) -> None:
    for _each in range(many):
        issued(account=account)
    client.force_login(account.holder)
    client.get(reverse("subscriptions:invoice-list"))

    with django_assert_max_num_queries(8):
        assert client.get(reverse("subscriptions:invoice-list")).status_code == 200


def test_a_company_s_invoices_are_seen_by_those_who_run_it(client: Any) -> None:
    set_up_creditor()
    invoice = issued(
        line("Flotte", 100_00),
        account=BillingAccountFactory.create(holder=None, organisation=OrganisationFactory.create()),
    )
    client.force_login(UserFactory.create())

    runner = MembershipFactory.create(organisation=invoice.account.organisation, role="administrator").user

    assert client.get(reverse("subscriptions:invoice-detail", args=[invoice.pk])).status_code == 404
    assert reading.invoices_of(runner).get() == invoice
