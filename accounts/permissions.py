"""Who may do what: the one table of permissions.

Roles are granted as rows (role, scope); everybody signed in is an owner of what is theirs.
A permission that is asked with a scope (a centre) is held through a grant for that scope
or for everywhere.
"""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OWNER = "owner", _("owner")
    STAFF = "staff", _("service staff")
    TECHNICIAN = "technician", _("technician")
    ADVISOR = "advisor", _("advisor")
    MODERATOR = "moderator", _("moderator")
    ACCOUNTANT = "accountant", _("accountant")
    PRODUCT = "product", _("product manager")
    HOST = "host", _("house host")
    ADMINISTRATOR = "administrator", _("administrator")


# Roles that are held per centre; the others hold everywhere.
SCOPED_ROLES = {Role.STAFF, Role.TECHNICIAN, Role.HOST}

PERMISSIONS: dict[str, frozenset[Role]] = {
    "accounts.view_journal": frozenset({Role.ADMINISTRATOR}),
    "accounts.rerun_work": frozenset({Role.ADMINISTRATOR}),
    # The door of CSV imports; each kind of file asks for a permission of its own besides.
    "accounts.import_files": frozenset({Role.PRODUCT, Role.ADMINISTRATOR}),
    "accounts.grant_roles": frozenset({Role.ADMINISTRATOR}),
    "accounts.set_up_house": frozenset({Role.ADMINISTRATOR}),
    # The door of the desk for requests; which queues are behind it, each queue says.
    "accounts.enter_desk": frozenset(
        {Role.STAFF, Role.ADVISOR, Role.ACCOUNTANT, Role.MODERATOR, Role.ADMINISTRATOR}
    ),
    "accounts.answer_cases": frozenset({Role.STAFF, Role.ADVISOR, Role.ADMINISTRATOR}),
    "accounts.answer_data_requests": frozenset({Role.ADMINISTRATOR}),
    "accounts.run_retention": frozenset({Role.ADMINISTRATOR}),
    # Names and addresses that the law keeps of people who left; each look is in the journal.
    "accounts.see_locked": frozenset({Role.ADMINISTRATOR}),
    "accounts.run_partners": frozenset({Role.PRODUCT, Role.ADMINISTRATOR}),
    # The customer file; each part of it asks for a permission of its own besides.
    "accounts.view_customers": frozenset({Role.STAFF, Role.ADVISOR, Role.ACCOUNTANT, Role.ADMINISTRATOR}),
    "accounts.edit_customers": frozenset({Role.STAFF, Role.ADVISOR, Role.ADMINISTRATOR}),
    "accounts.merge_customers": frozenset({Role.STAFF, Role.ADVISOR, Role.ADMINISTRATOR}),
    # The door; behind it product managers find the catalogue, administrators everything.
    "accounts.enter_back_office": frozenset({Role.PRODUCT, Role.ADMINISTRATOR}),
    "accounts.see_back_office": frozenset({Role.ADMINISTRATOR}),
    "vehicles.decide_claims": frozenset({Role.ADVISOR, Role.ADMINISTRATOR}),
    "accounts.publish_consent_texts": frozenset({Role.ADMINISTRATOR}),
    "vehicles.hand_over": frozenset({Role.STAFF, Role.ADVISOR, Role.ADMINISTRATOR}),
    "services.view_day": frozenset({Role.STAFF, Role.TECHNICIAN, Role.ADMINISTRATOR}),
    "services.change_day": frozenset({Role.STAFF, Role.ADMINISTRATOR}),
    # Technicians on their own jobs; who may change the day, on all of the centre's.
    "services.do_work": frozenset({Role.STAFF, Role.TECHNICIAN, Role.ADMINISTRATOR}),
    "services.view_figures": frozenset({Role.STAFF, Role.ADMINISTRATOR}),
    # Recalls and campaigns: who works on cars sees which are open.
    "services.view_campaigns": frozenset({Role.STAFF, Role.TECHNICIAN, Role.PRODUCT, Role.ADMINISTRATOR}),
    "services.publish_campaigns": frozenset({Role.PRODUCT, Role.ADMINISTRATOR}),
    "services.set_up": frozenset({Role.ADMINISTRATOR}),
    "community.moderate": frozenset({Role.MODERATOR, Role.ADMINISTRATOR}),
    "subscriptions.view_desk": frozenset({Role.ACCOUNTANT, Role.ADVISOR, Role.ADMINISTRATOR}),
    # The door; behind it each place of billing asks for a permission of its own.
    "subscriptions.enter_billing": frozenset(
        {Role.ACCOUNTANT, Role.ADVISOR, Role.PRODUCT, Role.ADMINISTRATOR}
    ),
    # Systems that report usage, and their keys.
    "subscriptions.run_sources": frozenset({Role.PRODUCT, Role.ADMINISTRATOR}),
    # Battery packs: fitted, measured and taken out by those who work on cars.
    "subscriptions.run_packs": frozenset({Role.STAFF, Role.TECHNICIAN, Role.ADVISOR, Role.ADMINISTRATOR}),
    "subscriptions.keep_books": frozenset({Role.ACCOUNTANT, Role.ADMINISTRATOR}),
    "subscriptions.release_refunds": frozenset({Role.ACCOUNTANT, Role.ADMINISTRATOR}),
    "subscriptions.edit_catalogue": frozenset({Role.PRODUCT, Role.ADMINISTRATOR}),
}


def allows(name: str, grants: Iterable[Any], scope: models.Model | None = None) -> bool:
    """Whether one of the grants holds the named permission. KeyError for an unknown name."""
    roles = PERMISSIONS[name]
    if Role.OWNER in roles:
        return True
    for grant in grants:
        if grant.role not in roles:
            continue
        if scope is None or not grant.scope_kind:
            return True
        if grant.scope_kind == scope._meta.label_lower and grant.scope_id == scope.pk:
            return True
    return False
