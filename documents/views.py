"""Documents over HTTP: the file itself and its little state on a page."""

from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
)
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from common.pages import Access, FormPage, Page
from documents import rights, signing
from documents.errors import DocumentNotFound
from documents.forms import SignForm
from documents.models import Document

logger = structlog.get_logger(__name__)
SHOWN_INLINE = {"image/webp", "application/pdf"}


def file_answer(request: Any, document: Document) -> HttpResponseBase:
    """The content, streamed; whoever calls has asked for the right.

    Nothing in it may run: no sniffing, a sandbox, and anything but pictures and PDFs is saved.
    ``?download`` saves these as well.
    """
    tag = f'"{document.sha256}"'
    answer: HttpResponseBase
    if request.headers.get("If-None-Match") == tag:
        answer = HttpResponseNotModified()
    else:
        answer = FileResponse(_opened(document), content_type=document.media_type)
        answer["Content-Length"] = str(document.size)
        save = "download" in request.GET or document.media_type not in SHOWN_INLINE
        answer["Content-Disposition"] = content_disposition_header(save, document.file_name) or "attachment"
    answer["ETag"] = tag
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    # no-cache: kept by this browser alone, which asks each time whether the right still stands.
    patch_cache_control(answer, private=True, no_cache=True)
    return answer


def _opened(document: Document) -> Any:
    try:
        return document.file.open("rb")
    except FileNotFoundError as error:
        # For the reader it is not there; for us it is a loss that nobody may overlook.
        logger.error("document_content_lost", document_id=document.pk)
        raise DocumentNotFound from error


class OfDocument(Access):
    """Public, because some kinds are for everybody (a brand's logo): the right is asked at every request."""

    public = True
    kwargs: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except Http404:
            if request.user.is_authenticated:
                raise
            return redirect_to_login(request.get_full_path())

    def document(self) -> Document:
        return rights.readable_document(user=self.request.user, pk=self.kwargs["pk"])


class DocumentDetail(OfDocument, View):
    """The file. Foreign, erased, refused and not yet checked ones are a 404."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        document = self.document()
        if not document.is_ready:
            raise DocumentNotFound
        return file_answer(request, document)


class DocumentState(OfDocument, Page):
    """What a page shows of a document: the picture, "being checked", or why it was refused."""

    template_name = "documents/_state.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        context = self.get_context_data(document=self.document(), alt=request.GET.get("alt", ""))
        return self.render_to_response(context)


class DocumentSign(FormPage):
    """Reading a paper and signing it, alone or on the screen of a colleague who stands by."""

    template_name = "documents/document_sign.html"
    form_class = SignForm
    once = True
    success_message = _("Signed. Thank you.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            self.document = rights.signable_document(user=request.user, pk=kwargs["pk"])
        except DocumentNotFound as error:
            raise Http404(str(error)) from error
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        owner: Any = self.document.owner
        return {"sha256": self.document.sha256, "signer_name": owner.display_name if owner else ""}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(document=self.document, **kwargs)

    def perform(self, form: SignForm) -> str:
        sent, owner, user = form.cleaned_data, self.document.owner, self.request.user
        signing.sign(
            document=self.document,
            sha256=sent["sha256"],
            signer_name=sent["signer_name"],
            **sent["strokes"],
            signer=owner,
            witnessed_by=None if owner == user else user,
            device=self.request.headers.get("User-Agent", ""),
            language=get_language() or settings.LANGUAGE_CODE,
            now=timezone.now(),
        )
        return reverse("documents:document-signatures", args=[self.document.pk])


class DocumentSignatures(Page):
    """Who signed a paper, and what proves it."""

    template_name = "documents/document_signatures.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        document = rights.readable_document(user=user, pk=self.kwargs["pk"])
        signatures = document.signatures.select_related("sheet", "witnessed_by").order_by("pk")
        may_sign = rights.may_sign(user=user, document=document)
        return super().get_context_data(document=document, signatures=signatures, may_sign=may_sign, **kwargs)
