"""A name drawn (or typed) on a screen under a paper, kept with its evidence.

A simple electronic signature (eIDAS Art. 3 no. 10; enough wherever the law asks for no form, BGB §127
(2)). What proves it: the hash of the paper that was shown, the strokes with their times, the name in
print, the instant, the device and who stood by. Append-only by trigger.
"""

from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Conflict, Invalid
from documents import blocks
from documents.models import Document, Signature
from journal import log

MOST_POINTS = 20_000
SHORTEST = 100  # thousandths of the field: less is a slip of the finger


class SignatureEmpty(Invalid):
    code = "signature_empty"

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("Please sign in the field, or confirm your typed name."), field="strokes"
        )


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
    now: datetime,
) -> Signature:
    """Sign a paper that is ready. ``sha256`` is what was shown, and must still be what is kept.

    ``strokes`` are ``[[[x, y, ms], …], …]`` in thousandths of the field; none when the name was
    ``typed`` and confirmed instead (who can't draw signs as well). Raises SignatureEmpty, Invalid,
    PaperChanged.
    """
    name = " ".join(signer_name.split())
    if not 2 <= len(name) <= 120:
        raise Invalid(_("Please type your full name."), code="signer_name_missing", field="signer_name")
    lines = [] if typed else checked_strokes(strokes)
    with transaction.atomic():
        paper = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
        if not paper.is_ready or paper.sha256 != sha256:
            raise PaperChanged
        signature = Signature.objects.create(
            document=paper,
            sha256=sha256,
            signer=signer,
            signer_name=name,
            witnessed_by=witnessed_by,
            strokes=lines,
            device=device[:200],
            at=now,
        )
        data = {"signature": signature.pk}
        log.record("documents.signed", by=witnessed_by or signer, subject=paper, data=data, at=now)
    return signature


def checked_strokes(strokes: Any) -> list[list[list[int]]]:
    """Whole numbers in their ranges, enough of them to be a name. Raises SignatureEmpty, Invalid."""
    try:
        lines = [[_point(point) for point in stroke] for stroke in strokes]
    except (TypeError, ValueError) as error:
        raise Invalid(
            _("The signature can't be read. Please sign again."), code="signature_unreadable"
        ) from error
    points = [point for line in lines for point in line]
    if len(points) > MOST_POINTS:
        raise Invalid(_("The signature can't be read. Please sign again."), code="signature_unreadable")
    if not points or _length(lines) < SHORTEST:
        raise SignatureEmpty
    return [line for line in lines if line]


def _point(point: Any) -> list[int]:
    x, y, ms = (int(number) for number in point)
    if not (0 <= x <= 1000 and 0 <= y <= 1000 and 0 <= ms <= 3_600_000):
        raise ValueError("outside of the field")
    return [x, y, ms]


def _length(lines: list[list[list[int]]]) -> float:
    return sum(((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5 for line in lines for a, b in pairwise(line))


def signature_block(signature: Signature, *, language: str) -> blocks.Block:
    """For a paper that shows it: the strokes, the name and its evidence in words."""
    with translation.override(language):
        at = timezone.localtime(signature.at)
        evidence = [
            _("Signed on a screen on %(day)s at %(clock)s")
            if signature.strokes
            else _("Name typed and confirmed on %(day)s at %(clock)s"),
            _("Paper shown (SHA-256): %(hash)s"),
        ]
        told = {
            "day": formats.date_format(at, "DATE_FORMAT"),
            "clock": formats.time_format(at, "H:i:s"),
            "hash": signature.sha256,
        }
        return blocks.signature(
            name=signature.signer_name,
            strokes=signature.strokes,
            evidence=[line % told for line in evidence],
            alt=_("Signature of %(name)s") % {"name": signature.signer_name},
        )
