from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    name = "subscriptions"

    def ready(self) -> None:
        from accounts.organisations import closing
        from journal import outbox
        from subscriptions import cards, concerns, customers, setup_steps
        from subscriptions.contracts import holders, letters
        from vehicles.cards import register_card

        outbox.register_channel(letters.CONFIRMATION, letters.confirm_contract)
        outbox.register_channel(letters.RECEIPT, letters.confirm_declaration)
        concerns.register()
        register_card(cards.plan_card, place=10)
        setup_steps.register()
        customers.register()
        closing.register_hold("subscriptions", holders.holds_of)
