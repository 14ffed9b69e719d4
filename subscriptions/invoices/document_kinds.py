"""The papers of invoices among the documents of the house."""

from django.utils.translation import gettext_lazy as _

from documents.registry import DocumentKind, register_kind
from subscriptions.invoices import making

register_kind(DocumentKind(making.PDF, _("Invoice"), making.may_read, accepts=frozenset()))
register_kind(DocumentKind(making.XML, _("Invoice for programs"), making.may_read, accepts=frozenset()))
