"""What we tell people about their invoices."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Notice
from accounts.telling.inbox import register_notice
from accounts.telling.notice_kinds import Attachment
from common.money import format_money
from subscriptions.invoices import letters


def _shape(params: dict[str, Any]) -> dict[str, Any]:
    return {**params, "amount": format_money(params["cents"])}


def _files(notice: Notice) -> list[Attachment]:
    return letters.attachments_of(notice.params["invoice"])


register_notice(
    "subscriptions.invoice_issued",
    title=_("Your invoice %(code)s: %(amount)s"),
    text=_("It is attached as a PDF, and you find it among your invoices at any time."),
    mail=True,
    required=True,
    shape=_shape,
    attach=_files,
    group="subscription",
)
register_notice(
    "subscriptions.credit_issued",
    title=_("Your credit note %(code)s: %(amount)s"),
    text=_("It is attached as a PDF. We set the amount off against what is open, or pay it out to you."),
    mail=True,
    required=True,
    shape=_shape,
    attach=_files,
    group="subscription",
)
