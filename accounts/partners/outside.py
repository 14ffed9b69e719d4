"""People who come by an account of another house."""

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.utils import translation

from accounts.models import User


def has_account(addresses: Iterable[str]) -> bool:
    """Whether one of these e-mail addresses is the confirmed one of an active account."""
    lower = [address.lower() for address in addresses]
    return EmailAddress.objects.filter(email__in=lower, verified=True, user__is_active=True).exists()


def speak_visitor_s_language(user: User) -> None:
    """A new account starts in the language that its visitor reads."""
    language = (translation.get_language() or "de")[:2]
    user.language = language if language in User.Language.values else User.Language.GERMAN
