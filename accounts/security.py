"""How well an account is protected."""

from typing import NamedTuple

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession

from accounts.models import Connection, User


class Protection(NamedTuple):
    password: bool
    passkeys: int
    authenticator_app: bool
    recovery_codes: bool
    sessions: int
    services: int  # that sign in with this account
    outside: int  # accounts elsewhere that open this one

    @property
    def second_step(self) -> bool:
        return self.authenticator_app or self.passkeys > 0


def protection_of(user: User) -> Protection:
    """What stands between the account and others, in four queries."""
    types = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return Protection(
        password=user.has_usable_password(),
        passkeys=types.count(Authenticator.Type.WEBAUTHN),
        authenticator_app=Authenticator.Type.TOTP in types,
        recovery_codes=Authenticator.Type.RECOVERY_CODES in types,
        sessions=UserSession.objects.filter(user=user).count(),
        services=Connection.objects.visible_to(user).count(),
        outside=SocialAccount.objects.filter(user=user).count(),
    )
