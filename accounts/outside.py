"""Accounts of other houses that open ours: who has which."""

from typing import NamedTuple

from allauth.socialaccount.models import SocialAccount
from django.utils import translation

from accounts.models import User


class OutsideAccount(NamedTuple):
    pk: int
    provider: str  # the id that the settings or the back office give it
    named: str  # what the other house calls the person: mostly an e-mail address


def outside_accounts(user: User) -> list[OutsideAccount]:
    """The accounts elsewhere that open this one, the oldest first."""
    found = SocialAccount.objects.filter(user=user).order_by("date_joined", "pk")
    return [OutsideAccount(account.pk, account.provider, _named(account)) for account in found]


def speak_visitor_s_language(user: User) -> None:
    """A new account starts in the language that its visitor reads."""
    language = (translation.get_language() or "de")[:2]
    user.language = language if language in User.Language.values else User.Language.GERMAN


def _named(account: SocialAccount) -> str:
    data = account.extra_data or {}
    told = data.get("userinfo") or data.get("id_token") or data
    return str(told.get("email") or told.get("name") or account.uid)
