from importlib import import_module

from django.apps import AppConfig
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# What registers itself when it is imported.
PARTS = (
    "work.reactions",
    "visits.notices",
    "visits.reactions",
    "estimates.notices",
    "estimates.reactions",
    "desk.kinds",
    "desk.notices",
    "desk.reactions",
    "booking.notices",
    "booking.reactions",
    "centres.notices",
    "centres.reactions",
    "upkeep.kinds",
    "upkeep.notices",
    "upkeep.reactions",
)


class ServicesConfig(AppConfig):
    name = "services"

    def ready(self) -> None:
        from accounts import scopes
        from accounts.house import imports, setup
        from common import realtime
        from services import concerns, customers, live, setup_steps  # noqa: F401  live registers who may watch which day
        from services.desk import cards as desk_cards
        from services.models import Centre
        from services.upkeep import cards as upkeep_cards
        from services.upkeep import import_vins
        from services.visits import cards, hand_ins
        from services.visits import live as visit_live
        from subscriptions.packs import settling
        from vehicles.cards import register_card

        concerns.register()
        settling.register_visits(hand_ins.visits_for)
        register_card(cards.visit_card, place=20)
        register_card(upkeep_cards.upkeep_card, place=25)
        register_card(desk_cards.wheels_card, place=28)
        imports.register_importer(import_vins.IMPORTER)
        for step in setup_steps.STEPS:
            setup.register_step(step)

        # Roles of the workshop are held per centre.
        scopes.register_scope(
            "services.centre", choices=lambda: list(Centre.objects.order_by("name").values_list("pk", "name"))
        )
        customers.register()
        self._register_pictures()
        realtime.register_topic(
            visit_live.VISIT, lambda user, topic: visit_live.may_watch(user, topic, now=timezone.now())
        )
        for part in PARTS:
            import_module(f"services.{part}")

    def _register_pictures(self) -> None:
        """Who reads and who sends the pictures of each noun."""
        from documents import registry
        from services.booking import pictures
        from services.estimates import reading as estimates
        from services.visits import messages
        from services.work import findings

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
        registry.register_kind(
            registry.DocumentKind(
                pictures.PICTURE,
                _("Picture of a booking"),
                lambda user, document: pictures.may_read(user, document, now=timezone.now()),
                may_upload=lambda user: bool(user.is_authenticated),
            )
        )
        registry.register_kind(
            registry.DocumentKind(
                messages.PICTURE,
                _("Picture of a message"),
                lambda user, document: messages.may_read_picture(user, document, now=timezone.now()),
                accepts=registry.PAPERS,
                may_upload=lambda user: bool(user.is_authenticated),
            )
        )
        registry.register_kind(
            registry.DocumentKind(
                estimates.PICTURE,
                _("Picture of an estimate"),
                lambda user, document: estimates.may_read_picture(user, document, now=timezone.now()),
                may_upload=lambda user: bool(user.has_permission("services.change_day")),
            )
        )
