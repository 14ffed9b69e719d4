from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    name = "subscriptions"

    def ready(self) -> None:
        from journal import outbox
        from subscriptions import letters

        outbox.register_channel(letters.CONFIRMATION, letters.confirm_contract)
        outbox.register_channel(letters.RECEIPT, letters.confirm_declaration)
