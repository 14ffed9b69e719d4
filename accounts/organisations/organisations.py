"""Organisations: who they are, who runs them, and what an employer may see of a driver."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from stdnum.eu import vat
from stdnum.exceptions import ValidationError as NumberInvalid

from accounts.consents import consents
from accounts.models import Membership, Organisation, User
from accounts.organisations.errors import OrganisationNotFound
from common.errors import Conflict, Invalid, NotAllowed
from journal import log

FIELDS = ("name", "legal_form", "vat_id", "order_reference", "invoice_email")


def create_organisation(*, by: User, values: dict[str, str], now: datetime) -> Organisation:
    """A new organisation with ``by`` as its administrator; ``values`` has name and legal form at least.

    Raises Invalid for a VAT id with a wrong form or check digit (python-stdnum), Conflict for one
    that another organisation has.
    """
    checked = _checked(values)
    try:
        with transaction.atomic():
            organisation = Organisation.objects.create(**checked, created_at=now)
            Membership.objects.create(
                organisation=organisation, user=by, role=Membership.Role.ADMINISTRATOR, since=now
            )
            log.record("accounts.organisation_created", by=by, subject=organisation, audience=[by], at=now)
    except IntegrityError as error:
        raise _vat_id_taken() from error
    return organisation


def change_organisation(
    *, by: User, organisation: Organisation, changes: dict[str, str], now: datetime
) -> Organisation:
    """Change some of what create_organisation takes. The journal learns which, not the values.

    Raises NotAllowed for anybody but its administrators, and what create_organisation raises.
    """
    try:
        with transaction.atomic():
            locked = lock_organisation(organisation)
            require_administrator(by=by, organisation=locked)
            checked = _checked(changes)
            changed = sorted(name for name, value in checked.items() if getattr(locked, name) != value)
            if changed:
                for name in changed:
                    setattr(locked, name, checked[name])
                locked.save(update_fields=changed)
                log.record(
                    "accounts.organisation_changed",
                    by=by,
                    subject=locked,
                    data={"fields": changed},
                    audience=[by],
                    at=now,
                )
    except IntegrityError as error:
        raise _vat_id_taken() from error
    return locked


def check_vat_id(typed: str) -> str:
    """The number in its compact form (``DE136695976``), or Invalid. Empty stays empty.

    Form and check digit only: whether it was issued, the VIES service of the EU would know.
    """
    if not typed.strip():
        return ""
    try:
        return str(vat.validate(typed))
    except NumberInvalid:
        raise Invalid(
            _("This VAT id is mistyped. A German one looks like DE136695976."),
            code="vat_id_invalid",
            field="vat_id",
        ) from None


def lock_organisation(organisation: Organisation) -> Organisation:
    """Its row, locked until commit: whatever changes who acts for it begins here."""
    locked = Organisation.objects.select_for_update(of=("self",)).filter(pk=organisation.pk).first()
    if locked is None or locked.closed_at is not None:
        raise OrganisationNotFound
    return locked


def membership_of(*, user: User, organisation: Organisation) -> Membership | None:
    """The person's membership in force."""
    return Membership.objects.in_force().filter(user=user, organisation=organisation).first()


def require_administrator(*, by: User, organisation: Organisation) -> Membership:
    """Raises OrganisationNotFound for people who are no members, NotAllowed for other roles."""
    held = membership_of(user=by, organisation=organisation)
    if held is None:
        raise OrganisationNotFound
    if held.role != Membership.Role.ADMINISTRATOR:
        raise NotAllowed(_("Only administrators of the organisation do this."))
    return held


def require_running(*, by: User, organisation: Organisation) -> Membership:
    """The membership of an administrator or fleet manager, who act for the organisation.

    Raises OrganisationNotFound for everybody else: drivers do not act for it.
    """
    held = membership_of(user=by, organisation=organisation)
    if held is None or held.role not in Membership.Role.running():
        raise OrganisationNotFound
    return held


def runners_of(organisation_id: int | None) -> list[User]:
    """Administrators and fleet managers: whom news about its cars and contracts reaches."""
    running = Membership.objects.in_force().filter(
        organisation=organisation_id, role__in=Membership.Role.running()
    )
    return [held.user for held in running.select_related("user").order_by("pk")]


def run_by(user: User) -> list[Organisation]:
    """For which organisations the person may act, by name; one query."""
    return list(Organisation.objects.run_by(user).order_by("name", "pk"))


def may_see_trips(*, viewer: User, driver: User, now: datetime) -> bool:
    """Whether ``viewer`` may see where ``driver`` is and was (GDPR Art. 6(1)(a), BDSG §26).

    The driver always; otherwise whoever runs an organisation that the driver belongs to,
    as long as the driver allows it.
    """
    if viewer.pk == driver.pk:
        return True
    run = Organisation.objects.run_by(viewer)
    if not Membership.objects.in_force().filter(user=driver, organisation__in=run).exists():
        return False
    return consents.has_consent(user=driver, purpose=consents.EMPLOYER_TRIPS, now=now)


def co_members(*, viewer: User, person_id: int | None) -> bool:
    """Whether both act for the same organisation now."""
    mine = Membership.objects.in_force().filter(user=viewer).values("organisation_id")
    return Membership.objects.in_force().filter(user=person_id, organisation__in=mine).exists()


def _checked(values: dict[str, str]) -> dict[str, Any]:
    if unknown := set(values) - set(FIELDS):
        raise ValueError(f"not of an organisation: {sorted(unknown)}")
    checked: dict[str, Any] = {name: " ".join(value.split()) for name, value in values.items()}
    if "name" in checked and not checked["name"]:
        raise Invalid(_("Please enter the name of the organisation."), field="name")
    if checked.get("legal_form", "other") not in Organisation.LegalForm.values:
        raise Invalid(_("Please choose the legal form."), field="legal_form")
    if "vat_id" in checked:
        checked["vat_id"] = check_vat_id(checked["vat_id"])
    return checked


def _vat_id_taken() -> Conflict:
    # Says no more than the public register of the EU does: the number is in use.
    return Conflict(
        _("An organisation with this VAT id is with us already. Ask its administrator to invite you."),
        code="vat_id_taken",
        field="vat_id",
    )
