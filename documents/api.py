"""Documents in the API: their facts, their content, sending one."""

import hashlib
from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.views import ApiView
from documents import rights, uploads
from documents.errors import DocumentNotFound
from documents.serializers import DocumentSerializer, UploadSerializer
from documents.views import file_answer

FILE = OpenApiResponse(OpenApiTypes.BINARY, "The file.")


class Documents(ApiView):
    """Sending a file."""

    parser_classes = [MultiPartParser]

    @extend_schema(request=UploadSerializer, responses={201: DocumentSerializer})
    def post(self, request: Request) -> Response:
        """Send one file; it is ``checking`` until it was drawn anew. Unless something that you send later
        names its id, it is deleted after a day."""

        def work() -> tuple[int, Any]:
            shape = UploadSerializer(data=request.data, context={"request": request})
            shape.is_valid(raise_exception=True)
            sent = shape.validated_data
            document = uploads.receive_upload(
                by=request.user,
                kind=sent["kind"],
                upload=sent["file"],
                name=sent.get("name", ""),
                now=timezone.now(),
            )
            return status.HTTP_201_CREATED, dict(DocumentSerializer(document).data)

        return self.answer_once(request, work, body=_as_sent(request))


def _as_sent(request: Request) -> dict[str, Any]:
    """What an Idempotency-Key stands for: the fields, and the file by its content."""
    sent: dict[str, Any] = {key: request.POST.getlist(key) for key in request.POST}
    file = request.FILES.get("file")
    if file is not None:
        digest = hashlib.sha256()
        for piece in file.chunks():
            digest.update(piece)
        file.seek(0)
        sent["file"] = digest.hexdigest()
    return sent


class DocumentDetail(ApiView):
    """What is known about a document that one may read."""

    @extend_schema(responses=DocumentSerializer)
    def get(self, request: Request, **kwargs: Any) -> Response:
        document = rights.readable_document(user=request.user, pk=kwargs["id"])
        return Response(DocumentSerializer(document).data)


class DocumentContent(ApiView):
    """The file itself, once it is ready."""

    @extend_schema(
        responses={(200, kind): FILE for kind in ("image/webp", "application/pdf", "application/zip")}
    )
    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        document = rights.readable_document(user=request.user, pk=kwargs["id"])
        if not document.is_ready:
            raise DocumentNotFound
        return file_answer(request, document)
