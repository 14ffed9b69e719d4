"""What we tell people about estimates."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.telling.inbox import register_notice
from common.money import format_money
from services.estimates import letters
from services.visits.notices import moments


def shaped(params: dict[str, Any]) -> dict[str, Any]:
    """``cents`` as an amount, instants as day and time."""
    return {**moments(params), "amount": format_money(int(params.get("cents", 0)))}


register_notice(
    "services.estimate_sent",
    title=_("Please decide: estimate of %(amount)s"),
    text=_("%(service)s at %(centre)s: %(works)s. You can decide until %(day)s, %(time)s."),
    mail=True,
    shape=shaped,
    group="service",
    urgent=True,
    replaces="estimate",
)
register_notice(
    "services.estimate_replaced",
    title=_("The workshop is revising your estimate"),
    text=_("You will get a new one for your visit %(code)s."),
    group="service",
    replaces="estimate",
)
register_notice(
    "services.estimate_expired",
    title=_("The time for your estimate is over"),
    text=_("Nothing of it was ordered. Do you still want it? Please write to us or call: %(phone)s."),
    mail=True,
    shape=shaped,
    group="service",
    replaces="estimate",
)
# A contract is confirmed in a form that stays (BGB §312f(2)): such a letter always goes out.
register_notice(
    "services.estimate_ordered",
    title=_("Your order for %(amount)s"),
    text=_("You ordered for your visit %(code)s at %(centre)s: %(works)s. VAT is included."),
    mail=True,
    shape=shaped,
    group="service",
    required=True,
    attach=letters.papers_of_order,
)
register_notice(
    "services.estimate_ordered.phone",
    title=_("Your order on the phone for %(amount)s"),
    text=_(
        "You ordered for your visit %(code)s at %(centre)s: %(works)s. VAT is included. "
        "Something is wrong? Please call us: %(phone)s."
    ),
    mail=True,
    shape=shaped,
    group="service",
    required=True,
    attach=letters.papers_of_order,
)
register_notice(
    "services.estimate_refused",
    title=_("You ordered nothing of the estimate"),
    text=_("For your visit %(code)s at %(centre)s we do only what was agreed before."),
    mail=True,
    group="service",
)
register_notice(
    "services.estimate_decided.to_team",
    title=_("Visit %(code)s: %(approved)s of %(lines)s ordered"),
    text=_("%(service)s at %(centre)s: %(amount)s."),
    shape=shaped,
    group="service",
)
register_notice(
    "services.estimate_expired.to_team",
    title=_("Visit %(code)s: nobody decided"),
    text=_("The time for estimate %(number)s is over. Please call the customer."),
    group="service",
)
