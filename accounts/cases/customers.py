"""Whose concern a case is: opened for a customer by the desk, and guests who turn out to be known."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.cases.handling import require_open
from accounts.cases.locking import locked_for_staff, store
from accounts.models import Case, User
from common.errors import Conflict, NotFound
from journal import log

KNOWN = (User.Standing.ACCOUNT, User.Standing.CUSTOMER)


def customer_for_desk(*, by: User, number: int) -> User:
    """A customer to open a case for. Raises NotFound for shells, oneself, or without the right."""
    found = User.objects.filter(pk=number, standing__in=KNOWN).exclude(pk=by.pk).first()
    if found is None or not by.has_permission("accounts.view_customers"):
        raise NotFound(_("There is no such customer."))
    return found


def known_by_address(case: Case) -> User | None:
    """The one customer whose e-mail address a guest gave; None where there is no such."""
    if case.customer_id is not None or not case.contact_email:
        return None
    return User.objects.filter(email=case.contact_email, standing__in=KNOWN).first()


def name_customer(*, by: User, case: Case, expected: int | None = None, now: datetime) -> Case:
    """Give a guest's case to the customer with the same e-mail address: they see it in their account.

    Only the address decides, so that nobody reads a stranger's words. Raises Conflict where
    nobody has it.
    """
    with transaction.atomic():
        locked = locked_for_staff(by=by, case=case, expected=expected)
        require_open(locked)
        customer = known_by_address(locked)
        if customer is None or customer.pk == by.pk:
            raise Conflict(_("No customer has this e-mail address."), code="customer_unknown")
        locked.customer = customer
        log.record(
            "accounts.case_customer_named",
            by=by,
            subject=locked,
            data={"code": locked.code, "customer": customer.pk},
            audience=[customer],
            at=now,
        )
        store(locked, "customer")
    return locked
