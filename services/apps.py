from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "services"

    def ready(self) -> None:
        from accounts import scopes
        from accounts.house import setup
        from services import concerns, customers, live, setup_steps  # noqa: F401  live registers who may watch which day
        from services.models import Centre
        from services.visits import cards
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
