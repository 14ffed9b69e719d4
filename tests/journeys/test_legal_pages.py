"""The legal pages of the demo: there for visitors, reached from every foot, and axe-clean in both themes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from accounts.models import LegalText
from tests.journeys.test_accessibility import examine


@pytest.mark.parametrize("phone", [True, False])
def test_every_legal_page_can_be_read_by_everybody(visit: Callable[..., Page], phone: bool) -> None:
    page = visit(phone=phone)
    page.goto("/")
    linked = page.eval_on_selector_all("footer a", "links => links.map(a => a.getAttribute('href'))")
    problems: list[str] = []
    for kind in LegalText.Kind.values:
        assert f"/legal/{kind}/" in linked
        page.goto(f"/legal/{kind}/")
        examine(page, f"/legal/{kind}/", problems)
    page.goto("/imprint/")
    examine(page, "/imprint/", problems)
    assert not problems, "\n".join(problems)
