"""The contract as a paper: the terms as they were ordered, for its holder to keep (BGB §312f(2))."""

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from common import civil
from common.templatetags.typography import clock, short_day
from documents import blocks, papers, rights, sealing
from documents.models import Document
from subscriptions.contracts import withdrawing
from subscriptions.models import Contract

KIND = "subscriptions.contract"
DESK = "subscriptions.view_desk"


def paper_of(*, contract: Contract) -> Document:
    """The contract's PDF/A, sealed where the house has a certificate; made once, as of the order."""
    with transaction.atomic():
        locked = Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
        return find_paper(locked) or _make(locked)


def find_paper(contract: Contract) -> Document | None:
    """The paper, if it was made already."""
    kept = Document.objects.not_erased().filter(kind=KIND, about_kind=Contract._meta.label_lower)
    return kept.filter(about_id=contract.pk).order_by("pk").first()


def may_read(user: User, document: Document) -> bool:
    """Its holder (or who runs the organisation), and colleagues at the desk until the holder has left."""
    if not user.is_authenticated:
        return False
    if rights.about_id_in(Contract.objects.visible_to(user), document):
        return True
    known = Contract.objects.exclude(holder__standing=User.Standing.ERASED)
    return user.has_permission(DESK) and rights.about_id_in(known, document)


def _make(contract: Contract) -> Document:
    at = contract.ordered_at
    with translation.override(contract.language), timezone.override(civil.BERLIN):
        title = _("Contract %(code)s") % {"code": contract.code}
        values = {"title": title, "lead": contract.plan.name, "blocks": _blocks(contract)}
        content = sealing.seal(
            papers.set_paper(values=values, language=contract.language, now=at), reason=title
        )
    return papers.keep_file(
        kind=KIND,
        content=content,
        media_type="application/pdf",
        name=title,
        # Nobody's own document: it stays when its holder leaves, as the contract does (AO §147).
        owner=None,
        about=contract,
        now=at,
    )


def _blocks(contract: Contract) -> list[blocks.Block]:
    lines = [line.partition(": ")[::2] for line in contract.offer_text.splitlines()]
    found = [
        blocks.facts(_parties(contract)),
        blocks.heading(_("What was agreed")),
        blocks.facts(lines),
    ]
    if contract.early_wish:
        found += [blocks.heading(_("Your express wish")), blocks.text(withdrawing.EARLY_WISH)]
    if contract.by_consumer:
        form = withdrawing.model_form(service=f"{contract.plan.name}, {contract.code}")
        for part in [*withdrawing.notice(), form]:
            found += [blocks.heading(part.title), blocks.text(part.text)]
    words = _("SHA-256 of the terms as shown and ordered: %(hash)s") % {"hash": contract.offer_hash}
    return [*found, blocks.heading(_("Proof")), blocks.text(words)]


def _parties(contract: Contract) -> list[tuple[str, str]]:
    ordered = f"{short_day(contract.ordered_at)}, {clock(contract.ordered_at)}"
    return [
        (_("Contract number"), contract.code),
        (_("Contract holder"), contract.holder_name or "–"),
        (_("Ordered"), ordered),
    ]
