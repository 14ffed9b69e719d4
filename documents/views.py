"""Documents over HTTP: the file itself and its little state on a page."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
)
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.views.generic import View

from common.pages import Access, Page
from documents import rights
from documents.errors import DocumentNotFound
from documents.models import Document

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
        answer = FileResponse(document.file.open("rb"), content_type=document.media_type)
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
