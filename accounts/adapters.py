"""Where allauth asks the house: new accounts, changed secrets, what is written down of them."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from smtplib import SMTPException
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext

from accounts import history
from accounts.customers import invitations
from accounts.house import legal
from accounts.models import User
from accounts.privacy import erasing, inactive
from common import brand
from common.templatetags.typography import day

logger = structlog.get_logger(__name__)

SIGN_UPS_BY_PASSWORD = ("account_signup", "signup")  # page and app


class MailNotSent(Exception):
    """The mail server did not take a mail that the person waits for."""


class AccountAdapter(DefaultAccountAdapter):
    def get_from_email(self) -> str:
        return brand.sender()

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        """A new account speaks the language in which the person signed up."""
        language = (translation.get_language() or "de")[:2]
        user.language = language if language in User.Language.values else User.Language.GERMAN
        with transaction.atomic():
            user = super().save_user(request, user, form, commit=commit)
            if commit:
                history.note_sign_up(user=user)
                legal.note_acceptance(user=user, now=timezone.now())
        return user

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Codes go out at once: they are worth nothing later, so a failure is said at once too."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException) as error:
            logger.exception("mail_not_sent", template=template_prefix)
            raise MailNotSent from error

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Who comes by another house's account only, with neither password nor second step, signs
        in there once more."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if methods:
            return methods
        url = reverse("accounts:sign-in-again")
        return [{"id": "sign_in_again", "description": gettext("Sign in again"), "url": url}]

    def send_account_already_exists_mail(self, email: str) -> None:
        """Hashes a password as a new account would have: the time taken must not tell them apart."""
        if self.request.resolver_match.url_name in SIGN_UPS_BY_PASSWORD:
            make_password(get_random_string(12))
        known = User.objects.filter(email=email.lower(), standing=User.Standing.CUSTOMER).first()
        if known is not None:  # a customer without an account signs up: the mail lets them take over
            invitations.invite_customer(by=None, customer=known, now=timezone.now())
            return
        super().send_account_already_exists_mail(email)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Who signs in by a code from their mail has proved the address that we wrote down."""
        invitations.become_account(customer=user, now=timezone.now())
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        self._remind_of_leaving(request, user)
        return answer

    def _remind_of_leaving(self, request: HttpRequest, user: User) -> None:
        """Whose account is about to be deleted learns it where they come in."""
        inactive.note_use(user=user, now=timezone.now())
        planned = erasing.plan_of(user)
        if planned is not None:
            words = gettext(
                "Your account is to be deleted on %(day)s. You can still cancel that under “Privacy”."
            ) % {"day": day(planned.due_at)}
            messages.warning(request, words, fail_silently=True)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """allauth calls this for each change of a secret: the journal learns of it here too."""
        history.note_security_change(user=user, what=template_prefix.rpartition("/")[2])
        try:
            super().send_notification_mail(template_prefix, user, context, email)
        except MailNotSent:
            return  # the change is done and in the journal; a missing mail must not look like a failure


class SecondStepAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps lie encrypted in the database; passkeys carry the brand's name."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return str(brand.current()["name"])

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": brand.current()["name"]}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey") if number == 1 else gettext("Passkey %(number)s") % {"number": number}


def _cipher() -> MultiFernet:
    """Keys made from SECRET_KEY and its fallbacks, so that rotating it keeps old secrets readable."""
    return MultiFernet(
        Fernet(urlsafe_b64encode(sha256(b"accounts.second-step:" + key.encode()).digest()))
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )
