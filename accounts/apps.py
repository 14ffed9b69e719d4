from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import inbox, mail
        from journal import outbox

        outbox.register_channel(inbox.MAIL_CHANNEL, mail.deliver)
        autodiscover_modules("notices")  # what each app tells people
