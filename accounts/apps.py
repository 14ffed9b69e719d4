from collections.abc import Callable
from typing import Any

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class BackOfficeConfig(admin_apps.AdminConfig):
    """Django's admin behind our own sign-in."""

    default = False
    default_site = "accounts.backoffice.BackOffice"


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")
    default = True

    def ready(self) -> None:
        from accounts import people_wiring
        from accounts.cases import house_queues
        from accounts.cases import letters as case_letters
        from accounts.cases import live as case_live  # noqa: F401  (who may watch a case)
        from accounts.consents import receipts
        from accounts.customers import wiring as customer_wiring
        from accounts.house import wiring as house_wiring
        from accounts.privacy import exports
        from accounts.privacy import wiring as privacy_wiring
        from accounts.telling import inbox, mail, notice_digest, push
        from journal import outbox

        outbox.register_channel(inbox.MAIL_CHANNEL, _told_the_time(mail.deliver))
        outbox.register_channel(inbox.PUSH_CHANNEL, _told_the_time(push.deliver))
        outbox.register_channel(notice_digest.CHANNEL, _told_the_time(notice_digest.deliver))
        outbox.register_channel(receipts.CHANNEL, receipts.deliver)
        outbox.register_channel(case_letters.CHANNEL, case_letters.deliver)
        house_queues.register()
        house_wiring.register()
        people_wiring.register()
        customer_wiring.register()
        outbox.register_channel(exports.CHANNEL, _told_the_time(exports.deliver))
        privacy_wiring.register()
        autodiscover_modules("notices")  # what each app tells people
        autodiscover_modules("purposes")  # what each app asks people to allow
        autodiscover_modules("privacy")  # what each app holds of people


def _told_the_time(deliver: Callable[..., None]) -> Callable[[str, dict[str, Any]], None]:
    """For channels that mind the hour: quiet hours are looked at when something is about to go out."""
    return lambda stable_id, payload: deliver(stable_id, payload, now=timezone.now())
