from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# What the nouns register: the app's own kinds, notices and reactions are found by their names.
PARTS = (
    "contracts.notices",
    "contracts.reactions",
    "usage.live",
    "usage.reactions",
    "billing.kinds",
    "billing.places",
    "billing.privacy",
    "billing.setup_steps",
    "usage.privacy",
    "usage.places",
    "packs.kinds",
    "packs.notices",
    "packs.reactions",
    "packs.privacy",
    "packs.places",
    "payments.kinds",
    "payments.notices",
    "payments.reactions",
    "payments.privacy",
    "payments.places",
    "invoices.document_kinds",
    "invoices.notices",
    "invoices.reactions",
    "books.kinds",
    "books.places",
)


class SubscriptionsConfig(AppConfig):
    name = "subscriptions"

    def ready(self) -> None:
        from accounts.organisations import closing
        from documents import registry
        from journal import outbox
        from subscriptions import cards, concerns, customers, setup_steps
        from subscriptions.contracts import holders, letters, papers
        from subscriptions.invoices import letters as invoice_letters
        from subscriptions.payments import registering
        from vehicles.cards import register_card, register_offer_card

        outbox.register_channel(letters.CONFIRMATION, letters.confirm_contract)
        outbox.register_channel(letters.CHANGED, letters.confirm_change)
        outbox.register_channel(letters.RECEIPT, letters.confirm_declaration)
        outbox.register_channel(invoice_letters.MAILBOX, invoice_letters.send_to_mailbox)
        registry.register_kind(
            registry.DocumentKind(papers.KIND, _("Contract"), papers.may_read, accepts=registry.PAPERS)
        )
        concerns.register()
        register_card(cards.plan_card, place=10)
        register_offer_card(cards.takeover_card)
        setup_steps.register()
        customers.register()
        registering.register()
        closing.register_hold("subscriptions", holders.holds_of)
        for part in PARTS:
            import_module(f"subscriptions.{part}")
