"""Why a bank did not pay, in words, and what helps (ISO 20022 external codes; EPC reason codes)."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _


class Reason(NamedTuple):
    """``retry``: collecting again may work; ``new_mandate``: not without another account or consent."""

    words: Any
    retry: bool = False
    new_mandate: bool = False


_NO_COVER = Reason(_("There was not enough money in the account."), retry=True)
_CLOSED = Reason(_("The account no longer exists."), new_mandate=True)
_WRONG = Reason(_("The account number was not right."), new_mandate=True)
_REFUSED = Reason(_("The direct debit was objected to."), new_mandate=True)
_NO_MANDATE = Reason(_("There was no valid mandate for it."), new_mandate=True)
_BLOCKED = Reason(_("Direct debits are blocked for this account."), new_mandate=True)
_OTHER = Reason(_("The bank did not carry out the direct debit."), retry=True)

REASONS = {
    "AC01": _WRONG,
    "AC04": _CLOSED,
    "AC06": _BLOCKED,
    "AC13": _BLOCKED,
    "AG01": _BLOCKED,
    "AM04": _NO_COVER,
    "MD01": _NO_MANDATE,
    "MD06": _REFUSED,
    "MD07": _CLOSED,
    "SL01": _BLOCKED,
    "mandate_revoked": _NO_MANDATE,
    "mandate_replaced": _NO_MANDATE,
    "mandate_lapsed": _NO_MANDATE,
    "iban_wrong": _WRONG,
    "iban_outside_sepa": _WRONG,
}


def explain(code: str) -> Reason:
    """The words for a code; unknown ones are not guessed."""
    return REASONS.get(code, _OTHER)
