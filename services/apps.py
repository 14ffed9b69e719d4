from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "services"

    def ready(self) -> None:
        from accounts import scopes
        from accounts.house import setup
        from services import (
            cards,
            concerns,
            customers,
            live,  # noqa: F401  (registers who may watch which day)
            setup_steps,
        )
        from services.models import Centre
        from vehicles.cards import register_card

        concerns.register()
        register_card(cards.visit_card, place=20)
        for step in setup_steps.STEPS:
            setup.register_step(step)

        # Roles of the workshop are held per centre.
        scopes.register_scope(
            "services.centre", choices=lambda: list(Centre.objects.order_by("name").values_list("pk", "name"))
        )
        customers.register()
