from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JournalConfig(AppConfig):
    name = "journal"

    def ready(self) -> None:
        from journal import tasks

        tasks.install()
        # What can happen, and who reacts to it: each app says so in these two modules.
        autodiscover_modules("kinds", "reactions")
