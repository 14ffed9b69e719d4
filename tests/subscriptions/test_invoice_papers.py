"""The invoice as PDF: archivable, with everything the law asks for, and with its XML inside."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import facturx
import pikepdf
from pypdf import PdfReader

from subscriptions.invoices import papers
from subscriptions.invoices.einvoice import Means
from subscriptions.models import BillingAccount
from tests.factories.billing import BUYER, HOUSE, line
from tests.subscriptions.test_einvoice import COMPANY, MIXED, TRANSFER, document

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def papers_of(*lines: Any, means: Means = TRANSFER, language: str = "de", **said: Any) -> papers.Papers:
    more = {key: said.pop(key) for key in ("refers_to", "girocode") if key in said}
    invoice, rows = document(*lines, account=BillingAccount(number="KT-000042"), **said)
    invoice.language = language
    return papers.papers_of(invoice=invoice, lines=rows, seller=HOUSE, means=means, now=NOW, **more)


def text_of(made: papers.Papers) -> str:
    pages = (page.extract_text() for page in PdfReader(BytesIO(made.pdf)).pages)
    return " ".join(" ".join(pages).replace("\N{NO-BREAK SPACE}", " ").split())


def test_it_is_archivable_tagged_and_says_that_it_carries_an_invoice() -> None:
    with pikepdf.open(BytesIO(papers_of(*MIXED).pdf)) as pdf:
        said = pdf.open_metadata()
        assert said.pdfa_status == "3A"
        assert said["pdfuaid:part"] == "1"
        assert said["{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}ConformanceLevel"] == "EN 16931"
        assert list(pdf.attachments) == ["factur-x.xml"]
        assert [each.AFRelationship for each in pdf.Root.AF] == ["/Alternative"]


def test_programs_find_the_xml_inside() -> None:
    made = papers_of(*MIXED)

    name, xml = facturx.get_xml_from_pdf(made.pdf, check_xsd=True)

    assert (name, xml) == ("factur-x.xml", made.xml)


def test_it_holds_everything_that_the_law_asks_for() -> None:
    text = text_of(papers_of(*MIXED))

    for needed in (
        "Nordlicht Mobilität GmbH, Stresemannstraße 12, 22769 Hamburg",  # UStG §14(4) no. 1
        "Karla Lund Elbchaussee 7 22765 Hamburg",
        "DE136695976",  # no. 2
        "27/123/45678",
        "23.11.2026",  # no. 3
        "RE-000017",  # no. 4
        "Akku-Abo 75 kWh",  # no. 5
        "70,077 kWh",
        "01.11.2026 – 30.11.2026",  # no. 6
        "181,80 €",  # no. 7 and 8, per rate
        "19 %",
        "7 %",
        "286,32 €",
    ):
        assert needed in text, needed


def test_it_is_read_in_english_too() -> None:
    text = text_of(papers_of(*MIXED, language="en"))

    assert "Invoice RE-000017" in text
    assert "€286.32" in text
    assert "Please pay by" in text


def test_what_is_typed_is_shown_as_typed() -> None:
    text = text_of(papers_of(line("#panic() *x* $1$", 1_00), buyer={**BUYER, "name": "O'Neil & <Söhne>"}))

    assert "#panic() *x* $1$" in text
    assert "O'Neil & <Söhne>" in text


def test_a_name_in_letters_that_the_font_lacks_stays_whole_for_machines() -> None:
    made = papers_of(buyer={**BUYER, "name": "中文"})

    assert "中文".encode() in made.xml
    assert facturx.get_xml_from_pdf(made.pdf, check_xsd=False)[1] == made.xml


def test_a_company_reads_net_prices_its_reference_and_its_vat_id() -> None:
    text = text_of(papers_of(line("Wartung", 100_00), is_gross=False, buyer=COMPANY))

    assert "PO-77" in text
    assert "ATU12345675" in text
    assert "119,00 €" in text


def test_a_debit_says_when_and_by_which_mandate_and_shows_no_whole_iban() -> None:
    text = text_of(papers_of(means=Means("debit", mandate="NL-M-17", debtor_iban="DE02120300000000202051")))

    assert "07.12.2026" in text
    assert "NL-M-17" in text
    assert "DE02120300000000202051" not in text


def test_a_credit_note_names_what_it_corrects() -> None:
    corrected, _lines = document()
    text = text_of(
        papers_of(line("Akku-Abo 75 kWh", -169_00), kind="credit", refers_to=[corrected], means=Means("none"))
    )

    assert "RE-000017" in text
    assert "-169,00 €" in text


def test_many_lines_go_on_over_pages_and_none_is_lost() -> None:
    made = papers_of(*(line(f"Posten {n}", 1_00) for n in range(120)))

    assert len(PdfReader(BytesIO(made.pdf)).pages) > 3
    assert all(f"Posten {n} " in text_of(made) for n in (0, 60, 119))


def test_the_same_invoice_gives_the_same_bytes() -> None:
    assert papers_of(*MIXED).pdf == papers_of(*MIXED).pdf


def test_a_code_to_scan_is_shown_only_where_money_is_transferred() -> None:
    square = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9H0z"/></svg>'
    caption = "Scan to pay"

    assert caption in text_of(papers_of(girocode=square, language="en"))
    assert caption not in text_of(papers_of(girocode=square, language="en", means=Means("card")))
