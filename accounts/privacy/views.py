"""Pages of one's own data: the copy, and leaving."""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts import freshness
from accounts.models import Export
from accounts.privacy import erasing, exports
from accounts.privacy import parts as privacy
from accounts.privacy.forms import LeaveForm
from common.pages import Access, ActionPage, FormPage, Page
from documents.models import Document


class FreshSignIn:
    """Asks once more who it is, unless the sign-in is fresh, and comes back to ``return_to``."""

    return_to = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not freshness.is_fresh(request.session, now=timezone.now()):
            back = reverse(self.return_to) if self.return_to else request.path
            return redirect(freshness.sign_in_again_url(back))
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class Privacy(Page):
    """One entry for everything about one's data: consents, the copy, leaving."""

    template_name = "accounts/privacy.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        export = exports.latest_export(user)
        return super().get_context_data(
            export=export,
            can_ask=export is None or not export.is_under_way,
            planned=erasing.plan_of(user),
            **kwargs,
        )


class ExportState(Page):
    """What the page shows of a copy; fetched again while it is built."""

    template_name = "accounts/_export_state.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        export = get_object_or_404(Export.objects.visible_to(self.request.user), pk=self.kwargs["pk"])
        return super().get_context_data(export=export, **kwargs)


class ExportRequest(FreshSignIn, ActionPage):
    return_to = "accounts:privacy"
    success_message = _("We are building your copy. You can leave this page: we tell you when it is ready.")

    def perform(self) -> str:
        exports.request_export(by=self.request.user, now=timezone.now())
        return reverse("accounts:privacy")

    def failure_url(self) -> str:
        return reverse("accounts:privacy")


class ExportDownload(FreshSignIn, Access, View):
    """The ZIP itself, streamed, to nobody but its person."""

    return_to = "accounts:privacy"

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        document = exports.document_of(user=self.request.user, pk=pk, now=timezone.now())
        return zip_answer(document)


def zip_answer(document: Document) -> FileResponse:
    """Saved, never shown, and kept by no cache on its way."""
    answer = FileResponse(document.file.open("rb"), content_type=document.media_type)
    answer["Content-Length"] = str(document.size)
    answer["Content-Disposition"] = content_disposition_header(True, document.file_name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(answer, private=True, no_store=True)
    return answer


class AccountDelete(FreshSignIn, FormPage):
    """What goes, what stays and why, what is in the way; then the decision."""

    template_name = "accounts/privacy_delete.html"
    form_class = LeaveForm
    once = True
    success_message = _("The deletion is planned. Until then you can cancel it here.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        parts = privacy.all_parts()
        return super().get_context_data(
            goes=[part for part in parts if part.goes],
            stays=[part for part in parts if part.stays],
            holds=privacy.holds_of(user=self.request.user, now=timezone.now()),
            planned=erasing.plan_of(self.request.user),
            days=erasing.DAYS_TO_THINK,
            **kwargs,
        )

    def perform(self, form: LeaveForm) -> str:
        erasing.request_erasure(by=self.request.user, now=timezone.now())
        return reverse("accounts:privacy")


class AccountKeep(ActionPage):
    """Changing one's mind needs no fresh sign-in: it deletes nothing."""

    success_message = _("Your account stays. Nothing was deleted.")

    def perform(self) -> str:
        erasing.cancel_erasure(by=self.request.user, user=self.request.user, now=timezone.now())
        return reverse("accounts:privacy")

    def failure_url(self) -> str:
        return reverse("accounts:privacy")
