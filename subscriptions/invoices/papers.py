"""The invoice as people read it: PDF/A-3 with the XML for machines inside (ZUGFeRD, Factur-X).

Typst sets the page and attaches the XML; what says to machines that it is there (the XMP of
Factur-X) is added afterwards, because typst has no words for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import pikepdf
from django.utils import translation
from django.utils.translation import gettext as _

from documents import papers
from subscriptions.invoices import einvoice, wording
from subscriptions.invoices.einvoice import Means
from subscriptions.invoices.sellers import Seller
from subscriptions.models import Invoice, InvoiceLine

TEMPLATE = "subscriptions/invoice.typ"
FX = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
# ISO 19005-3 wants each property outside of the standard described; the words are those of Factur-X 1.0.
PROPERTIES = (
    ("DocumentFileName", einvoice.FILE_NAME, "The name of the embedded XML document"),
    ("DocumentType", "INVOICE", "The type of the hybrid document in capital letters, e.g. INVOICE or ORDER"),
    ("Version", "1.0", "The actual version of the standard applying to the embedded XML document"),
    ("ConformanceLevel", "EN 16931", "The conformance level of the embedded XML document"),
)
SCHEMAS_END = b"</rdf:Bag></pdfaExtension:schemas>"
END = b"</rdf:RDF>"


@dataclass(frozen=True)
class Papers:
    pdf: bytes
    xml: bytes


def papers_of(
    *,
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    seller: Seller,
    means: Means,
    refers_to: Sequence[Invoice] = (),
    girocode: str = "",
    now: datetime,
) -> Papers:
    """PDF and XML of an issued document, in its own language; the same input gives the same bytes.

    ``girocode`` is the drawing (SVG) that pays it, shown where it is paid by transfer.

    Raises Conflict (seller_incomplete) while the house has not said what UStG §14(4) asks for.
    """
    xml = einvoice.xml_of(invoice=invoice, lines=lines, seller=seller, means=means, refers_to=refers_to)
    with translation.override(invoice.language):
        values = wording.values_of(
            invoice=invoice, lines=lines, seller=seller, means=means, refers_to=refers_to
        )
        if values["pay"]["by_transfer"]:
            values["pay"]["svg"] = girocode
        values["attached"] = {
            "name": einvoice.FILE_NAME,
            "xml": xml.decode(),
            "description": _("The same invoice for machines (EN 16931)"),
        }
    pdf = papers.set_paper(
        template=TEMPLATE,
        values=values,
        language=invoice.language,
        now=now,
        standards=papers.STANDARDS_WITH_FILES,
    )
    return Papers(declare(pdf), xml)


def declare(pdf: bytes) -> bytes:
    """Add the XMP of Factur-X to a PDF/A-3 of typst's. Raises ValueError for one without PDF/A's own."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        stream: Any = opened.Root.Metadata
        xmp = stream.read_bytes()
        if xmp.count(SCHEMAS_END) != 1 or xmp.count(END) != 1:
            raise ValueError("the PDF does not describe its metadata as PDF/A wants it")
        xmp = xmp.replace(SCHEMAS_END, _described() + SCHEMAS_END).replace(END, _said() + END)
        stream.write(xmp)
        written = BytesIO()
        opened.save(written, deterministic_id=True, fix_metadata_version=False)
    return written.getvalue()


def _described() -> bytes:
    each = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        f"<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{words}</pdfaProperty:description></rdf:li>"
        for name, _value, words in PROPERTIES
    )
    return (
        '<rdf:li rdf:parseType="Resource">'
        "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{FX}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{each}</rdf:Seq></pdfaSchema:property></rdf:li>"
    ).encode()


def _said() -> bytes:
    values = "".join(f"<fx:{name}>{value}</fx:{name}>" for name, value, _words in PROPERTIES)
    return f'<rdf:Description rdf:about="" xmlns:fx="{FX}">{values}</rdf:Description>'.encode()
