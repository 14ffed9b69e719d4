"""Where allauth asks the house about people who come by another house's account."""

from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.db import transaction
from django.http import HttpRequest

from accounts import history, outside
from accounts.models import User


class OutsideAdapter(DefaultSocialAccountAdapter):
    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """A new account by another house's word: its language is the visitor's.

        With a form the account adapter has done the same already.
        """
        if form is not None:
            user: User = super().save_user(request, sociallogin, form)
            return user
        with transaction.atomic():
            outside.speak_visitor_s_language(sociallogin.user)
            user = super().save_user(request, sociallogin, None)
            history.note_sign_up(user=user)
        return user

    def validate_disconnect(self, account: Any, accounts: Any) -> None:
        """allauth has asked for a password already where this was the only other way in."""
