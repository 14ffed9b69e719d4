"""Legal pages for everybody: what holds today, and what held before."""

from typing import Any

from django.http import Http404
from django.utils import timezone

from accounts.house import legal, legal_markup
from accounts.models import LegalText
from common.civil import local_date
from common.pages import Page


class LegalPage(Page):
    """The text in force, or a version by its number. Staff see that there is none yet."""

    public = True
    template_name = "accounts/legal_text.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kind = _kind(kwargs["kind"])
        today = local_date(timezone.now())
        editions = legal.editions(kind)
        shown: legal.Edition | None
        if "version" in kwargs:
            shown = legal.edition(kind=kind, version=kwargs["version"])
        else:
            shown = next((each for each in editions if each.holds_on(today)), None)
        user: Any = self.request.user
        may_write = user.is_authenticated and user.has_permission("accounts.set_up_house")
        if shown is None and not may_write:
            raise Http404
        return super().get_context_data(
            kind=kind,
            title=LegalText.Kind(kind).label,
            shown=shown,
            html=legal_markup.render(shown.text.text) if shown else "",
            in_force=shown is not None and shown.holds_on(today),
            coming=shown is not None and shown.text.valid_from > today,
            others=[each for each in editions if shown is None or each.text.pk != shown.text.pk],
            may_write=may_write,
            today=today,
            **{key: value for key, value in kwargs.items() if key != "kind"},
        )


def _kind(name: str) -> str:
    if name not in LegalText.Kind.values:
        raise Http404
    return name
