"""Who issues the invoices: name and address from the imprint, tax and bank data from the set-up."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from common import brand
from common.errors import Conflict
from subscriptions.models import Creditor


@dataclass(frozen=True)
class Seller:
    """What UStG §14(4) no. 1 and 2 ask of whoever issues, and where the money is to go."""

    name: str
    street: str
    postcode: str
    town: str
    email: str = ""
    phone: str = ""
    register: str = ""
    vat_id: str = ""
    tax_number: str = ""
    iban: str = ""
    bic: str = ""
    account_name: str = ""
    creditor_id: str = ""
    country: str = "DE"

    def require_complete(self) -> None:
        """Raises Conflict (seller_incomplete) that names what the law asks for and is missing."""
        named = {
            _("name"): self.name,
            _("street"): self.street,
            _("town"): self.town,
            _("VAT id or tax number"): self.vat_id or self.tax_number,
        }
        missing = [label for label, value in named.items() if not value]
        if missing:
            raise Conflict(
                _("Invoices need more about the house: %(missing)s. Please complete the set-up.")
                % {"missing": ", ".join(missing)},
                code="seller_incomplete",
            )


def current() -> Seller:
    """The house as it is set up now. One query."""
    house, money = brand.current(), Creditor.objects.first() or Creditor()
    # The settings know one line of address only, the imprint knows its parts.
    street, _comma, place = house["address"].rpartition(", ")
    street, place = house.get("street") or street, house.get("place") or place
    postcode, _space, town = place.partition(" ")
    if not postcode.isdigit():
        postcode, town = "", place
    return Seller(
        name=house["legal_name"],
        street=street,
        postcode=postcode,
        town=town,
        email=house["email"],
        phone=house["phone"],
        register=house.get("register", ""),
        vat_id=money.vat_id or house.get("vat_id", ""),
        tax_number=money.tax_number,
        iban=money.iban,
        bic=money.bic,
        account_name=money.name or house["legal_name"],
        creditor_id=money.creditor_id,
    )
