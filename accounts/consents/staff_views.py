"""Pages of those who publish the words of consents."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.consents import consents, texts
from accounts.consents.forms import ConsentTextForm
from accounts.models import ConsentText
from common.pages import FormPage, Page

SHOWN = 10  # versions on one page; each stays in the database


class ConsentTexts(Page):
    permission = texts.PERMISSION
    template_name = "accounts/staff_consent_texts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(purposes=texts.overview(), **kwargs)


class ConsentTextPublish(FormPage):
    """The versions of one purpose, each beside the one before, and a form for the next."""

    permission = texts.PERMISSION
    template_name = "accounts/staff_consent_text.html"
    form_class = ConsentTextForm
    success_message = _("The new version is in force.")
    once = True

    def get_initial(self) -> dict[str, Any]:
        last = texts.versions_of(self.kwargs["purpose"]).first()
        if last is None:
            return {"after": 0, "asks_again": True}
        return {name: getattr(last, name) for name in texts.Wording._fields} | {
            "after": last.version,
            "asks_again": True,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        versions = list(texts.versions_of(self.kwargs["purpose"])[: SHOWN + 1])
        pairs = list(zip(versions, [*versions[1:], None], strict=True))[:SHOWN]
        return super().get_context_data(
            purpose=consents.purpose_named(self.kwargs["purpose"]),
            versions=[(text, _differences(text, before)) for text, before in pairs],
            **kwargs,
        )

    def perform(self, form: ConsentTextForm) -> str:
        text = texts.publish_text(
            by=self.request.user,
            purpose=self.kwargs["purpose"],
            wording=form.wording(),
            asks_again=form.cleaned_data["asks_again"],
            after=form.cleaned_data["after"],
            now=timezone.now(),
        )
        return reverse("accounts:staff-consent-text", args=[text.purpose])


def _differences(text: ConsentText, before: ConsentText | None) -> list[list[texts.Piece]]:
    """Title and text, German and English: what changed since ``before``, or all as it stands."""
    names = ("title_de", "text_de", "title_en", "text_en")
    return [texts.difference(getattr(before or text, name), getattr(text, name)) for name in names]
