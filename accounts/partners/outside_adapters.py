"""Where allauth asks the house about people who come by another house's account."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts import history
from accounts.models import User
from accounts.partners import outside


class OutsideAdapter(DefaultSocialAccountAdapter):
    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """An address that has an account here opens nothing: its person signs in and connects.

        Said only to those whose address the other house has checked; to all others allauth
        answers alike, whether there is an account or not.
        """
        if sociallogin.is_existing or sociallogin.state.get("process") == AuthProcess.CONNECT:
            return
        if outside.has_account([found.email for found in sociallogin.email_addresses if found.verified]):
            messages.info(
                request,
                _("There is an account with this e-mail address already. Sign in to it, then connect here."),
            )
            onward = urlencode({"next": reverse("socialaccount_connections")})
            raise ImmediateHttpResponse(redirect(f"{reverse('account_login')}?{onward}"))

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
