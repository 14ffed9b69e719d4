"""An issued document gets its papers and goes to whom it concerns."""

from django.urls import reverse

from accounts.telling import inbox
from journal import outbox
from journal.models import Event
from journal.reacting import reacts_to
from subscriptions.invoices import letters, making
from subscriptions.models import Invoice
from subscriptions.payments import debtors


@reacts_to("subscriptions.invoice_issued")
def make_and_send_papers(event: Event) -> None:
    """First the papers, then the mail that carries them."""
    rows = Invoice.objects.select_related("account__holder", "account__organisation")
    invoice = rows.get(pk=event.subject.object_id)
    making.make_papers(invoice=invoice, now=event.at)
    kind = "credit_issued" if invoice.kind == Invoice.Kind.CREDIT else "invoice_issued"
    people = debtors.people_of(invoice.account)
    for person in people:
        inbox.notify(
            user=person,
            kind=f"subscriptions.{kind}",
            params={"code": invoice.code, "cents": invoice.gross_cents, "invoice": invoice.pk},
            url=reverse("subscriptions:invoice-detail", args=[invoice.pk]),
            event=event,
        )
    mailbox = invoice.buyer.get("email")
    if invoice.account.organisation_id and mailbox and mailbox not in {each.email for each in people}:
        outbox.enqueue(letters.MAILBOX, f"invoice:{invoice.pk}", {"invoice": invoice.pk})
