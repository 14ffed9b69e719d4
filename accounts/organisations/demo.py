"""A company of the demo: who runs it, a driver, and where its invoices go. All invented."""

from datetime import datetime

from accounts.models import Address, Membership, Organisation, User


def seed_organisation(*, administrator: User, driver: User, since: datetime) -> Organisation:
    """A delivery service as it would be found after some months."""
    company = Organisation.objects.create(
        name="Elbwind Lieferdienst GmbH",
        legal_form=Organisation.LegalForm.GMBH,
        order_reference="KST 4711",
        invoice_email="rechnung@elbwind.example",
        created_at=since,
    )
    Membership.objects.bulk_create(
        Membership(organisation=company, user=user, role=role, since=since)
        for user, role in (
            (administrator, Membership.Role.ADMINISTRATOR),
            (driver, Membership.Role.DRIVER),
        )
    )
    Address.objects.create(
        organisation=company,
        purpose=Address.Purpose.INVOICE,
        extra="Buchhaltung, 2. OG",
        street="Am Deich 12",
        postcode="21107",
        town="Hamburg",
    )
    return company
