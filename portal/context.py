"""What the frame of every page needs. Two queries at most: role grants and unread notices."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.house import brand as house
from accounts.models import LegalText, Notice
from common import brand
from common.civil import local_date
from portal import navigation

THEME_COOKIE = "theme"
THEMES = {"light": "nordlicht", "dark": "nordlicht-dark"}
SYSTEM = "system"
OWN_COLOUR = "#0b7d6b"  # with OWN_DARK: what the built style sheet has
OWN_DARK = "#35b79f"
UNREAD = "unread_notices"
MANY = 99  # the bell says "99+" beyond this


def set_unread(request: HttpRequest, count: int) -> None:
    """A page that has read the notices anyway spares the bell its query."""
    setattr(request, UNREAD, count)


class Shell:
    """The frame, asked piece by piece, so that a fragment pays for nothing it does not draw."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def user(self) -> Any:
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def theme_choice(self) -> str:
        choice = self.request.COOKIES.get(THEME_COOKIE, SYSTEM)
        return choice if choice in THEMES else SYSTEM

    @cached_property
    def theme(self) -> str:
        return THEMES.get(self.theme_choice, "")

    @cached_property
    def section(self) -> str:
        match = self.request.resolver_match
        if match is None:
            return ""
        return navigation.section_of(match.view_name, match.route) or match.app_name or (match.url_name or "")

    @cached_property
    def ways(self) -> tuple[navigation.Way, ...]:
        return navigation.owner_ways() if self.user else navigation.visitor_ways()

    @cached_property
    def tabs(self) -> list[navigation.Way]:
        return [way for way in self.ways if way.tab]

    @cached_property
    def staff_ways(self) -> tuple[navigation.Way, ...]:
        return navigation.staff_ways(self.user) if self.user else ()

    @property
    def staff_bar(self) -> tuple[navigation.Way, ...]:
        return navigation.staff_bar(self.staff_ways, self.section)

    @cached_property
    def unread(self) -> int:
        if not self.user:
            return 0
        known = getattr(self.request, UNREAD, None)
        if known is not None:
            return int(known)
        return Notice.objects.filter(user=self.user, read_at__isnull=True).count()

    @property
    def unread_label(self) -> str:
        if not self.unread:
            return ""
        return f"{MANY}+" if self.unread > MANY else str(self.unread)

    @property
    def brand_style(self) -> str:
        """The style sheet of another brand's colour; the house's own is built in."""
        shown = brand.current()
        colour, dark = shown["colour"], shown.get("colour_dark") or ""
        if colour == OWN_COLOUR and dark in ("", OWN_DARK):
            return ""
        return f"/brand.css?{colour.lstrip('#')}{dark.replace('#', '-')}"

    @cached_property
    def texts(self) -> dict[str, house.TextInForce]:
        """The legal texts in force today, by kind."""
        return house.snapshot().in_force(local_date(timezone.now()))

    @property
    def legal_pages(self) -> list[tuple[str, Any]]:
        """Address and name of each legal text that is in force today."""
        return [
            (reverse("accounts:legal-text", args=[kind.value]), kind.label)
            for kind in LegalText.Kind
            if kind.value in self.texts
        ]

    @property
    def link(self) -> "Links":
        return LINKS


class Links:
    """``{{ shell.link.notices }}``: the path of a page that may not exist in this house."""

    NAMES = {
        "notices": "accounts:notices",
        "account": "accounts:home",
        "cancel": "subscriptions:cancel-public",
        "withdraw": "subscriptions:withdraw-public",
        "imprint": "imprint",
        "contact": "accounts:guest-case-create",
    }

    def __getitem__(self, name: str) -> str:
        return navigation.address(self.NAMES[name])


LINKS = Links()


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``brand`` and ``shell``."""
    return {"brand": brand.current(), "shell": Shell(request)}
