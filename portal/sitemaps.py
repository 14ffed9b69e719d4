"""Which pages search engines may find: public ones only."""

from datetime import date

from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils import timezone

from accounts.house import brand
from common.civil import local_date
from portal.navigation import address

PUBLIC = (
    "overview",
    "shop:home",
    "subscriptions:home",
    "services:home",
    "community:home",
    "subscriptions:cancel-public",
    "subscriptions:withdraw-public",
    "imprint",
)


class PublicPages(Sitemap):
    """The pages that a visitor may open without signing in."""

    changefreq = "weekly"

    def items(self) -> list[str]:
        return [name for name in PUBLIC if address(name)]

    def location(self, item: str) -> str:
        return address(item)


class LegalPages(Sitemap):
    """The legal texts that are in force today."""

    changefreq = "monthly"

    def items(self) -> list[brand.TextInForce]:
        return list(brand.snapshot().in_force(local_date(timezone.now())).values())

    def location(self, item: brand.TextInForce) -> str:
        return reverse("accounts:legal-text", args=[item.kind])

    def lastmod(self, item: brand.TextInForce) -> date:
        return item.valid_from


SITEMAPS: dict[str, type[Sitemap]] = {"pages": PublicPages, "legal": LegalPages}
