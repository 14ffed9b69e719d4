"""Customers whom our staff write down: by phone, at the counter; with or without an account."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Address, User
from accounts.profile import parse_phone
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from journal import log

FIELDS = ("first_name", "last_name", "email", "phone", "language")


@dataclass(frozen=True)
class Home:
    """A postal address as the customer tells it; ``country`` is ISO 3166-1 alpha-2."""

    street: str
    postcode: str
    town: str
    country: str = "DE"


def create_customer(
    *,
    by: User,
    first_name: str = "",
    last_name: str = "",
    email: str = "",
    phone: str = "",
    language: str = User.Language.GERMAN,
    address: Home | None = None,
    now: datetime,
) -> User:
    """Write down a customer without an account: a name, and mail or phone.

    They can't sign in until they are invited. Raises NotAllowed, Invalid for what is missing,
    EmailKnown where somebody has this address already (``extra["customer"]`` says who).
    """
    _require_right(by)
    values = _cleaned(
        {
            "first_name": first_name,
            "last_name": last_name,
            "email": email,
            "phone": phone,
            "language": language,
        }
    )
    home = _checked(address)
    customer = User(standing=User.Standing.CUSTOMER, date_joined=now)
    _write(customer, values)
    customer.set_unusable_password()
    with _unique(customer.email), transaction.atomic():
        customer.save()
        if home is not None:
            Address.objects.create(user=customer, **home.__dict__)
        log.record("accounts.customer_created", by=by, subject=customer, audience=[customer], at=now)
    return customer


def change_customer(*, by: User, customer: User, changes: Mapping[str, str], now: datetime) -> User:
    """Mend name, mail, phone or language of a customer without an account.

    Who has an account changes these themselves: Conflict. Otherwise raises as ``create_customer``.
    """
    _require_right(by)
    with _unique(changes.get("email") or None, but=customer.pk), transaction.atomic():
        locked = User.objects.select_for_update(of=("self",)).get(pk=customer.pk)
        if locked.standing != User.Standing.CUSTOMER:
            raise Conflict(_("Who has an account changes these details themselves."), code="has_account")
        before = {name: getattr(locked, name) or "" for name in FIELDS}
        values = _cleaned(
            {**before, **{name: changes[name] for name in FIELDS if name in changes}}, locked.phone
        )
        changed = sorted(name for name, value in values.items() if value != before[name])
        if changed:
            _write(locked, values)
            locked.save(update_fields=changed)
            log.record(
                "accounts.profile_changed",
                by=by,
                subject=locked,
                data={"fields": changed},
                audience=[locked],
                at=now,
            )
    return locked


def customer_numbered(pk: int) -> User:
    """A person who has a file: no shells. Raises NotFound."""
    found = User.objects.filter(pk=pk, standing__in=[User.Standing.ACCOUNT, User.Standing.CUSTOMER]).first()
    if found is None:
        raise NotFound(_("There is no such customer."))
    return found


class EmailKnown(Conflict):
    """Somebody has this address already."""

    code = "email_known"

    def __init__(self, customer_id: int | None) -> None:
        super().__init__(
            _("There is a customer with this e-mail address already."),
            field="email",
            extra={"customer": customer_id},
        )


class _unique:
    """Turns a second row with one address into EmailKnown; stands around the transaction."""

    def __init__(self, email: str | None, but: int = 0) -> None:
        self.email, self.but = (email or "").strip().lower(), but

    def __enter__(self) -> None:
        if self.email and (known := self._other()) is not None:
            raise EmailKnown(known)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, IntegrityError) and self.email and (known := self._other()) is not None:
            raise EmailKnown(known) from error

    def _other(self) -> int | None:
        others = User.objects.filter(email=self.email).exclude(pk=self.but)
        return others.values_list("pk", flat=True).first()


def _require_right(by: User) -> None:
    if not by.has_permission("accounts.edit_customers"):
        raise NotAllowed(_("You may not write down customers."))


def _cleaned(typed: Mapping[str, str], before: str = "") -> dict[str, str]:
    values = {name: " ".join(value.split()) for name, value in typed.items()}
    values["email"] = values["email"].lower()
    if not (values["first_name"] or values["last_name"]):
        raise Invalid(_("Please write down a name."), code="name_missing", field="last_name")
    if not (values["email"] or values["phone"]):
        raise Invalid(_("We need a phone number or an e-mail address."), code="unreachable", field="phone")
    values["phone"] = parse_phone(values["phone"], before=before)
    if values["email"]:
        try:
            validate_email(values["email"])
        except ValidationError as error:
            raise Invalid(
                _("This does not look like an e-mail address."), code="email_invalid", field="email"
            ) from error
    if values["language"] not in User.Language.values:
        raise Invalid(_("We do not speak this language yet."), code="language_unknown", field="language")
    return values


def _write(customer: User, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        setattr(customer, name, value)
    customer.email = values["email"] or None


def _checked(address: Home | None) -> Home | None:
    if address is None:
        return None
    home = Home(*(" ".join(part.split()) for part in address.__dict__.values()))
    if not (home.street and home.postcode and home.town):
        raise Invalid(
            _("An address has a street, a postcode and a town."), code="address_incomplete", field="street"
        )
    if home.country == "DE" and not (len(home.postcode) == 5 and home.postcode.isdecimal()):
        raise Invalid(_("A German postcode has five digits."), code="postcode_invalid", field="postcode")
    return home
