"""Pages of consents: what is asked, giving and withdrawing with one button, receipts."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import View

from accounts.consents import consents, papers, receipts
from accounts.consents.forms import ConsentChoice
from accounts.models import ConsentEntry
from common.errors import Invalid
from common.pages import Access, ActionPage, ListPage, Page


class Consents(ListPage):
    """All purposes, and below them the person's own log."""

    template_name = "accounts/consents.html"
    context_object_name = "entries"
    paginate_by = 10

    def get_queryset(self) -> QuerySet[ConsentEntry]:
        return consents.entries_of(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        areas: dict[str, list[consents.Standing]] = {}
        standings = consents.standings_of(self.request.user)
        for standing in standings:
            areas.setdefault(str(standing.purpose.area), []).append(standing)
        lapsed = sum(standing.lapsed for standing in standings)
        return super().get_context_data(areas=areas.items(), lapsed=lapsed, **kwargs)


class ConsentDecide(ActionPage):
    """Gives or withdraws, by the same button in the same place."""

    def perform(self) -> str:
        choice = ConsentChoice(self.request.POST)
        if not choice.is_valid():
            raise Invalid(_("Please choose on the page what you allow."))
        user, now, purpose = self.request.user, timezone.now(), self.kwargs["purpose"]
        if choice.cleaned_data["given"] == "1":
            version = choice.cleaned_data["version"]
            consents.give_consent(by=user, purpose=purpose, version=version, way=consents.Way.PAGE, now=now)
            messages.success(self.request, _("Allowed. You can withdraw it here at any time."))
        else:
            consents.withdraw_consent(by=user, purpose=purpose, way=consents.Way.PAGE, now=now)
            messages.success(self.request, _("Withdrawn. It counts from now on."))
        return f"{reverse('accounts:consents')}#{purpose}"

    def failure_url(self) -> str:
        return reverse("accounts:consents")


class ConsentReceipt(Page):
    template_name = "accounts/consent_receipt.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entry = receipts.receipt(user=self.request.user, code=self.kwargs["code"])
        return super().get_context_data(entry=entry, **kwargs)


class ConsentReceiptPaper(Access, View):
    """The same as a PDF to keep."""

    def get(self, request: Any, code: str) -> FileResponse:
        return paper_answer(receipts.receipt(user=request.user, code=code))


def paper_answer(entry: ConsentEntry) -> FileResponse:
    """The receipt as a file, in the reader's language."""
    language = get_language() or settings.LANGUAGE_CODE
    content = BytesIO(papers.receipt_paper(entry=entry, language=language))
    answer = FileResponse(content, content_type="application/pdf", filename=f"{entry.code}.pdf")
    answer["Cache-Control"] = "private, no-store"
    return answer


class ConsentReceiptMail(ActionPage):
    success_message = gettext_lazy("The receipt is on its way to your mailbox.")

    def perform(self) -> str:
        entry = receipts.mail_receipt(by=self.request.user, code=self.kwargs["code"], now=timezone.now())
        return reverse("accounts:consent-receipt", args=[entry.code])
