"""The bars: which ways a person sees, by role. A way whose page does not exist is left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Way:
    """One entry of a bar."""

    label: str | Promise
    view: str
    icon: str
    section: str
    permission: str = ""
    tab: bool = True
    # Administrators see nearly everything: what they need less often stands in the menu and in the setup.
    in_full_bar: bool = True

    @property
    def url(self) -> str:
        return address(self.view)


OWNER = (
    Way(_("Overview"), "overview", "house", "overview"),
    Way(_("Vehicle"), "vehicles:home", "car", "vehicles"),
    Way(_("Subscriptions"), "subscriptions:home", "zap", "subscriptions"),
    Way(_("Service"), "services:home", "calendar", "services"),
    Way(_("Community"), "community:home", "message-circle", "community"),
    Way(_("Buy"), "shop:home", "shopping-bag", "shop", tab=False),
)
VISITOR = (
    Way(_("Overview"), "overview", "house", "overview"),
    Way(_("Subscriptions"), "subscriptions:home", "zap", "subscriptions"),
    Way(_("Service"), "services:home", "calendar", "services"),
    Way(_("Community"), "community:home", "message-circle", "community"),
    Way(_("Buy"), "shop:home", "shopping-bag", "shop"),
)
STAFF = (
    Way(_("Board"), "services:staff-home", "calendar", "services", "services.view_day"),
    Way(_("Appointments"), "services:staff-day-list", "list", "day-list", "services.view_day"),
    Way(_("Requests"), "accounts:staff-cases", "inbox", "cases", "accounts.enter_desk"),
    Way(_("My work"), "services:my-work", "wrench", "work", "services.do_work", in_full_bar=False),
    Way(
        _("Figures"), "services:staff-figures", "gauge", "figures", "services.view_figures", in_full_bar=False
    ),
    Way(
        _("Recalls"),
        "services:staff-campaigns",
        "triangle-alert",
        "campaigns",
        "services.view_campaigns",
        in_full_bar=False,
    ),
    Way(
        _("Vehicles"),
        "vehicles:staff-home",
        "car",
        "vehicles",
        "vehicles.hand_over",
        in_full_bar=False,
    ),
    Way(_("Customers"), "accounts:customer-list", "users", "customers", "accounts.view_customers"),
    Way(
        _("Batteries"),
        "subscriptions:staff-packs",
        "battery-charging",
        "batteries",
        "subscriptions.run_packs",
        in_full_bar=False,
    ),
    Way(_("Team"), "services:team-list", "user", "team", "services.change_day"),
    Way(_("Contracts"), "subscriptions:staff-home", "receipt", "subscriptions", "subscriptions.view_desk"),
    Way(_("Billing"), "subscriptions:staff-billing", "euro", "billing", "subscriptions.enter_billing"),
    Way(_("Reports"), "community:staff-home", "flag", "community", "community.moderate"),
    Way(
        _("Partner services"),
        "accounts:staff-partners",
        "share-2",
        "partners",
        "accounts.run_partners",
        in_full_bar=False,
    ),
    Way(
        _("People"),
        "accounts:staff-people",
        "users",
        "accounts",
        "accounts.grant_roles",
        in_full_bar=False,
    ),
    Way(
        _("Journal"),
        "accounts:staff-journal",
        "history",
        "journal",
        "accounts.view_journal",
        in_full_bar=False,
    ),
    Way(_("Setup"), "accounts:staff-setup", "settings", "setup", "accounts.set_up_house"),
    Way(
        _("Back office"), "admin:index", "settings", "admin", "accounts.enter_back_office", in_full_bar=False
    ),
)

# Pages that stand in another place of the bar than their app.
SECTIONS = {
    **{
        f"accounts:customer-{name}": "customers"
        for name in (
            "list",
            "create",
            "detail",
            "part",
            "edit",
            "invite",
            "merge-choice",
            "merge",
        )
    },
    **{
        f"accounts:{name}": "setup"
        for name in (
            "staff-setup",
            "setup-brand",
            "setup-imprint",
            "setup-desk",
            "setup-mail",
            "staff-legal",
            "staff-legal-draft",
            "staff-consent-texts",
            "staff-consent-text",
            "import-list",
            "import-new",
            "import-detail",
        )
    },
    **{
        f"services:staff-{name}": "setup"
        for name in (
            "centres",
            "centre",
            "centre-create",
            "centre-change",
            "services",
            "service",
            "service-create",
        )
    },
    **{
        f"services:{name}": "setup"
        for name in (
            "resource-create",
            "resource-change",
            "resource-shifts",
            "service-questions",
            "service-checks",
        )
    },
    **{
        f"services:{name}": "team"
        for name in (
            "team-list",
            "absence-list",
            "absence-create",
            "closure-list",
            "extra-opening-list",
            "replan-list",
            "replan-visit",
        )
    },
    "services:my-work": "work",
    "services:my-row": "work",
    "services:job-detail": "work",
    "services:finding-create": "work",
    "services:finding-change": "work",
    "services:staff-figures": "figures",
    **{f"services:staff-campaign{name}": "campaigns" for name in ("s", "", "-create", "-change")},
    "services:staff-day-list": "day-list",
    "accounts:staff-cases": "cases",
    "accounts:staff-case": "cases",
    **{
        f"accounts:staff-case-{deed}": "cases"
        for deed in ("create", "hand-over", "promise", "reopen", "merge")
    },
    "accounts:staff-journal": "journal",
    "accounts:staff-work": "journal",
    "accounts:staff-retention": "journal",
    "accounts:staff-retention-change": "journal",
    "accounts:staff-locked": "journal",
    "accounts:staff-locked-record": "journal",
    "accounts:staff-partners": "partners",
    "accounts:staff-partner": "partners",
    "accounts:staff-partner-create": "partners",
    "accounts:staff-partner-change": "partners",
}


# All pages below such an address stand under one way, unless the table above says otherwise.
ROUTES = {"staff/billing/": "billing", "staff/batteries/": "batteries", "staff/setup/": "setup"}


def section_of(view_name: str, route: str) -> str:
    """Where a page stands in the bar, if not at its app's place."""
    below = next((section for start, section in ROUTES.items() if route.startswith(start)), "")
    return SECTIONS.get(view_name, below)


