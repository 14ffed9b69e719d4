"""Documents in the back office: what there is and in which state. Contents and names are not shown."""

from django.contrib import admin

from common.backoffice import ReadOnlyAdmin
from documents.models import Document, Signature


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "state", "refusal", "media_type", "size", "created_at", "keep_until")
    list_filter = ("state", "kind", "refusal")
    search_fields = ("=id", "=sha256", "=about_id")
    exclude = ("name", "received", "file")
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(Signature)
class SignatureAdmin(ReadOnlyAdmin):
    list_display = ("at", "document", "sha256")
    list_select_related = ("document",)
    exclude = ("strokes", "sheet")
    ordering = ("-id",)
