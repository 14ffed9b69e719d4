"""What can happen to a document."""

from django.utils.translation import gettext_lazy as _

from journal.kinds import register_kind

register_kind("documents.received", label=_("File received"), data=("kind",))
register_kind("documents.made", label=_("Document created"), data=("kind",))
register_kind("documents.ready", label=_("File checked"), data=("kind",))
register_kind("documents.refused", label=_("File not taken"), data=("kind", "reason"))
register_kind("documents.erased", label=_("Document erased"), data=("kind",))
register_kind("documents.signed", label=_("Document signed"), data=("signature",))
