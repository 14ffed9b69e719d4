"""Administrators write legal texts: draft, preview, difference, publish."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.house import legal, legal_markup, legal_samples, setup
from accounts.house.forms import LegalForm
from accounts.models import LegalText
from common.civil import local_date
from common.pages import ActionPage, FormPage, Page


class LegalTexts(Page):
    permission = setup.SET_UP
    template_name = "accounts/staff_legal.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = local_date(timezone.now())
        rows = []
        for kind in LegalText.Kind:
            editions = legal.editions(kind.value)
            rows.append(
                {
                    "kind": kind,
                    "shown": next((each for each in editions if each.holds_on(today)), None),
                    "coming": next((each for each in editions if each.text.valid_from > today), None),
                    "draft": legal.draft_of(kind.value),
                }
            )
        return super().get_context_data(rows=rows, **kwargs)


class LegalDraft(FormPage):
    """The draft of one kind: from the version in force, or from a sample where there is none."""

    permission = setup.SET_UP
    template_name = "accounts/staff_legal_draft.html"
    form_class = LegalForm

    @property
    def kind(self) -> str:
        name = str(self.kwargs["kind"])
        if name not in LegalText.Kind.values:
            raise Http404
        return name

    def get_initial(self) -> dict[str, Any]:
        today = local_date(timezone.now())
        draft = legal.draft_of(self.kind)
        if draft is not None:
            return {
                "text_de": draft.text_de,
                "text_en": draft.text_en,
                "valid_from": max(draft.valid_from, today),
            }
        before = next(iter(legal.editions(self.kind)), None)
        if before is not None:
            return {"text_de": before.text.text_de, "text_en": before.text.text_en, "valid_from": today}
        return {
            "text_de": legal_samples.sample(kind=self.kind, language="de", day=today),
            "text_en": legal_samples.sample(kind=self.kind, language="en", day=today),
            "valid_from": today,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        draft = legal.draft_of(self.kind)
        editions = legal.editions(self.kind)
        before = editions[0].text if editions else None
        context = super().get_context_data(
            kind=LegalText.Kind(self.kind), draft=draft, editions=editions, before=before, **kwargs
        )
        if draft is not None:
            context["preview_de"] = legal_markup.render(draft.text_de)
            context["preview_en"] = legal_markup.render(draft.text_en)
            if before is not None:
                context["difference_de"] = legal.difference(before.text_de, draft.text_de)
                context["difference_en"] = legal.difference(before.text_en, draft.text_en)
        return context

    def perform(self, form: LegalForm) -> str:
        now = timezone.now()
        draft = legal.save_draft(by=self.request.user, kind=self.kind, now=now, **form.cleaned_data)
        if "publish" in self.request.POST:
            legal.publish_text(by=self.request.user, text=draft, now=now)
            self.success_message = _("The text is published.")
            return reverse("accounts:staff-legal")
        self.success_message = _("The draft is saved. Nobody sees it yet.")
        return reverse("accounts:staff-legal-draft", args=[self.kind])


class LegalDiscard(ActionPage):
    permission = setup.SET_UP
    success_message = _("The draft is discarded.")

    def perform(self) -> str:
        text = get_object_or_404(LegalText, pk=self.kwargs["pk"])
        legal.discard_draft(by=self.request.user, text=text, now=timezone.now())
        return reverse("accounts:staff-legal")

    def failure_url(self) -> str:
        return reverse("accounts:staff-legal")
