"""A name drawn (or typed) on a screen under a paper, kept with its evidence.

A simple electronic signature (eIDAS Art. 3 no. 10; enough wherever the law asks for no form, BGB §127
(2)). What proves it: the hash of the paper that was shown, the strokes with their times, the name in
print, the instant, the device and who stood by. Append-only by trigger.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Conflict, Invalid
from documents import blocks, drawing, papers
from documents.models import Document, Signature
from journal import log


class PaperChanged(Conflict):
    code = "paper_changed"

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("The paper has changed since it was shown. Please read it again and sign then.")
        )


def sign(
    *,
    document: Document,
    sha256: str,
    signer: Any | None,
    signer_name: str,
    strokes: list[Any],
    typed: bool = False,
    device: str = "",
    witnessed_by: Any | None = None,
    language: str = settings.LANGUAGE_CODE,
    now: datetime,
) -> Signature:
    """Sign a paper that is ready. ``sha256`` is what was shown, and must still be what is kept.

    ``strokes`` are ``[[[x, y, ms], …], …]`` in thousandths of the field; none when the name was
    ``typed`` and confirmed instead (who can't draw signs as well). ``signature.sheet`` is a paper, in
    ``language``, that shows it with its evidence; whoever reads the paper reads the sheet. Raises
    SignatureEmpty, Invalid, PaperChanged.
    """
    name = " ".join(signer_name.split())
    if not 2 <= len(name) <= 120:
        raise Invalid(_("Please type your full name."), code="signer_name_missing", field="signer_name")
    lines = [] if typed else drawing.checked_strokes(strokes)
    with transaction.atomic():
        paper = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
        if not paper.is_ready or paper.sha256 != sha256:
            raise PaperChanged
        signature = Signature(
            document=paper,
            sha256=sha256,
            signer=signer,
            signer_name=name,
            witnessed_by=witnessed_by,
            strokes=lines,
            device=device[:200],
            at=now,
        )
        signature.sheet = _make_sheet(signature, paper, language)
        signature.save(force_insert=True)
        data = {"signature": signature.pk}
        log.record("documents.signed", by=witnessed_by or signer, subject=paper, data=data, at=now)
    return signature


def _make_sheet(signature: Signature, paper: Document, language: str) -> Document:
    with translation.override(language):
        rows = [
            (_("Paper"), paper.file_name),
            (_("Created"), _day_and_clock(paper.created_at)),
            (_("Size"), filesizeformat(paper.size)),
            (_("SHA-256"), paper.sha256),
        ]
        if signature.device:
            rows.append((_("Device"), signature.device))
        values = {
            "title": _("Signature sheet"),
            "lead": _("Belongs to the paper named here, and to no other."),
            "blocks": [blocks.facts(rows), signature_block(signature, language=language)],
        }
        name = _("Signature sheet %(paper)s") % {"paper": paper.name}
    sheet = papers.make_paper(
        kind=paper.kind,
        values=values,
        name=name,
        owner=paper.owner,
        language=language,
        now=signature.at,
        keep_until=paper.keep_until,
    )
    # Beside the paper, whatever that belongs to: both are read and erased alike.
    Document.objects.filter(pk=sheet.pk).update(about_kind=paper.about_kind, about_id=paper.about_id)
    return sheet


def _day_and_clock(at: datetime) -> str:
    local = timezone.localtime(at)
    told = {"day": formats.date_format(local, "DATE_FORMAT"), "clock": formats.time_format(local, "H:i:s")}
    return _("%(day)s at %(clock)s") % told


def signature_block(signature: Signature, *, language: str) -> blocks.Block:
    """For a paper that shows it: the strokes, the name and its evidence in words."""
    with translation.override(language):
        way = (
            _("Signed on a screen on %(when)s") if signature.strokes else _("Typed and confirmed on %(when)s")
        )
        evidence = [
            way % {"when": _day_and_clock(signature.at)},
            _("Paper shown (SHA-256): %(hash)s") % {"hash": signature.sha256},
        ]
        return blocks.signature(
            name=signature.signer_name,
            strokes=signature.strokes,
            evidence=evidence,
            alt=_("Signature of %(name)s") % {"name": signature.signer_name},
        )
