"""The withdrawal notice and the model form, in the words of the law.

EGBGB Art. 246a §1(2), Annex 1 (model notice, contract of services, electronic function) and Annex 2.
"""

from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import brand

EARLY_WISH = gettext_lazy(
    "I expressly wish that you begin before the withdrawal period is over. I know that I then have to "
    "pay for the days until I withdraw."
)


class Paragraph(NamedTuple):
    title: str
    text: str


def notice() -> list[Paragraph]:
    """The notice in the active language, with the house's address and its page for withdrawing."""
    house = {**_house(), "url": settings.PUBLIC_URL + reverse("subscriptions:withdraw-public")}
    return [
        Paragraph(
            _("Right of withdrawal"),
            "\n\n".join(
                [
                    _(
                        "You have the right to withdraw from this contract within 14 days without giving "
                        "any reason. The withdrawal period will expire after 14 days from the day of the "
                        "conclusion of the contract."
                    ),
                    _(
                        "To exercise the right of withdrawal, you must inform us (%(name)s, %(address)s, "
                        "phone %(phone)s, e-mail %(email)s) of your decision to withdraw from this "
                        "contract by an unequivocal statement (for example a letter sent by post or an "
                        "e-mail). You may use the attached model withdrawal form, but it is not "
                        "obligatory."
                    )
                    % house,
                    _(
                        "You can also exercise your right of withdrawal online at %(url)s. If you use "
                        "this function, we will send you without delay an acknowledgement of receipt on a "
                        "durable medium (for example by e-mail) with the content of the statement and the "
                        "date and time of its receipt."
                    )
                    % house,
                    _(
                        "To meet the withdrawal deadline, it is sufficient for you to send your "
                        "communication concerning your exercise of the right of withdrawal before the "
                        "withdrawal period has expired."
                    ),
                ]
            ),
        ),
        Paragraph(
            _("Effects of withdrawal"),
            "\n\n".join(
                [
                    _(
                        "If you withdraw from this contract, we shall reimburse to you all payments "
                        "received from you without undue delay and in any event not later than 14 days "
                        "from the day on which we are informed about your decision to withdraw from this "
                        "contract. We will carry out such reimbursement using the same means of payment "
                        "as you used for the initial transaction, unless you have expressly agreed "
                        "otherwise; in any event, you will not incur any fees as a result of such "
                        "reimbursement."
                    ),
                    _(
                        "If you requested to begin the performance of services during the withdrawal "
                        "period, you shall pay us an amount which is in proportion to what has been "
                        "provided until you have communicated to us your withdrawal from this contract, "
                        "in comparison with the full coverage of the contract."
                    ),
                ]
            ),
        ),
    ]


def model_form(*, service: str) -> Paragraph:
    """The form to fill in and send back (Annex 2)."""
    told = {**_house(), "service": service}
    lines = [
        _("(Complete and return this form only if you wish to withdraw from the contract.)"),
        _("To %(name)s, %(address)s, e-mail %(email)s:") % told,
        _(
            "I/We (*) hereby give notice that I/We (*) withdraw from my/our (*) contract for the "
            "provision of the following service: %(service)s"
        )
        % told,
        _("Ordered on: ____________________"),
        _("Name of consumer(s): ____________________"),
        _("Address of consumer(s): ____________________"),
        _("Signature of consumer(s) (only if this form is notified on paper): ____________________"),
        _("Date: ____________________"),
        _("(*) Delete as appropriate."),
    ]
    return Paragraph(_("Model withdrawal form"), "\n\n".join(lines))


def _house() -> dict[str, str]:
    shown = brand.current()
    return {
        "name": str(shown.get("legal_name") or shown["name"]),
        "address": str(shown.get("address") or ""),
        "phone": str(shown.get("phone") or "").replace(" ", "\N{NO-BREAK SPACE}"),
        "email": str(shown.get("email") or ""),
    }
