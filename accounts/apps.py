from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
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
        from accounts import case_house_queues, case_live, inbox, mail  # noqa: F401  (who may watch a case)
        from journal import outbox

        outbox.register_channel(inbox.MAIL_CHANNEL, mail.deliver)
        case_house_queues.register()
        autodiscover_modules("notices")  # what each app tells people
        autodiscover_modules("purposes")  # what each app asks people to allow
