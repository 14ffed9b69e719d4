"""Which pages search engines may find: public ones only."""

from django.contrib.sitemaps import Sitemap

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


SITEMAPS: dict[str, type[Sitemap]] = {"pages": PublicPages}
