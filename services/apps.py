from importlib import import_module

from django.apps import AppConfig
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ServicesConfig(AppConfig):
    name = "services"

    def ready(self) -> None:
        from accounts import scopes
        from accounts.house import setup
        from documents import registry
        from services import concerns, customers, live, setup_steps  # noqa: F401  live registers who may watch which day
        from services.models import Centre
        from services.visits import cards
        from services.work import findings
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
        registry.register_kind(
            registry.DocumentKind(
                findings.PICTURE,
                _("Picture of a finding"),
                lambda user, document: findings.may_read_picture(
                    user=user, document=document, now=timezone.now()
                ),
                may_upload=findings.may_send_picture,
            )
        )
        import_module("services.work.reactions")