@lru_cache(maxsize=128)
def address(view: str) -> str:
    """The path of a named page, or nothing if this house has no such page."""
    try:
        return reverse(view)
    except NoReverseMatch:
        return ""


def _existing(ways: Iterable[Way]) -> tuple[Way, ...]:
    return tuple(way for way in ways if way.url)


@lru_cache(maxsize=1)
def owner_ways() -> tuple[Way, ...]:
    return _existing(OWNER)


@lru_cache(maxsize=1)
def visitor_ways() -> tuple[Way, ...]:
    return _existing(VISITOR)


def staff_ways(user: Any) -> tuple[Way, ...]:
    """The places of work of this person; empty for an owner. Reads the role grants once."""
    if not user.grants:
        return ()
    return tuple(way for way in _existing(STAFF) if user.has_permission(way.permission))


MOST_IN_BAR = 6
# Of a front desk, whose bar would be too long for a phone; the menu has them.
NOT_DAILY = ("work", "figures", "campaigns", "batteries")


def staff_bar(ways: tuple[Way, ...], section: str) -> tuple[Way, ...]:
    """What of it stands in the bar: all, or for those who see many what they need daily."""
    if any(way.permission == "accounts.set_up_house" for way in ways):
        return tuple(way for way in ways if way.in_full_bar or way.section == section)
    if len(ways) <= MOST_IN_BAR:
        return ways
    return tuple(way for way in ways if way.section not in NOT_DAILY or way.section == section)
